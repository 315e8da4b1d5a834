/** Ops that move elements, by hand. */
import type { Case } from './case.ts';
import { floats, ints } from './tensors.ts';

export const MOVEMENT: readonly Case[] = [
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
  { op: 'rearrange', operands: [floats(4)], attributes: { pattern: '-> 1 1' }, expected: floats([[4]]) },
  {
    op: 'rearrange',
    operands: [floats([[1], [2], [3], [4], [5], [6]])],
    attributes: { pattern: '(n f) d -> f d n', sizes: { f: 2 } },
    expected: floats([[[1, 3, 5]], [[2, 4, 6]]]),
  },
  {
    op: 'rearrange',
    operands: [floats([[1], [2]])],
    attributes: { pattern: '(a b) c -> b c a', sizes: { a: 1 } },
    expected: floats([[[1]], [[2]]]),
  },
  {
    op: 'repeat',
    operands: [floats(5)],
    attributes: { pattern: '-> n', sizes: { n: { batch: 1 } } },
    expected: floats([5, 5, 5]),
  },
  {
    op: 'repeat',
    operands: [ints([1, 2])],
    attributes: { pattern: 'a -> (a b)', sizes: { b: 2 } },
    expected: ints([1, 1, 2, 2]),
  },
  {
    op: 'repeat',
    operands: [ints([1, 2])],
    attributes: { pattern: 'a -> (b a)', sizes: { b: 2 } },
    expected: ints([1, 2, 1, 2]),
  },
  { op: 'concat', operands: [floats([1, 2])], attributes: { axis: 0 }, expected: floats([1, 2]) },
  {
    op: 'slice',
    operands: [
      floats([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    ],
    attributes: { axis: 1, start: 2, end: 3 },
    expected: floats([[3], [6]]),
  },
  { op: 'pad', operands: [ints([1, 2])], attributes: { axis: 0, before: 0, after: 0 }, expected: ints([1, 2]) },
  {
    op: 'gather',
    operands: [
      floats([
        [1, 2],
        [3, 4],
      ]),
      ints(1),
    ],
    attributes: { axis: 0, batch: 0 },
    expected: floats([3, 4]),
  },
  {
    op: 'gather',
    operands: [
      floats([
        [1, 2, 3],
        [4, 5, 6],
      ]),
      ints([2, 0]),
    ],
    attributes: { axis: 1, batch: 0 },
    expected: floats([
      [3, 1],
      [6, 4],
    ]),
  },
  {
    op: 'scatter',
    operands: [floats(7), ints(1)],
    attributes: { axis: 0, batch: 0, rows: 3 },
    expected: floats([0, 7, 0]),
  },
  { op: 'argsort', operands: [floats([[5], [-1]])], expected: ints([[0], [0]]) },
];
