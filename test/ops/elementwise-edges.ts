/** Edges of what goes element by element. */

import type { OpName } from '../../compiler/ops/registry.ts';
import { bools, floats, ints } from '../lower/reference/tensors.ts';
import { type EdgeCase, EXACT, edge, inf, nan } from './edge-case.ts';

/** One operand, one axis. */
const unary = (op: OpName, given: readonly number[], expected: readonly number[], about = 'ends') =>
  edge(about, op, [floats(given)], floats(expected));

const UNARY: readonly EdgeCase[] = [
  unary('neg', [inf, -inf, nan, 3e38], [-inf, inf, nan, -3e38]),
  unary('exp', [0, 88, 89, -110, inf, -inf, nan], [1, 1.6516362549940018e38, inf, 0, inf, 0, nan]),
  unary('log', [1, 0, -1, inf, nan], [0, -inf, nan, inf, nan]),
  unary('sqrt', [0, 1e38, 4e-38, -1, inf, nan], [0, 1e19, 2e-19, nan, inf, nan]),
  unary('sin', [0, inf, nan], [0, nan, nan]),
  unary('cos', [0, inf, nan], [1, nan, nan]),
  unary('tanh', [0, 20, -20, inf, -inf, nan], [0, 1, -1, 1, -1, nan]),
  unary('sigmoid', [0, 200, -200, inf, -inf, nan], [0.5, 1, 0, 1, 0, nan]),
  unary('erf', [0, 6, -6, inf, -inf, nan], [0, 1, -1, 1, -1, nan]),
  unary('silu', [0, 200, -200, inf, nan], [0, 200, 0, inf, nan]),
  unary('gelu', [0, 200, -200, inf, nan], [0, 200, 0, inf, nan]),
  unary('gelu_tanh', [0, 200, -200, 1e20, inf, nan], [0, 200, 0, 1e20, inf, nan]),
  unary('detach', [inf, -inf, nan, 0], [inf, -inf, nan, 0]),
];

const BINARY: readonly EdgeCase[] = [
  edge('ends', 'add', [floats([inf, inf, 3e38, nan]), floats([1, -inf, 3e38, 1])], floats([inf, nan, inf, nan])),
  edge('ends', 'sub', [floats([inf, inf, -3e38, 1]), floats([1, inf, 3e38, nan])], floats([inf, nan, -inf, nan])),
  edge('ends', 'mul', [floats([inf, inf, 1e30, nan]), floats([-1, 0, 1e30, 0])], floats([-inf, nan, inf, nan])),
  edge(
    'by zero',
    'div',
    [floats([1, -1, 0, inf, 1, nan]), floats([0, 0, 0, inf, inf, 1])],
    floats([inf, -inf, nan, nan, 0, nan]),
  ),
  edge('by a zero in the graph', 'div', [floats([1, -1, 0]), 0], floats([inf, -inf, nan])),
  edge('ints by zero', 'div', [ints([1, 0]), ints([0, 0])], floats([inf, nan])),
  edge('of zero', 'pow', [floats([0, 0, 0]), floats([0, 2, -1])], floats([1, 0, inf])),
  edge('below zero', 'pow', [floats([-2, -2, -2]), floats([3, 0.5, -2])], floats([-8, nan, 0.25])),
  edge('ends', 'pow', [floats([2, 2, inf, nan]), floats([200, -200, 0, 1])], floats([inf, 0, 1, nan])),
  edge('square', 'pow', [floats([-3, 1e30, inf, nan]), 2], floats([9, inf, inf, nan])),
  edge('cube', 'pow', [floats([-3, 1e30, 0]), 3], floats([-27, inf, 0])),
  edge('root', 'pow', [floats([0, 4, -1]), 0.5], floats([0, 2, nan])),
  edge('inverse', 'pow', [floats([0, -4, inf]), -1], floats([inf, -0.25, 0])),
  edge('to nothing', 'pow', [floats([0, -4, inf]), 0], floats([1, 1, 1])),
  edge('ints', 'pow', [ints([2, -3, 0, 5, -1, 2]), ints([3, 3, 0, -1, -1, 10])], ints([8, -27, 1, 0, -1, 1024])),
  edge('ends', 'max', [floats([inf, -inf, -3e38]), floats([0, 0, 3e38])], floats([inf, 0, 3e38])),
  edge('ends', 'min', [floats([inf, -inf, -3e38]), floats([0, 0, 3e38])], floats([0, -inf, -3e38])),
  edge('no number', 'max', [floats([nan, 1, nan]), floats([1, nan, nan])], floats([nan, nan, nan])),
  edge('no number', 'min', [floats([nan, 1, nan]), floats([1, nan, nan])], floats([nan, nan, nan])),
  edge(
    'no number, repeated',
    'max',
    [floats([[nan], [1]]), floats([[0, nan]])],
    floats([
      [nan, nan],
      [1, nan],
    ]),
  ),
  edge('no number and one in the graph', 'max', [floats([nan, -1, 1]), 0], floats([nan, 0, 1])),
  edge('one in the graph and no number', 'max', [0, floats([nan, -1, 1])], floats([nan, 0, 1])),
  edge('one in the graph and no number', 'min', [0, floats([nan, -1, 1])], floats([nan, -1, 0])),
  edge('no number', 'eq', [floats([nan, nan, inf, 0]), floats([nan, 1, inf, -0])], bools([false, false, true, true])),
  edge('no number', 'ne', [floats([nan, nan, inf, 0]), floats([nan, 1, inf, -0])], bools([true, true, false, false])),
  edge('no number', 'lt', [floats([nan, 1, -inf, 0]), floats([1, nan, inf, -0])], bools([false, false, true, false])),
  edge('no number', 'le', [floats([nan, 1, -inf, 0]), floats([1, nan, inf, -0])], bools([false, false, true, true])),
  edge(
    'what is not chosen',
    'where',
    [bools([true, false, true]), floats([1, nan, inf]), floats([nan, 2, 3])],
    floats([1, 2, inf]),
  ),
];

/** Ints stay what they are as far as f32 counts, whatever an engine makes of them. */
const INTS: readonly EdgeCase[] = (
  [
    ['add', [EXACT - 1, 1 - EXACT], [1, 0], [EXACT, 1 - EXACT]],
    ['sub', [EXACT - 1, -EXACT], [-1, -EXACT], [EXACT, 0]],
    ['mul', [4095, -4096], [4097, 4096], [EXACT - 1, -EXACT]],
    ['max', [EXACT, -EXACT], [EXACT - 1, 1 - EXACT], [EXACT, 1 - EXACT]],
    ['min', [EXACT, -EXACT], [EXACT - 1, 1 - EXACT], [EXACT - 1, -EXACT]],
  ] as const
).map(([op, a, b, expected]) => edge('exact ints', op, [ints(a), ints(b)], ints(expected)));
const COMPARED_INTS: readonly EdgeCase[] = (
  [
    ['eq', [false, true, false]],
    ['ne', [true, false, true]],
    ['lt', [true, false, false]],
    ['le', [true, true, false]],
  ] as const
).map(([op, expected]) =>
  edge('exact ints', op, [ints([EXACT - 1, -EXACT, 1 - EXACT]), ints([EXACT, -EXACT, -EXACT])], bools(expected)),
);

export const ELEMENTWISE_EDGES: readonly EdgeCase[] = [UNARY, BINARY, INTS, COMPARED_INTS].flat();
