/** Ops that sum over axes, by hand. */
import type { Case } from './case.ts';
import { floats, ints } from './tensors.ts';

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
  { op: 'einsum', operands: [floats(2), floats(3)], attributes: { pattern: ', ->' }, expected: floats(6) },
  {
    op: 'einsum',
    operands: [floats([1, 2]), floats([3, 4])],
    attributes: { pattern: 'a, b ->' },
    expected: floats((1 + 2) * (3 + 4)),
  },
  {
    op: 'einsum',
    operands: [floats([[1, 2]]), floats([[3, 4]])],
    attributes: { pattern: 'n a, n a -> a n' },
    expected: floats([[3], [8]]),
  },
  {
    op: 'einsum',
    operands: [
      floats([
        [
          [1, 2],
          [3, 4],
        ],
      ]),
      floats([
        [[5], [6]],
        [[7], [8]],
      ]),
    ],
    attributes: { pattern: 't n k, k n s -> s t n' },
    expected: floats([[[1 * 5 + 2 * 7, 3 * 6 + 4 * 8]]]),
  },
  { op: 'reduce', operands: [floats(3)], attributes: { pattern: '->', op: 'mean' }, expected: floats(3) },
  { op: 'reduce', operands: [ints([1, 2])], attributes: { pattern: 'n ->', op: 'mean' }, expected: floats(1.5) },
  {
    op: 'reduce',
    operands: [
      floats([
        [1, 2],
        [3, 4],
      ]),
    ],
    attributes: { pattern: 'a b -> 1 1', op: 'sum' },
    expected: floats([[10]]),
  },
  {
    op: 'reduce',
    operands: [
      floats([
        [1, 2, 3, 4],
        [5, 6, 7, 8],
      ]),
    ],
    attributes: { pattern: 'a (b c) -> c a', sizes: { b: 2 }, op: 'sum' },
    expected: floats([
      [1 + 3, 5 + 7],
      [2 + 4, 6 + 8],
    ]),
  },
];
