/** Elementwise ops, by hand. */
import type { Case } from './case.ts';
import { bools, floats, ints } from './tensors.ts';

const half = Math.log(2);

export const ELEMENTWISE: readonly Case[] = [
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
  // both sides grow, in the middle too
  {
    op: 'add',
    operands: [floats([[[1], [2]]]), floats([[[10, 20]], [[30, 40]]])],
    expected: floats([
      [
        [11, 21],
        [12, 22],
      ],
      [
        [31, 41],
        [32, 42],
      ],
    ]),
  },
  { op: 'sub', operands: [floats(5), floats(7)], expected: floats(-2) },
  { op: 'mul', operands: [floats([[2]]), floats(3)], expected: floats([[6]]) },
  {
    op: 'max',
    operands: [ints([[1], [5]]), ints([[3, 4]])],
    expected: ints([
      [3, 4],
      [5, 5],
    ]),
  },
  { op: 'eq', operands: [bools([true, false]), bools(true)], expected: bools([true, false]) },
  {
    op: 'where',
    operands: [
      bools([[true, false]]),
      floats([[1], [2]]),
      floats([
        [3, 4],
        [5, 6],
      ]),
    ],
    expected: floats([
      [1, 4],
      [2, 6],
    ]),
  },
];
