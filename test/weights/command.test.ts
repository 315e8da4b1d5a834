import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ditc } from '../cli/ditc.ts';

const GOLDEN = new URL('../golden/weights/', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'ditc-weights-'));
test.after(() => rmSync(folder, { recursive: true }));

const run = (...words: string[]) => ditc(['weights', ...words], { cwd: folder });

/** the two linear layers of `training.pt` */
writeFileSync(
  join(folder, 'a.dit'),
  `dit 1
use std.nn { Linear }
model Two(out: int = 2, bias: bool = true) {
  input x: [N, 3]
  y = Linear(x, 2) as first
  output z = Linear(y, out) as second
}
`,
);

test('show: a row for each tensor, with its figures', () => {
  const { code, out, err } = run('show', join(GOLDEN, 'training.pt'), '--part', 'opt/state/0');
  assert.equal([code, err], [0, '']);
  const rows = out
    .split('\n')
    .slice(1, 5)
    .map((line) => line.split(/ {2,}/));
  assert.equal(rows, [
    ['name', 'dtype', 'shape', 'mean', 'std', 'min', 'max'],
    ['exp_avg', 'F32', '[2, 3]', '0.1', '0', '0.1', '0.1'],
    ['exp_avg_sq', 'F32', '[2, 3]', '0.001', '0', '0.001', '0.001'],
    ['step', 'F32', '[]', '1', '0', '1', '1'],
  ]);
});

test('show --json: one document, with the parts of a checkpoint', () => {
  const { code, out } = run('show', join(GOLDEN, 'training.pt'), join(GOLDEN, 'dtypes.safetensors'), '--json');
  const { files } = JSON.parse(out);
  assert.equal([code, files.length], [0, 2]);
  assert.equal([files[0].format, files[0].part, files[0].parts.slice(0, 2)], ['torch', 'ema', ['model', 'ema']]);
  const scalar = files[1].tensors.find(({ name }: { name: string }) => name === 'scalar');
  assert.equal(scalar, {
    name: 'scalar',
    dtype: 'F32',
    shape: [],
    count: 1,
    bytes: 4,
    mean: 2.5,
    std: 0,
    min: 2.5,
    max: 2.5,
    nan: 0,
    infinite: 0,
  });
});

test('show --against: what matches, and 1 where something is missing', () => {
  const file = join(GOLDEN, 'training.pt');
  assert.equal(run('show', file, '--against', 'a.dit').out.split('\n').slice(1), ['all 4 weights match', '']);
  const other = run('show', file, '--against', 'a.dit', '--set', 'out=5');
  assert.is(other.code, 1);
  assert.match(
    other.out,
    /2 of 4 weights match\nof another shape \(2\):\n {2}`second\.weight` \[2, 2\], needed \[5, 2\]/,
  );
  const prefixed = run('show', join(GOLDEN, 'lightning.pt'), '--against', 'a.dit');
  assert.match(prefixed.out, /help: `--strip module\.` would match 4/);
  assert.is(run('show', join(GOLDEN, 'lightning.pt'), '--against', 'a.dit', '--strip', 'module.').code, 0);
  const matching = JSON.parse(run('show', file, '--against', 'a.dit', '--rename', 'first.=third.', '--json').out)
    .files[0].matching;
  assert.equal(Object.keys(matching.matched), ['second.weight', 'second.bias']);
  assert.equal(
    matching.missing.map(({ path }: { path: string }) => path),
    ['first.weight', 'first.bias'],
  );
});

test('convert: a part, stripped, in another dtype', () => {
  const out = join(folder, 'out.safetensors');
  const { code, err } = run(
    'convert',
    join(GOLDEN, 'lightning.pt'),
    '--strip',
    'module.',
    '--dtype',
    'bf16',
    '--out',
    out,
  );
  assert.equal([code, /4 tensors/.test(err)], [0, true]);
  const { files } = JSON.parse(run('show', out, '--names', '--json').out);
  assert.equal(
    files[0].tensors.map(({ name, dtype, shape }: { name: string; dtype: string; shape: number[] }) => [
      name,
      dtype,
      shape,
    ]),
    [
      ['first.bias', 'BF16', [2]],
      ['first.weight', 'BF16', [2, 3]],
      ['second.bias', 'BF16', [2]],
      ['second.weight', 'BF16', [2, 2]],
    ],
  );
});

test('what cannot be done: exit codes and words', () => {
  const cases: [string[], number, RegExp][] = [
    [['show', 'none.pt'], 3, /none\.pt: there is no such file or folder\n {2}= help: check the path/],
    [['show', folder], 3, /is a folder/],
    [['show', join(GOLDEN, 'module.pt')], 1, /wants to use `torch\.nn\.modules\.container\.Sequential`/],
    [['show', join(GOLDEN, 'training.pt'), '--part', 'x'], 3, /choose one of `model`, `ema`/],
    [['convert', join(GOLDEN, 'training.pt')], 2, /--out/],
    [['convert', join(GOLDEN, 'training.pt'), '--out', join(folder, 'no', 'x')], 3, /no such file or folder/],
    [['convert', join(GOLDEN, 'training.pt'), '--out', 'x', '--rename', 'a'], 2, /FROM=TO/],
    [['burn', 'x'], 2, /burn/],
  ];
  for (const [words, exit, message] of cases) {
    const { code, out, err } = run(...words);
    assert.equal([code, out], [exit, ''], words.join(' '));
    assert.match(err, message);
  }
  assert.equal(
    readdirSync(folder).filter((name) => /partial|^x$/.test(name)),
    [],
  );
});

test.run();
