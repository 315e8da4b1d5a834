/** What README shows is true: its specs, the commands on them, what they print, the files and scripts that it names. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ENGINE_NAMES } from '../../runtime/engines/registry.ts';
import { ditc } from './ditc.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter((block) => block[1] === language)
    .map((block) => block[2]!);

const folder = mkdtempSync(path.join(tmpdir(), 'ditc-readme-'));
test.after(() => rmSync(folder, { recursive: true }));
symlinkSync(path.join(root, 'specs'), path.join(folder, 'specs'));
const [spec] = blocks('dit');
writeFileSync(path.join(folder, 'mine.dit'), spec!);
writeFileSync(path.join(folder, 'wrong.dit'), spec!.replace('split(mod[:, _, :], 4)', 'split(mod, 4)'));

for (const block of blocks('console')) {
  const [command, ...lines] = block.trimEnd().split('\n');
  const words = command!.replace(/^\$ npx ditc /, '').split(' ');
  test(command!, () => {
    assert.match(command!, /^\$ npx ditc /);
    const { out, err } = ditc(words, { cwd: folder });
    const printed = `${out}${err}`;
    // … stands for any lines
    for (const part of lines.join('\n').split(/^…$/m)) {
      assert.ok(printed.includes(part.trim()), `not printed:\n${part}\nprinted:\n${printed}`);
    }
    if (!lines.includes('…')) assert.is(printed.trimEnd(), lines.join('\n'));
  });
}

test('the spec is in canonical form', () => assert.is(ditc(['fmt', '--check', 'mine.dit'], { cwd: folder }).code, 0));

test('there are examples', () => assert.ok(blocks('console').length >= 3 && blocks('dit').length === 1));

test('the pictures of the report are there, for light and dark, and weigh little', () => {
  const pictures = [...readme.matchAll(/(?:src|srcset)="([^"]+)"/g)].map(([, file]) => file!);
  assert.is(pictures.length, 2);
  for (const file of pictures) assert.ok(statSync(path.join(root, file)).size <= 200_000, file);
});

test('every engine is in its table', () => {
  const table = readme.slice(readme.indexOf('## Engines'), readme.indexOf('## Reports'));
  for (const name of ENGINE_NAMES) assert.ok(table.includes(`\`${name}\``), name);
});

test('files and scripts that are named exist', () => {
  for (const [, file] of readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g))
    assert.ok(existsSync(path.join(root, file!)), file);
  const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  for (const [, script] of readme.matchAll(/npm (?:run )?(start|test|(?<=run )\w+)/g))
    assert.ok(scripts[script!], script);
});

test.run();
