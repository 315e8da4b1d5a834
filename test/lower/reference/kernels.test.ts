/** Every kernel on a case worked out by hand. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Attributes } from '../../../compiler/ir/graph.ts';
import type { HostTensor } from '../../../compiler/ir/tensor.ts';
import { KERNELS } from '../../../compiler/lower/reference/kernels/table.ts';
import type { OpName } from '../../../compiler/ops/registry.ts';
import { bools, difference, floats, ints } from './tensors.ts';

interface Case {
  readonly op: OpName;
  readonly operands: readonly HostTensor[];
  readonly attributes?: Attributes;
  readonly expected: HostTensor;
}

const half = Math.log(2);
const CASES: readonly Case[] = [
  {
    op: 'add',
    operands: [floats([[1, 2]]), floats([[10], [20]])],
    expected: floats([
      [11, 12],
      [21, 22],
    ]),
  },
  { op: 'add', operands: [ints([1, 2]), ints([3, 4])], expected: ints([4, 6]) },
  { op: 'sub', operands: [floats([5, 7]), floats(1)], expected: floats([4, 6]) },
  { op: 'mul', operands: [floats(2), floats([[1], [3]])], expected: floats([[2], [6]]) },
  { op: 'mul', operands: [ints([2, 3]), floats([0.5, 0.25])], expected: floats([1, 0.75]) },
  { op: 'div', operands: [ints([3, 1]), ints([2, 4])], expected: floats([1.5, 0.25]) },
  { op: 'pow', operands: [floats([2, 9, -3]), floats([3, 0.5, 2])], expected: floats([8, 3, 9]) },
  { op: 'min', operands: [floats([1, -2]), floats([0, 0])], expected: floats([0, -2]) },
  { op: 'max', operands: [floats([1, -2]), floats([0, 0])], expected: floats([1, 0]) },
  { op: 'eq', operands: [ints([1, 2]), ints([1, 3])], expected: bools([true, false]) },
  { op: 'ne', operands: [ints([1, 2]), ints([1, 3])], expected: bools([false, true]) },
  { op: 'lt', operands: [floats([1, 2, 3]), floats(2)], expected: bools([true, false, false]) },
  { op: 'le', operands: [floats([1, 2, 3]), floats(2)], expected: bools([true, true, false]) },
  { op: 'neg', operands: [floats([1, -2])], expected: floats([-1, 2]) },
  { op: 'exp', operands: [floats([0, half])], expected: floats([1, 2]) },
  { op: 'log', operands: [floats([1, 2])], expected: floats([0, half]) },
  { op: 'sqrt', operands: [floats([4, 2.25])], expected: floats([2, 1.5]) },
  { op: 'sin', operands: [floats([0, Math.PI / 6])], expected: floats([0, 0.5]) },
  { op: 'cos', operands: [floats([0, Math.PI / 3])], expected: floats([1, 0.5]) },
  { op: 'tanh', operands: [floats([0, half])], expected: floats([0, 0.6]) },
  { op: 'sigmoid', operands: [floats([0, half, -1e4])], expected: floats([0.5, 2 / 3, 0]) },
  { op: 'silu', operands: [floats([0, half, -half])], expected: floats([0, (2 / 3) * half, -half / 3]) },
  // Abramowitz & Stegun, table 7.1
  { op: 'erf', operands: [floats([0, 0.5, 1, -2])], expected: floats([0, 0.5204998778, 0.8427007929, -0.995322265]) },
  // x Φ(x): Φ(1) = 0.8413447461, Φ(−2) = 0.0227501319
  { op: 'gelu', operands: [floats([0, 1, -2])], expected: floats([0, 0.8413447461, -0.0455002639]) },
  // tanh(√(2/π) 1.044715) = 0.6823839812
  { op: 'gelu_tanh', operands: [floats([0, 1])], expected: floats([0, 0.8411919906]) },
  {
    op: 'where',
    operands: [bools([[true], [false]]), floats([[1, 2]]), floats(0)],
    expected: floats([
      [1, 2],
      [0, 0],
    ]),
  },
  { op: 'detach', operands: [floats([1, 2])], expected: floats([1, 2]) },
  {
    op: 'softmax',
    operands: [
      floats([
        [0, half, 0],
        [1000, 1000, -1e9],
      ]),
    ],
    expected: floats([
      [0.25, 0.5, 0.25],
      [0.5, 0.5, 0],
    ]),
  },
  // mean 2, variance 1: ±1/√(1 + 3) = ±0.5
  {
    op: 'layernorm',
    operands: [
      floats([
        [1, 3],
        [5, 5],
      ]),
    ],
    attributes: { eps: 3 },
    expected: floats([
      [-0.5, 0.5],
      [0, 0],
    ]),
  },
  // mean square 12.5, + 3.75 is 16.25 − … : 1/√(12.5 + 3.5) = 1/4
  { op: 'rmsnorm', operands: [floats([[3, 4]])], attributes: { eps: 3.5 }, expected: floats([[0.75, 1]]) },
  {
    op: 'einsum',
    operands: [
      floats([
        [1, 2, 3],
        [4, 5, 6],
      ]),
      floats([
        [1, 0, 2],
        [0, 1, 0],
      ]),
    ],
    attributes: { pattern: '... i, o i -> ... o' },
    expected: floats([
      [7, 2],
      [16, 5],
    ]),
  },
  {
    op: 'einsum',
    operands: [floats([1, 2]), floats([10, 20, 30])],
    attributes: { pattern: 'a, b -> b a' },
    expected: floats([
      [10, 20],
      [20, 40],
      [30, 60],
    ]),
  },
  {
    // c stands in one operand alone: summed
    op: 'einsum',
    operands: [
      floats([
        [
          [1, 2],
          [3, 4],
        ],
      ]),
      floats([[5, 6]]),
    ],
    attributes: { pattern: 'n a c, n a -> n' },
    expected: floats([(1 + 2) * 5 + (3 + 4) * 6]),
  },
  {
    // 3x3 image, 2x2 kernel of ones and a second one of a corner alone
    op: 'conv2d',
    operands: [
      floats([
        [
          [[1], [2], [3]],
          [[4], [5], [6]],
          [[7], [8], [9]],
        ],
      ]),
      floats([
        [
          [
            [1, 1],
            [1, 1],
          ],
        ],
        [
          [
            [0, 0],
            [0, 1],
          ],
        ],
      ]),
    ],
    attributes: { stride: 1, padding: 0 },
    expected: floats([
      [
        [
          [12, 5],
          [16, 6],
        ],
        [
          [24, 8],
          [28, 9],
        ],
      ],
    ]),
  },
  {
    op: 'conv2d',
    operands: [
      floats([[[[1, 10]]]]),
      floats([
        [
          [
            [1, 2, 3],
            [4, 5, 6],
            [7, 8, 9],
          ],
          [
            [0, 0, 0],
            [0, 1, 0],
            [0, 0, 0],
          ],
        ],
      ]),
    ],
    attributes: { stride: 1, padding: 1 },
    expected: floats([[[[15]]]]),
  },
  {
    op: 'conv2d_input',
    operands: [floats([[[[1], [2]]]]), floats([[[[3, 4]], [[5, 6]]]])],
    attributes: { stride: 2, padding: 0, height: 1, width: 5 },
    expected: floats([
      [
        [
          [3, 5],
          [4, 6],
          [6, 10],
          [8, 12],
          [0, 0],
        ],
      ],
    ]),
  },
  {
    // w[0, i, 0, k] += x[2 o + k, i] dy[o]
    op: 'conv2d_weight',
    operands: [
      floats([
        [
          [
            [1, 2],
            [3, 4],
            [5, 6],
            [7, 8],
          ],
        ],
      ]),
      floats([[[[1], [10]]]]),
    ],
    attributes: { stride: 2, padding: 0, height: 1, width: 2 },
    expected: floats([[[[51, 73]], [[62, 84]]]]),
  },
  {
    op: 'rearrange',
    operands: [floats([[1, 2, 3, 4, 5, 6]])],
    attributes: { pattern: 'n (h w) -> n w h', sizes: { h: 2 } },
    expected: floats([
      [
        [1, 4],
        [2, 5],
        [3, 6],
      ],
    ]),
  },
  {
    op: 'rearrange',
    operands: [ints([[1, 2, 3, 4, 5, 6]])],
    attributes: { pattern: 'n (3 k) -> 3 n k' },
    expected: ints([[[1, 2]], [[3, 4]], [[5, 6]]]),
  },
  {
    op: 'repeat',
    operands: [floats([1, 2])],
    attributes: { pattern: 'd -> n (d 2)', sizes: { n: { batch: 1 } } },
    expected: floats([
      [1, 1, 2, 2],
      [1, 1, 2, 2],
      [1, 1, 2, 2],
    ]),
  },
  {
    op: 'reduce',
    operands: [
      floats([
        [1, 2],
        [3, 5],
      ]),
    ],
    attributes: { pattern: 'n d -> d', op: 'sum' },
    expected: floats([4, 7]),
  },
  {
    op: 'reduce',
    operands: [
      floats([
        [
          [1, 2],
          [3, 5],
        ],
        [
          [0, 0],
          [0, 8],
        ],
      ]),
    ],
    attributes: { pattern: 'n ... -> n', op: 'mean' },
    expected: floats([2.75, 2]),
  },
  { op: 'reduce', operands: [floats([[1, -2]])], attributes: { pattern: '... ->', op: 'max' }, expected: floats(1) },
  { op: 'reduce', operands: [floats([[1, -2]])], attributes: { pattern: '... ->', op: 'min' }, expected: floats(-2) },
  {
    op: 'concat',
    operands: [
      floats([[1], [2]]),
      floats([
        [3, 4],
        [5, 6],
      ]),
    ],
    attributes: { axis: 1 },
    expected: floats([
      [1, 3, 4],
      [2, 5, 6],
    ]),
  },
  {
    op: 'slice',
    operands: [
      floats([
        [[1], [2], [3]],
        [[4], [5], [6]],
      ]),
    ],
    attributes: { axis: 1, start: 1, end: 3 },
    expected: floats([
      [[2], [3]],
      [[5], [6]],
    ]),
  },
  {
    op: 'pad',
    operands: [
      floats([
        [1, 2],
        [3, 4],
      ]),
    ],
    attributes: { axis: 1, before: 1, after: 2 },
    expected: floats([
      [0, 1, 2, 0, 0],
      [0, 3, 4, 0, 0],
    ]),
  },
  {
    op: 'gather',
    operands: [
      floats([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
      ints([[2, 0]]),
    ],
    attributes: { axis: 0, batch: 0 },
    expected: floats([
      [
        [5, 6],
        [1, 2],
      ],
    ]),
  },
  {
    op: 'gather',
    operands: [
      floats([[[1, 2, 3]], [[4, 5, 6]]]),
      ints([
        [2, 2],
        [0, 1],
      ]),
    ],
    attributes: { axis: 2, batch: 1 },
    expected: floats([[[3, 3]], [[4, 5]]]),
  },
  {
    op: 'scatter',
    operands: [
      floats([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
      ints([2, 0, 2]),
    ],
    attributes: { axis: 0, batch: 0, rows: 4 },
    expected: floats([
      [3, 4],
      [0, 0],
      [6, 8],
      [0, 0],
    ]),
  },
  {
    op: 'scatter',
    operands: [
      floats([[[1, 2]], [[3, 4]]]),
      ints([
        [2, 2],
        [0, 1],
      ]),
    ],
    attributes: { axis: 2, batch: 1, rows: 3 },
    expected: floats([[[0, 0, 3]], [[3, 4, 0]]]),
  },
  {
    op: 'argsort',
    operands: [
      floats([
        [3, 1, 2, 1],
        [0, -1, Number.NaN, -2],
      ]),
    ],
    expected: ints([
      [1, 3, 2, 0],
      [3, 1, 0, 2],
    ]),
  },
  { op: 'arange', operands: [], attributes: { size: 4 }, expected: ints([0, 1, 2, 3]) },
];

for (const [i, { op, operands, attributes = {}, expected }] of CASES.entries()) {
  test(`${op} (case ${i})`, () => {
    const result = { dtype: expected.dtype, shape: expected.shape };
    const data = KERNELS[op]({ operands, result, attributes, batch: 3 });
    assert.is(data.constructor, expected.data.constructor);
    const off = difference({ ...result, data }, expected);
    assert.ok(off < 1e-9, `off by ${off}: ${data}`);
  });
}

test('every op has a case', () => {
  assert.equal([...new Set(CASES.map(({ op }) => op))].sort(), Object.keys(KERNELS).sort());
});

test('an index outside of the rows is refused, and nothing is read there', () => {
  const call = {
    operands: [floats([[1], [2]]), ints([2])],
    result: { dtype: 'f32', shape: [1, 1] },
    batch: 1,
  } as const;
  assert.throws(
    () => KERNELS.gather({ ...call, attributes: { axis: 0, batch: 0 } }),
    (error: Error) => error instanceof RangeError && /index 2 is outside the 2 rows/.test(error.message),
  );
});

test.run();
