/** Edges of what works along axes: softmax and the norms, sums, moves. */
import { floats, ints } from '../lower/reference/tensors.ts';
import { type EdgeCase, EXACT, edge, inf, nan } from './edge-case.ts';

const ROWS: readonly EdgeCase[] = [
  edge(
    'far out',
    'softmax',
    [
      floats([
        [1000, 1000, -1e9],
        [-1e9, -1e9, -1e9],
        [0, -inf, -200],
      ]),
    ],
    floats([
      [0.5, 0.5, 0],
      [1 / 3, 1 / 3, 1 / 3],
      [1, 0, 0],
    ]),
  ),
  edge('one number', 'softmax', [floats([[1000], [-1e30]])], floats([[1], [1]])),
  edge(
    'no number',
    'softmax',
    [
      floats([
        [nan, 0],
        [-inf, -inf],
      ]),
    ],
    floats([
      [nan, nan],
      [nan, nan],
    ]),
  ),
  // (x − μ) / √(σ² + ε) of 0, 0, 0, 4: μ = 1, σ² = 3
  edge(
    'far from zero',
    'layernorm',
    [
      floats([
        [4096, 4096, 4096, 4100],
        [7, 7, 7, 7],
      ]),
    ],
    floats([
      [-0.5, -0.5, -0.5, 1.5],
      [0, 0, 0, 0],
    ]),
    { eps: 1 },
  ),
  edge('one number', 'layernorm', [floats([[5], [0]])], floats([[0], [0]]), { eps: 1e-6 }),
  edge(
    'no number',
    'layernorm',
    [
      floats([
        [nan, 1],
        [inf, 1],
      ]),
    ],
    floats([
      [nan, nan],
      [nan, nan],
    ]),
    { eps: 1e-6 },
  ),
  edge('zeros, one number', 'rmsnorm', [floats([[0], [3]])], floats([[0], [0.75]]), { eps: 7 }),
  edge(
    'zeros',
    'rmsnorm',
    [
      floats([
        [0, 0],
        [1e-20, 0],
      ]),
    ],
    floats([
      [0, 0],
      [1e-17, 0],
    ]),
    { eps: 1e-6 },
  ),
  edge('no number', 'rmsnorm', [floats([[nan, 1]])], floats([[nan, nan]]), { eps: 1e-6 }),
];

const SUMS: readonly EdgeCase[] = [
  edge(
    'ends',
    'einsum',
    [
      floats([
        [inf, 1],
        [1e30, 0],
        [1, 2],
      ]),
      floats([
        [0, 1],
        [1e30, 0],
        [3, 4],
      ]),
    ],
    floats([nan, inf, 11]),
    { pattern: 'n d, n d -> n' },
  ),
  edge(
    'ends',
    'einsum',
    [
      floats([
        [inf, 1],
        [1, 2],
      ]),
      floats([
        [1, 1],
        [0, 1],
      ]),
    ],
    floats([
      [inf, nan],
      [3, 2],
    ]),
    { pattern: 'i k, j k -> i j' },
  ),
  edge('ends', 'conv2d', [floats([[[[inf], [1]]]]), floats([[[[0, 1]]], [[[1, 1]]]])], floats([[[[nan, inf]]]]), {
    stride: 1,
    padding: 0,
  }),
  edge(
    'ends',
    'reduce',
    [
      floats([
        [inf, -inf],
        [inf, 1],
        [nan, 1],
      ]),
    ],
    floats([nan, inf, nan]),
    { pattern: 'a b -> a', op: 'sum' },
  ),
  edge(
    'ends',
    'reduce',
    [
      floats([
        [3e38, -3e38],
        [-inf, 1],
      ]),
    ],
    floats([0, -inf]),
    { pattern: 'a b -> a', op: 'mean' },
  ),
  edge(
    'ends',
    'reduce',
    [
      floats([
        [-inf, -inf],
        [-3e38, -inf],
      ]),
    ],
    floats([-inf, -3e38]),
    { pattern: 'a b -> a', op: 'max' },
  ),
  edge(
    'ends',
    'reduce',
    [
      floats([
        [inf, inf],
        [3e38, inf],
      ]),
    ],
    floats([inf, 3e38]),
    { pattern: 'a b -> a', op: 'min' },
  ),
  edge(
    'largest of no number',
    'reduce',
    [
      floats([
        [nan, 1],
        [1, nan],
      ]),
    ],
    floats([nan, nan]),
    { pattern: 'a b -> a', op: 'max' },
  ),
  edge(
    'least of no number',
    'reduce',
    [
      floats([
        [nan, 1],
        [1, nan],
      ]),
    ],
    floats([nan, nan]),
    { pattern: 'a b -> a', op: 'min' },
  ),
  edge('exact ints', 'reduce', [ints([EXACT - 2, 1, 1])], ints(EXACT), { pattern: 'a ->', op: 'sum' }),
  edge('exact ints', 'reduce', [ints([1 - EXACT, -EXACT])], ints(1 - EXACT), { pattern: 'a ->', op: 'max' }),
  edge('exact ints', 'reduce', [ints([EXACT, EXACT - 1])], ints(EXACT - 1), { pattern: 'a ->', op: 'min' }),
];

const odd = [nan, inf, -inf, 3e38];
const MOVED: readonly EdgeCase[] = [
  edge(
    'odd numbers',
    'rearrange',
    [floats([odd, [1, 2, 3, 4]])],
    floats([
      [nan, 1],
      [inf, 2],
      [-inf, 3],
      [3e38, 4],
    ]),
    { pattern: 'a b -> b a' },
  ),
  edge('exact ints', 'rearrange', [ints([[EXACT, 1 - EXACT]])], ints([[EXACT], [1 - EXACT]]), {
    pattern: 'a b -> b a',
  }),
  edge('odd numbers', 'repeat', [floats(odd)], floats(odd.map((x) => [x, x])), { pattern: 'a -> a 2' }),
  edge('odd numbers', 'concat', [floats(odd), floats([0])], floats([...odd, 0]), { axis: 0 }),
  edge('odd numbers', 'slice', [floats(odd)], floats([inf]), { axis: 0, start: 1, end: 2 }),
  edge('odd numbers', 'pad', [floats(odd)], floats([0, ...odd]), { axis: 0, before: 1, after: 0 }),
  edge('odd numbers', 'gather', [floats(odd), ints([1, 0, 1, 3])], floats([inf, nan, inf, 3e38]), {
    axis: 0,
    batch: 0,
  }),
  edge('exact ints', 'gather', [ints([EXACT, 1 - EXACT]), ints([1, 0])], ints([1 - EXACT, EXACT]), {
    axis: 0,
    batch: 0,
  }),
  edge(
    'first and last row, again and again',
    'scatter',
    [floats([1, 2, 4, 8]), ints([2, 0, 2, 2])],
    floats([2, 0, 13]),
    { axis: 0, batch: 0, rows: 3 },
  ),
  edge('odd numbers', 'scatter', [floats([inf, nan, 1]), ints([0, 2, 1])], floats([inf, 1, nan]), {
    axis: 0,
    batch: 0,
    rows: 3,
  }),
  edge('ties', 'argsort', [floats([2, 1, 2, 1, 2, 1])], ints([1, 3, 5, 0, 2, 4])),
  edge('ends', 'argsort', [floats([0, inf, -inf, -0, 3e38, -3e38])], ints([2, 5, 0, 3, 4, 1])),
  edge('exact ints', 'argsort', [ints([EXACT, EXACT - 1, -EXACT])], ints([2, 1, 0])),
  edge('no number', 'argsort', [floats([nan, 1, nan, 0])], ints([3, 1, 0, 2])),
];

export const AXIS_EDGES: readonly EdgeCase[] = [ROWS, SUMS, MOVED].flat();
