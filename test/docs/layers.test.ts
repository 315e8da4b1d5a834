/** What docs/layers.md shows is true: its code runs from top to bottom, and prints what it says. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const root = path.join(import.meta.dirname, '..', '..');
const page = readFileSync(path.join(root, 'docs', 'layers.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, text]) => text!);

test('the code of the page', () => {
  // inside the tree, so that the packages are found
  const folder = mkdtempSync(path.join(root, 'node_modules', '.layers-'));
  try {
    const file = path.join(folder, 'page.mjs');
    const code = blocks('js').join('\n');
    assert.ok(code.includes(`'ditc/layers'`));
    writeFileSync(file, code.replace(`'ditc/layers'`, `'${path.join(root, 'cli', 'layers.ts')}'`));
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', file], {
      cwd: root,
      encoding: 'utf8',
    });
    assert.is(status, 0, stderr);
    assert.match(stdout, /^blocks\.1 \(ditc>AdaLN/m);
    assert.ok(stdout.endsWith(blocks('text')[0]!), stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
