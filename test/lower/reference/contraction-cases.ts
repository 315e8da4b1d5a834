/** Ops that sum over axes, by hand. */
import type { Case } from './case.ts';
import { floats } from './tensors.ts';

const half = Math.log(2);

export const CONTRACTION: readonly Case[] = [
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
];
