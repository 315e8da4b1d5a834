/** Calls of every op that has a gradient: no axes, sizes of 1, odd sizes, each way to broadcast, many axes, the batch. */
import { bool, type Dim, f32, int } from '../../compiler/ir/type.ts';
import type { GradientCase, Operand } from './gradient-case.ts';

const N: Dim = { batch: 1 };
const N2: Dim = { batch: 2 };
const x = (...shape: Dim[]): Operand => ({ type: f32(...shape) });
const between = (from: number, to: number, ...shape: Dim[]): Operand => ({ type: f32(...shape), from, to });
const ints = (data: readonly number[], ...shape: Dim[]): Operand => ({ type: int(...shape), data });
const bools = (data: readonly number[], ...shape: Dim[]): Operand => ({ type: bool(...shape), data });
const k = (number: number): Operand => ({ number });

const unary = ['neg', 'exp', 'sin', 'cos', 'tanh', 'sigmoid', 'erf', 'silu', 'gelu', 'gelu_tanh'].flatMap((op) => [
  { op, operands: [between(-3, 3, 3, 5)] },
  { op, operands: [between(-3, 3, N, 1, 2)], batch: 3 },
  { op, operands: [between(-3, 3, 2, 1, 2, 1, 2)] },
  { op, operands: [x()] },
]);
const positive = ['log', 'sqrt'].flatMap((op) => [
  { op, operands: [between(0.5, 3, 7)] },
  { op, operands: [between(0.5, 3)] },
]);

const shapes: readonly (readonly [Dim[], Dim[]])[] = [
  [
    [2, 3],
    [2, 3],
  ],
  [
    [2, 3],
    [1, 3],
  ],
  [
    [2, 1],
    [1, 3],
  ],
  [
    [N, 3, 5],
    [N, 1, 5],
  ],
  [[], [3]],
  [[1, 1], []],
  [
    [N, 3],
    [1, 1],
  ],
  [
    [N, 1],
    [1, 3],
  ],
  [
    [2, 1, 2],
    [2, 3, 2],
  ],
  [
    [2, N2, 1],
    [1, N2, 2],
  ],
  [[], []],
  [
    [2, 1, 2, 1, 2],
    [1, 2, 1, 3, 1],
  ],
];
const binary = ['add', 'sub', 'mul', 'min', 'max'].flatMap((op) =>
  shapes.map(([a, b]) => ({ op, operands: [x(...a), x(...b)], batch: 2 })),
);
const divisions = shapes.map(([a, b]) => ({ op: 'div', operands: [x(...a), between(1, 2, ...b)], batch: 3 }));
const powers = [
  ...shapes.map(([a, b]) => ({ op: 'pow', operands: [between(0.5, 2, ...a), x(...b)], batch: 2 })),
  ...[3, 2, 1, 0.5, -1, -1.5].map((power) => ({ op: 'pow', operands: [between(0.5, 2, 2, 3), k(power)] })),
  { op: 'pow', operands: [between(-2, -1, 4), k(3)] },
  { op: 'pow', operands: [k(10000), x(5)] },
  { op: 'pow', operands: [between(0.5, 2, 3), ints([0, 2, 3], 3)] },
];
const mixed = ['add', 'sub', 'mul', 'div', 'min', 'max'].flatMap((op) => [
  { op, operands: [x(3), ints([2, -3, 5], 3)] },
  { op, operands: [ints([2, -3, 5], 3), between(1, 1.5, 3)] },
  { op, operands: [x(2, 3), k(0.25)] },
  { op, operands: [k(0.25), between(1, 2, 2, 3)] },
]);
const choices: GradientCase[] = [
  { op: 'where', operands: [bools([1, 0, 0, 1, 1, 0], 2, 3), x(2, 3), x(2, 3)] },
  { op: 'where', operands: [bools([1, 0], 2, 1), x(1, 3), x()] },
  { op: 'where', operands: [bools([1, 0], N), x(N), k(0)], batch: 2 },
  { op: 'where', operands: [bools([1], 1), ints([2, 3], 2), x(2)] },
  { op: 'where', operands: [bools([0, 1], 2, 1, 1), x(1, 3, 1), x(1, 1, 2)] },
  { op: 'where', operands: [bools([1]), x(1, 2), x()] },
  { op: 'where', operands: [bools([0, 1], 1, 2, 1, 1, 1), x(2, 1, 2, 1, 2), x(2, 2, 1, 1, 1)] },
];
const rows = ['softmax', 'layernorm', 'rmsnorm'].flatMap((op) =>
  [x(7), x(2, 3, 5), x(N, 1, 4), x(3, 1), x(1), x(2, N), x(2, 1, 2, 1, 3)].map((operand) => ({
    op,
    operands: [operand],
    attributes: op === 'softmax' ? {} : { eps: 1e-2 },
    batch: 2,
  })),
);
const einsums: GradientCase[] = (
  [
    ['... i, o i -> ... o', x(N, 3, 4), x(5, 4)],
    ['... i, o i -> ... o', x(4), x(5, 4)],
    ['n h t k, n h s k -> n h t s', x(N, 2, 3, 5), x(N, 2, 4, 5)],
    ['n h t s, n h s v -> n h t v', x(1, 2, 3, 1), x(1, 2, 1, 4)],
    ['... o, ... i -> i o', x(N, 3, 4), x(N, 3, 5)],
    ['i, i ->', x(5), x(5)],
    ['i, j -> j i', x(3), x(4)],
    ['a b, c -> c', x(2, 3), x(4)],
    ['... a, a b -> b', x(2, 3, 4), x(4, 5)],
    ['n ... , n -> n', x(3, 2, 2), x(3)],
    ['n, n d -> n d', x(N), x(N, 3)],
    [', d -> d', x(), x(3)],
    ['a b c, b d -> c d a', x(2, 3, 4), x(3, 5)],
    ['t d, t -> d', x(3, 4), ints([1, 2, 3], 3)],
    [', ->', x(), x()],
    ['i, i ->', x(1), x(1)],
    ['n a, n a -> a n', x(N, 3), x(N, 3)],
    ['n a, n a ->', x(N, 3), x(N, 3)],
    ['n, m -> m n', x(N), x(2)],
    ['t n k, k n s -> s t n', x(2, N, 3), x(3, N, 2)],
    ['n a b, n c d -> d n', x(N, 2, 3), x(N, 1, 2)],
    ['n a b, n b c -> n c a', x(N2, 2, 3), x(N2, 3, 2)],
    ['a b c d, d c b e -> c e a', x(2, 3, 2, 1), x(1, 2, 3, 2)],
  ] as const
).map(([pattern, a, b]) => ({ op: 'einsum', operands: [a, b], attributes: { pattern }, batch: 2 }));
const convolutions: GradientCase[] = (
  [
    [N, 5, 4, 3, 2, 3, 2, 1, 0],
    [2, 4, 4, 1, 3, 2, 2, 2, 0],
    [1, 5, 7, 2, 1, 3, 3, 2, 1],
    [2, 3, 3, 2, 3, 1, 1, 1, 0],
    [1, 1, 1, 2, 2, 3, 3, 1, 1],
    [1, 3, 5, 1, 1, 1, 1, 2, 2],
    [N, 3, 3, 2, 1, 2, 2, 5, 2],
    [2, 1, 1, 2, 1, 3, 3, 5, 1],
    [1, 5, 4, 1, 2, 2, 1, 3, 0],
    [1, 4, 3, 1, 2, 4, 3, 1, 0],
  ] as const
).flatMap(([n, H, W, I, O, h, w, stride, padding]) => {
  const [u, v] = [(H + 2 * padding - h) / stride + 1, (W + 2 * padding - w) / stride + 1];
  const step = { stride, padding };
  return [
    { op: 'conv2d', operands: [x(n, H, W, I), x(O, I, h, w)], attributes: step, batch: 2 },
    {
      op: 'conv2d_input',
      operands: [x(n, u, v, O), x(O, I, h, w)],
      attributes: { ...step, height: H, width: W },
      batch: 2,
    },
    {
      op: 'conv2d_weight',
      operands: [x(n, H, W, I), x(n, u, v, O)],
      attributes: { ...step, height: h, width: w },
      batch: 2,
    },
  ];
});
const moves: GradientCase[] = [
  { op: 'rearrange', operands: [x(N, 3, 12)], attributes: { pattern: 'n t (3 h k) -> 3 n h t k', sizes: { h: 2 } } },
  {
    op: 'rearrange',
    operands: [x(N, 4, 6, 3)],
    attributes: { pattern: 'n (h p) (w q) c -> n (h w) (p q c)', sizes: { p: 2, q: 3 } },
  },
  { op: 'rearrange', operands: [x({ batch: 3 }, 2)], attributes: { pattern: '(n f) d -> n d f', sizes: { f: 3 } } },
  { op: 'rearrange', operands: [x(N, 3, 2)], attributes: { pattern: 'n ... -> (...) n' } },
  { op: 'rearrange', operands: [x(1, 3, 1)], attributes: { pattern: '1 a 1 -> 1 1 a 1 1' } },
  { op: 'rearrange', operands: [x(2, 2, 4)], attributes: { pattern: '... (2 d) -> 2 ... d' } },
  { op: 'rearrange', operands: [x()], attributes: { pattern: '-> 1 1' } },
  { op: 'rearrange', operands: [x(4, 3)], attributes: { pattern: '(a b) c -> b c a', sizes: { a: 1 } } },
  { op: 'rearrange', operands: [x(N2, 3)], attributes: { pattern: '(n a) b -> n (b a)', sizes: { n: N } }, batch: 2 },
  { op: 'rearrange', operands: [x(2, 1, 2, 3, 1, 2)], attributes: { pattern: 'a b c d e f -> b d f a c e' } },
  { op: 'repeat', operands: [x(3, 4)], attributes: { pattern: 't k -> t (k 2)', sizes: {} } },
  { op: 'repeat', operands: [x(1, 1, 3)], attributes: { pattern: '1 1 d -> n t d', sizes: { n: N, t: 2 } }, batch: 3 },
  { op: 'repeat', operands: [x(N, 3)], attributes: { pattern: 'n d -> (n f) d', sizes: { f: 4 } } },
  { op: 'repeat', operands: [x(N, 2, 3)], attributes: { pattern: 'n ... -> (...) 2 n' } },
  { op: 'repeat', operands: [x()], attributes: { pattern: '-> a 1', sizes: { a: 3 } } },
  { op: 'repeat', operands: [x()], attributes: { pattern: '-> n', sizes: { n: N } }, batch: 3 },
  { op: 'repeat', operands: [x(3)], attributes: { pattern: 'a -> (a b)', sizes: { b: 1 } } },
  {
    op: 'repeat',
    operands: [x(2, 1, 2)],
    attributes: { pattern: 'a b c -> e a f b g c', sizes: { e: 2, f: 2, g: 2 } },
  },
];
const reductions: GradientCase[] = ['sum', 'mean', 'max', 'min'].flatMap((op) =>
  (
    [
      ['n ... -> n', {}, x(N, 3, 5)],
      ['... ->', {}, x(N, 3)],
      ['n t d -> d', {}, x(N, 3, 2)],
      ['n (g c) -> c n 1', { g: 3 }, x(N, 6)],
      ['a (2 b) -> a b', {}, x(3, 4)],
      ['a 1 b -> b', {}, x(3, 1, 2)],
      ['a b -> a b', {}, x(1, 3)],
      ['... d -> ... 1', {}, x(2, 1, 1)],
      ['->', {}, x()],
      ['a b -> 1 1', {}, x(2, 3)],
      ['n a -> a', {}, x(N, 1)],
      ['(n k) d -> k d', { k: 2 }, x(N2, 2)],
      ['a b c d e -> e c a', {}, x(2, 3, 1, 2, 2)],
    ] as const
  ).map(([pattern, sizes, operand]) => ({
    op: 'reduce',
    operands: [operand],
    attributes: { pattern, sizes, op },
    batch: 2,
  })),
);
const parts: GradientCase[] = [
  { op: 'concat', operands: [x(2, 3), x(2, 1), x(2, 4)], attributes: { axis: 1 } },
  { op: 'concat', operands: [x(N, 2), x(N2, 2)], attributes: { axis: 0 }, batch: 3 },
  { op: 'concat', operands: [x(2, N), ints([1, 2, 3, 4], 2, N)], attributes: { axis: 1 }, batch: 2 },
  { op: 'concat', operands: [x(3)], attributes: { axis: 0 } },
  { op: 'slice', operands: [x(N, 5, 3)], attributes: { axis: 1, start: 1, end: 4 } },
  { op: 'slice', operands: [x(5)], attributes: { axis: 0, start: 4, end: 5 } },
  { op: 'slice', operands: [x(1, 1)], attributes: { axis: 1, start: 0, end: 1 } },
  { op: 'pad', operands: [x(N, 3)], attributes: { axis: 1, before: 2, after: 1 } },
  { op: 'concat', operands: [x(2, 1, 2, 1, 2), x(2, 1, 3, 1, 2)], attributes: { axis: 2 } },
  { op: 'slice', operands: [x(2, 1, 3, 1, 2)], attributes: { axis: 2, start: 1, end: 3 } },
  { op: 'pad', operands: [x(1)], attributes: { axis: 0, before: 0, after: 3 } },
  { op: 'pad', operands: [x(N, 2)], attributes: { axis: 1, before: 0, after: 0 }, batch: 2 },
  { op: 'pad', operands: [x(2, 1, 2, 1, 2)], attributes: { axis: 2, before: 1, after: 2 } },
];
const lookups: GradientCase[] = [
  { op: 'gather', operands: [x(4, 3), ints([3, 0, 3], N)], attributes: { axis: 0, batch: 0 }, batch: 3 },
  { op: 'gather', operands: [x(2, 5), ints([1, 4, 4, 0], 2, 2)], attributes: { axis: 1, batch: 1 } },
  { op: 'gather', operands: [x(N, 2, 3, 4), ints([2, 0, 1, 1], N, 2)], attributes: { axis: 3, batch: 1 }, batch: 2 },
  { op: 'gather', operands: [x(2, 3), ints([1], 1, 1)], attributes: { axis: 1, batch: 0 } },
  { op: 'gather', operands: [x(3, 2), ints([2])], attributes: { axis: 0, batch: 0 } },
  { op: 'gather', operands: [x(2, 2, 3), ints([2, 0, 1, 1], 2, 2)], attributes: { axis: 2, batch: 2 } },
  { op: 'gather', operands: [x(3), ints([2, 0, 2, 2], 2, 2)], attributes: { axis: 0, batch: 0 } },
  { op: 'scatter', operands: [x(N, 3), ints([3, 0, 3], N)], attributes: { axis: 0, batch: 0, rows: 4 }, batch: 3 },
  { op: 'scatter', operands: [x(2, 2), ints([1, 4, 4, 0], 2, 2)], attributes: { axis: 1, batch: 1, rows: 5 } },
  { op: 'scatter', operands: [x(2), ints([0])], attributes: { axis: 1, batch: 0, rows: 1 } },
  { op: 'scatter', operands: [x(), ints([1])], attributes: { axis: 0, batch: 0, rows: 3 } },
  { op: 'scatter', operands: [x(2, 2), ints([2, 0, 1, 1], 2, 2)], attributes: { axis: 2, batch: 2, rows: 3 } },
  { op: 'scatter', operands: [x(2, 2), ints([2, 0, 2, 2], 2, 2)], attributes: { axis: 0, batch: 0, rows: 3 } },
];

export const GRADIENT_CASES: readonly GradientCase[] = [
  unary,
  positive,
  binary,
  divisions,
  powers,
  mixed,
  choices,
  rows,
  einsums,
  convolutions,
  moves,
  reductions,
  parts,
  lookups,
].flat();
