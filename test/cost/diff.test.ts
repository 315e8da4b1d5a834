/** `ditc diff`: what is not the same in two models, and nothing else. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ditc } from '../cli/ditc.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ditc-diff-'));
test.after(() => rmSync(folder, { recursive: true }));
const write = (name: string, text: string) => writeFileSync(path.join(folder, name), `dit 1\n${text}`);
const run = (...words: string[]) => ditc(['diff', ...words], { cwd: folder });
const json = (...words: string[]) => JSON.parse(run(...words, '--json').out);

write(
  'a.dit',
  `use std.nn { Linear }
model Tiny(width: int = 8, layers: int = 1) {
  input x: image[N, 4]
  for i in 0..layers { x = Linear(x, width) as fc[i] }
  frozen scale: [4] = 1
  output eps = Linear(x, 4, bias: false) as out |> mul(scale[_, :])
}
preset "narrow" = Tiny()
preset "wide" = Tiny(width: 16)
preset "a, \\"b\\"" = Tiny(width: 16, layers: 3)
`,
);

/** Three layers of a norm and a product, in which some things may be otherwise. */
const layers = ({ eps = '1e-6', init = '1', more = '', role = 'image', block = 'Layer', name = 'm' }) => `
use std.nn { Linear }
block norm(x: [N, D]) -> [N, D] = layernorm(x, eps: ${eps})
block ${block}(x: [N, D]) -> [N, D] {
  return Linear(norm(x), D, init: ${init}) as map
}
model M() {
  input x: ${role}[N, 8]
  for i in 0..3 { x = ${block}(x) as blocks[i] }
  ${more}
  output y = x
}
preset "${name}" = M()
`;
write('m.dit', layers({}));

test('diff: parameters, weights, cost', () => {
  const { code, out } = run('a.dit#narrow', 'a.dit#a, "b"', '--json');
  assert.is(code, 0);
  const found = JSON.parse(out);
  assert.equal([found.before.macs, found.after.macs], [64, 4 * 16 + 2 * 16 * 16 + 16 * 4]);
  assert.equal(found.settings, [
    { name: 'width', before: '8', after: '16' },
    { name: 'layers', before: '1', after: '3' },
  ]);
  assert.equal(found.weights, [
    { name: 'fc.0.weight', before: '[8, 4]', after: '[16, 4]' },
    { name: 'fc.0.bias', before: '[8]', after: '[16]' },
    { name: 'out.weight', before: '[4, 8]', after: '[4, 16]' },
    { name: 'fc[1..2].weight', after: '[16, 16]' },
    { name: 'fc[1..2].bias', after: '[16]' },
  ]);
  assert.equal(found.ports, []);
});

test('diff: of a model with itself nothing is left', () => {
  const { code, out } = run('a.dit#wide', 'a.dit#wide');
  assert.is(code, 0);
  assert.match(out, /^MACs +128 +128 +equal$/m);
  assert.not.match(out, /weights|cost by/);
});

test('a block that computes something else is named where it stands, with its line in both', () => {
  write('eps.dit', layers({ eps: '1e-5' }));
  const { out } = run('m.dit#m', 'eps.dit#m');
  // the block alone: not what calls it
  assert.match(
    out,
    /^blocks that compute something else\nmodule +m\.dit#m +eps\.dit#m\nblocks\[0\.\.2\] +norm m\.dit:4 +norm eps\.dit:4\n$/m,
  );
  assert.match(out, /^MACs +192 +192 +equal$/m);
  const found = json('m.dit#m', 'eps.dit#m');
  assert.equal(found.changed_blocks, [
    {
      path: 'blocks[0..2]',
      before: { block: 'norm', settings: '', file: 'm.dit', line: 4 },
      after: { block: 'norm', settings: '', file: 'eps.dit', line: 4 },
    },
  ]);
  assert.equal([found.same, found.initial_values, found.modules, found.before.file], [false, [], [], 'm.dit']);
});

test('a block in the place of another', () => {
  write('other.dit', layers({ block: 'Other' }));
  const { changed_blocks: blocks } = json('m.dit#m', 'other.dit#m');
  const shown = blocks.map(({ path: at, before, after }: Record<string, { block: string } | undefined>) => [
    at,
    before?.block,
    after?.block,
  ]);
  // the model calls another block, and that stands where the first stood; what is in it is the same
  assert.equal(shown, [
    ['', 'M', 'M'],
    ['blocks[0..2]', 'Layer', 'Other'],
  ]);
});

test('initial values', () => {
  write('init.dit', layers({ init: '0' }));
  const found = json('m.dit#m', 'init.dit#m');
  assert.equal(found.initial_values, [{ name: 'blocks[0..2].map.weight', before: '1', after: '0' }]);
  assert.equal([found.changed_blocks, found.weights], [[], []]);
  assert.match(run('m.dit#m', 'init.dit#m').out, /^initial values\npath .*\nblocks\[0\.\.2\]\.map\.weight +1 +0$/m);
});

test('FLOPs alone: by role, and the model itself where no module has them', () => {
  write('more.dit', layers({ more: 'x = 2 * x - x' }));
  const found = json('m.dit#m', 'more.dit#m');
  // a product and a difference of 8 each
  assert.is(found.after.flops - found.before.flops, 16);
  assert.equal(
    found.roles.map((role: { name: string; before: { flops: number }; after: { flops: number } }) => [
      role.name,
      role.after.flops - role.before.flops,
    ]),
    [['norms and elementwise', 16]],
  );
  assert.equal(found.modules, [
    { name: '', before: { macs: 0, flops: 0, params: 0 }, after: { macs: 0, flops: 16, params: 0 } },
  ]);
  const { out } = run('m.dit#m', 'more.dit#m');
  assert.match(out, /^module +FLOPs m\.dit#m +FLOPs more\.dit#m +difference\nthe model itself +0 +16 +16 more$/m);
  assert.match(out, /^the model itself +M m\.dit:8 +M more\.dit:8$/m);
});

test('the role of an input', () => {
  write('role.dit', layers({ role: 'normal' }));
  assert.equal(json('m.dit#m', 'role.dit#m').ports, [
    { name: 'input x', before: '[N, 8] image', after: '[N, 8] normal' },
  ]);
});

test('sizes alone make no other block', () => {
  assert.equal(json('a.dit#narrow', 'a.dit#wide').changed_blocks, []);
});

test('as CSV the first table, with nothing where nothing differs', () => {
  const { out, err } = run('a.dit#narrow', 'a.dit#wide', '--format', 'csv');
  const lines = out.trimEnd().split('\n');
  assert.equal(
    [lines[0], lines[1], lines[4], lines.length],
    ['figure,narrow,wide,difference', 'MACs,64,128,64', 'frozen,4,4,', 7],
  );
  assert.match(err, /^ditc: CSV holds one table; left out: parameters; weights; cost by role, where it differs; /);
});

test('what goes wrong', () => {
  const cases: [words: string[], err: RegExp][] = [
    [['a.dit', 'a.dit#wide'], /`a\.dit` has several models\n.*`a\.dit#narrow`, /],
    [['a.dit#wide'], /missing required argument/],
  ];
  for (const [words, expected] of cases) {
    const result = run(...words);
    assert.equal([result.code, result.out], [2, ''], words.join(' '));
    assert.match(result.err, expected);
  }
});

test.run();
