// limit: 300 s
/** What docs/layers.md says of emitted modules is true: its command writes one, its code compiles under a strict user's settings, runs, and prints what it says. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ditc } from '../cli/ditc.ts';

const root = path.join(import.meta.dirname, '..', '..');
const page = readFileSync(path.join(root, 'docs/layers.md'), 'utf8');
const section = page.slice(page.indexOf("## A module of one's own"));
const blockOf = (language: string): string =>
  new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(section)![1]!;

const folder = mkdtempSync(path.join(tmpdir(), 'ditc-docs-'));
test.after(() => rmSync(folder, { recursive: true }));
const words = [
  ...blockOf('sh')
    .replaceAll('\\\n', ' ')
    .matchAll(/'([^']*)'|(\S+)/g),
].map(([, quoted, plain]) => quoted ?? plain!);

test('the command writes the module, the model and its weights', () => {
  assert.is(words[0], 'ditc');
  const out = path.join(folder, 'model');
  const { code, err } = ditc([...words.slice(1, -1), out], { cwd: root });
  assert.is(code, 0, err);
  const { weightsManifest } = JSON.parse(readFileSync(path.join(out, 'model.json'), 'utf8'));
  for (const shard of weightsManifest[0].paths) assert.ok(statSync(path.join(out, shard)).size <= 4 << 20);
});

test('the code compiles, runs and prints what the page says', () => {
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(path.join(folder, 'use.ts'), blockOf('ts'));
  const settings =
    '--strict --noUncheckedIndexedAccess --module nodenext --target es2022 --skipLibCheck --outDir built --types node';
  const tsc = path.join(root, 'node_modules/.bin/tsc');
  const compiled = spawnSync(tsc, ['use.ts', ...settings.split(' ')], { cwd: folder, encoding: 'utf8' });
  assert.is(compiled.status, 0, compiled.stdout);
  const printed = execFileSync(process.execPath, ['built/use.js'], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  assert.is(printed.replace(/^=+\n[\s\S]*?\n=+\n/m, '').trim(), blockOf('text').trim());
});

test.run();
