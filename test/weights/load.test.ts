import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Init } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import type { TensorType } from '../../compiler/ir/type.ts';
import { convertWeights } from '../../runtime/weights/convert.ts';
import { loadWeights, type Wanted } from '../../runtime/weights/load.ts';
import { entriesOf, openSafetensors, writeSafetensors } from '../../runtime/weights/safetensors.ts';
import { measuredRows, rowsOf } from '../../runtime/weights/show.ts';
import { firstBadIndex, statistics } from '../../runtime/weights/statistics.ts';
import type { StoredDtype } from '../../runtime/weights/stored-dtype.ts';
import type { TensorFile } from '../../runtime/weights/tensor-file.ts';
import { openWeights } from '../../runtime/weights/weights-file.ts';
import { problem, value } from './outcome.ts';

const GOLDEN = new URL('../golden/weights/', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'load-'));
test.after(() => rmSync(folder, { recursive: true }));

const floats = (shape: readonly number[], ...data: number[]): HostTensor => ({
  dtype: 'f32',
  shape,
  data: Float32Array.from(data),
});

let files = 0;
async function file(tensors: Readonly<Record<string, HostTensor>>, dtype?: StoredDtype): Promise<TensorFile> {
  const path = join(folder, `${files++}.safetensors`);
  value(await writeSafetensors(path, entriesOf(Object.entries(tensors), dtype), [['step', '7']]));
  return value(openSafetensors(path));
}

const want = (
  path: string,
  shape: number[],
  more: { trained?: boolean; init?: Init; dtype?: TensorType['dtype'] } = {},
): Wanted => {
  const { trained = true, init = { kind: 'normal', std: 1 }, dtype = 'f32' } = more;
  return { path, weight: { type: { dtype, shape }, trained, init } };
};

const W = floats([2], 1, 2);

test('weights arrive under their paths, in the order wanted, as float32', async () => {
  for (const dtype of ['F64', 'F32', 'F16', 'BF16'] as const) {
    const opened = await file({ 'm.b': floats([1], 3), 'm.a': W, 'n.c': W }, dtype);
    const { tensors, made, matching } = value(loadWeights(opened, [want('a', [2]), want('b', [1])], { strip: ['m.'] }));
    assert.equal(
      [...tensors],
      [
        ['a', W],
        ['b', floats([1], 3)],
      ],
      dtype,
    );
    assert.equal([made, matching.outside], [[], ['n.c']]);
  }
});

test('a frozen constant that the file lacks is made; what is trained or drawn is missing', async () => {
  const opened = await file({ a: W });
  const fixed: Init = { kind: 'fill', value: 5 };
  const { tensors, made } = value(
    loadWeights(opened, [want('a', [2]), want('table', [3], { trained: false, init: fixed })]),
  );
  assert.equal([made, tensors.get('table')], [['table'], floats([3], 5, 5, 5)]);
  for (const more of [{ init: fixed }, { trained: false }]) {
    const { kind, message } = problem(loadWeights(opened, [want('a', [2]), want('table', [3], more)]));
    assert.equal([kind, message], ['mismatch', 'lacks 1 of the 2 weights of the model: `table`']);
  }
});

test('what does not fit says what to do', async () => {
  const opened = await file({ 'x.a': W, 'x.b': W, 'blocks.0.attn.to_qkv': floats([1], 0) });
  const cases: [Wanted[], Parameters<typeof loadWeights>[2], string, string][] = [
    [
      [want('a', [2]), want('b', [2])],
      {},
      'lacks 2 of the 2 weights of the model: `a`, `b`',
      'strip the prefix `x.`: 2 names then match',
    ],
    [
      [want('blocks.0.attn.qkv', [1])],
      {},
      'lacks 1 of the 1 weights of the model: `blocks.0.attn.qkv`',
      'rename `blocks.0.attn.to_qkv` to `blocks.0.attn.qkv`, and others likewise',
    ],
    [
      [want('a', [3])],
      { strip: ['x.'] },
      'has the shape [2], and the weight `a` [3]',
      'choose the preset that the file was made with',
    ],
    [
      [want('x', [2])],
      {
        rename: new Map([
          ['x.a', 'x'],
          ['x.b', 'x'],
        ]),
      },
      'has 2 tensors for the weight `x`: `x.a`, `x.b`',
      'strip a longer prefix, or rename fewer',
    ],
    [
      ['p', 'q', 'r', 's', 't'].map((path) => want(path, [1])),
      {},
      'lacks 5 of the 5 weights of the model: `p`, `q`, `r` and 2 more',
      'see what matches with `ditc weights show FILE --against TARGET`',
    ],
  ];
  for (const [wanted, renaming, message, remedy] of cases) {
    const found = problem(loadWeights(opened, wanted, renaming));
    assert.equal([found.message, found.remedy], [message, remedy]);
  }
});

test('NaN and infinities are refused by tensor and index', async () => {
  const opened = await file({ good: W, bad: floats([5], 1, 2, NaN, Infinity, NaN) });
  const found = problem(loadWeights(opened, [want('good', [2]), want('bad', [5])]));
  assert.equal([found.kind, found.tensor], ['mismatch', 'bad']);
  assert.is(found.message, 'has 2 NaN and 1 infinite numbers, the first at index 2');
});

test('integers are not floats', async () => {
  const opened = await file({ a: { dtype: 'int', shape: [1], data: Int32Array.of(1) } });
  assert.is(problem(loadWeights(opened, [want('a', [1])])).message, 'holds int, and the model needs f32');
  const table = want('a', [1], { trained: false, dtype: 'int' });
  assert.equal(value(loadWeights(opened, [table])).tensors.get('a')!.data, Int32Array.of(1));
});

test('statistics, by hand', () => {
  assert.equal(statistics(Float32Array.of(2, 4, 4, 4, 5, 5, 7, 9)), {
    count: 8,
    mean: 5,
    std: 2,
    min: 2,
    max: 9,
    nan: 0,
    infinite: 0,
  });
  const holes = statistics(Float32Array.of(NaN, 1, -Infinity, 3, Infinity));
  assert.equal(holes, { count: 5, mean: 2, std: 1, min: 1, max: 3, nan: 1, infinite: 2, firstBad: 0 });
  const { count, mean } = statistics(new Float32Array(0));
  assert.ok(count === 0 && Number.isNaN(mean));
  // a large mean does not drown the deviation
  assert.is(statistics(Float64Array.of(1e9, 1e9 + 2)).std, 1);
  assert.equal(
    [firstBadIndex(Float32Array.of(1, 2)), firstBadIndex(Float32Array.of(1, -Infinity, NaN))],
    [undefined, 1],
  );
});

test('rows stand in the order of their numbers, and a tensor that cannot be read says why', async () => {
  const opened = await file({ 'b.10': W, 'b.2': W, a: W });
  assert.equal(
    rowsOf(opened).map(({ name }) => name),
    ['a', 'b.2', 'b.10'],
  );
  assert.equal(rowsOf(opened)[0], { name: 'a', dtype: 'F32', shape: [2], count: 2, bytes: 8 });
  const wide = value(openSafetensors(join(GOLDEN, 'read-only.safetensors')));
  const rows = [...measuredRows(wide)];
  assert.is(rows.find(({ name }) => name === 'i64.large')!.problem!.kind, 'unsupported');
  assert.is(rows.find(({ name }) => name === 'u16')!.statistics!.max, 65535);
});

test('a checkpoint of PyTorch becomes a safetensors file of the same numbers and dtypes', async () => {
  const from = value(await openWeights(join(GOLDEN, 'layouts.pt')));
  const path = join(folder, 'converted.safetensors');
  const { tensors, outside } = value(await convertWeights(from, path));
  assert.equal([tensors, outside], [from.tensors.size, []]);
  const to = value(openSafetensors(path));
  for (const [name, { dtype, shape }] of from.tensors) {
    // 8-bit floats are not written
    assert.equal(
      [to.tensors.get(name)!.dtype, to.tensors.get(name)!.shape],
      [dtype === 'F8_E4M3' ? 'BF16' : dtype, shape],
      name,
    );
    assert.equal(value(to.read(name)), value(from.read(name)), name);
  }
});

test('converted to another float dtype, stripped and renamed; integers stay', async () => {
  const from = await file({
    'm.w': floats([3], 1, 1 + 2 ** -9, 3e5),
    'm.i': { dtype: 'int', shape: [1], data: Int32Array.of(4) },
    'n.w': W,
  });
  const path = join(folder, 'narrow.safetensors');
  const renaming = { strip: ['m.'], rename: new Map([['w', 'weight']]) };
  assert.equal(value(await convertWeights(from, path, { renaming, floats: 'BF16' })).outside, ['n.w']);
  const to = value(openSafetensors(path));
  assert.equal(
    [...to.tensors].map(([name, { dtype }]) => [name, dtype]),
    [
      ['i', 'I32'],
      ['weight', 'BF16'],
    ],
  );
  // 2^-9 is a quarter of a step at 1; 3e5 = 292.97 · 1024 ≈ 2^18 · 1.1444, in steps of 2^11: 146.48 → 146
  assert.equal([...value(to.read('weight')).data], [1, 1, 146 * 2048]);
  assert.equal([...to.metadata], [['step', '7']]);
});

test('a conversion that cannot be done leaves nothing', async () => {
  const from = await file({ 'a.w': W, 'b.w': W });
  const path = join(folder, 'never.safetensors');
  const rename = new Map([
    ['a.w', 'w'],
    ['b.w', 'w'],
  ]);
  assert.match(problem(await convertWeights(from, path, { renaming: { rename } })).message, '`w`');
  assert.match(
    problem(await convertWeights(from, path, { renaming: { strip: ['z.'] } })).message,
    'no tensor with this prefix',
  );
  assert.is(problem(openSafetensors(path)).kind, 'missing');
});

test.run();
