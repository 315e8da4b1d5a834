import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ditc } from './ditc.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ditc-list-'));
test.after(() => rmSync(folder, { recursive: true }));

writeFileSync(
  path.join(folder, 'a.dit'),
  `dit 1
/// A file.
/// With two lines.

/// A model
model Tiny(
  /// of the latent
  width: int = 8, // a comment
  sizes: list = [1,
    2],
  name: string = "a // b"
) {
  input x: image[N, 4]
  output eps = x * width
}
preset "tiny/2" = Tiny(width: 2) expect { params: 0 +- 1%, eps: [N, 4] }
preset "same" = "tiny/2"
recipe quick { lr: 1e-3, steps: 10 }
recipe long of quick { steps: 20 }
grid widths of "tiny/2" with quick {
  width: [1, 2]
  seed: 0..3
}
`,
);

test('as JSON', () => {
  const { code, out, err } = ditc(['list', 'a.dit', '--json'], { cwd: folder });
  assert.equal([code, err], [0, '']);
  assert.equal(JSON.parse(out), {
    file: 'a.dit',
    doc: 'A file.\nWith two lines.',
    models: [
      {
        name: 'Tiny',
        doc: 'A model',
        parameters: [
          { name: 'width', type: 'int', default: '8', doc: 'of the latent' },
          { name: 'sizes', type: 'list', default: '[1, 2]' },
          { name: 'name', type: 'string', default: '"a // b"' },
        ],
      },
    ],
    presets: [
      { name: 'tiny/2', of: 'Tiny', set: { width: '2' }, expect: { params: '0 +- 1%', eps: '[N, 4]' } },
      { name: 'same', of: '"tiny/2"', set: {}, expect: {} },
    ],
    grids: [{ name: 'widths', of: '"tiny/2"', set: {}, with: 'quick', vary: ['width: [1, 2]', 'seed: 0..3'] }],
    recipes: [
      { name: 'quick', fields: ['lr', 'steps'] },
      { name: 'long', of: 'quick', fields: ['steps'] },
    ],
  });
});

test('as text', () => {
  const { code, out } = ditc(['list', 'a.dit'], { cwd: folder });
  assert.is(code, 0);
  assert.is(
    out,
    `model Tiny  A model
  width  int     = 8         of the latent
  sizes  list    = [1, 2]
  name   string  = "a // b"

presets
  "tiny/2"  Tiny(width: 2)
  "same"    "tiny/2"

recipes
  quick
  long   of quick

grids
  widths  of "tiny/2" with quick
`,
  );
});

test('a broken file lists what could be read and says the rest', () => {
  const { code, out, err } = ditc(['list', '-'], { input: 'dit 1\nmodel A() { output eps = }\nrecipe r { lr: 1 }\n' });
  assert.is(code, 1);
  assert.match(out, /^recipes\n {2}r$/m);
  assert.match(err, /^error\[D01\d\d\]/);
});

test.run();
