/**
 * Small calls of every op, on shapes that are easily got wrong: axes of 1, odd sizes, one sample, broadcasting from
 * either side, ints. Operands are given by type and how they are filled.
 */
import type { Attributes } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import type { Dtype } from '../../compiler/ir/type.ts';
import type { OpName } from '../../compiler/ops/registry.ts';
import { randomNumbers } from './random-numbers.ts';

/** `normal` around 0 · `positive` in 0.5 … 2.5 · `few`: repeated values · `far`: tiny and huge · a number: an index below it */
export type Filling = 'normal' | 'positive' | 'few' | 'far' | number;

export interface OperandCase {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly filling: Filling;
}

export interface OpCase {
  readonly operands: readonly OperandCase[];
  readonly attributes: Attributes;
}

const x = (...shape: number[]): OperandCase => ({ dtype: 'f32', shape, filling: 'normal' });
const few = (...shape: number[]): OperandCase => ({ dtype: 'f32', shape, filling: 'few' });
const far = (...shape: number[]): OperandCase => ({ dtype: 'f32', shape, filling: 'far' });
const ints = (...shape: number[]): OperandCase => ({ dtype: 'int', shape, filling: 'few' });
const bools = (...shape: number[]): OperandCase => ({ dtype: 'bool', shape, filling: 'few' });
const index = (below: number, ...shape: number[]): OperandCase => ({ dtype: 'int', shape, filling: below });

const call = (attributes: Attributes, ...operands: OperandCase[]): OpCase => ({ operands, attributes });
const plain = (...operands: OperandCase[]): OpCase => call({}, ...operands);

const UNARY = [plain(x(2, 3, 5)), plain(x()), plain(x(1)), plain(x(1, 7, 1)), plain(ints(3, 2))];
/** Also far from 0, where exponentials leave f32 if they are not written with care. */
const SATURATING = [...UNARY, plain(far(24))];
const POSITIVE = UNARY.map(({ operands }) => plain({ ...operands[0]!, filling: 'positive' }));
const BINARY = [
  plain(x(2, 3, 5), x(2, 3, 5)),
  plain(x(2, 3, 5), x(1, 1, 5)),
  plain(x(2, 1, 5), x(1, 3, 1)),
  plain(x(), x(4, 1)),
  plain(x(7), x()),
  plain(x(), x()),
  plain(ints(3, 1), x(1, 2)),
  plain(x(2, 2), ints(2, 2)),
  plain(ints(2, 3), ints(1, 3)),
];
const ALL_POSITIVE = BINARY.map(({ operands }) =>
  plain(...operands.map((operand): OperandCase => ({ ...operand, filling: 'positive' }))),
);
const COMPARED = [
  plain(few(2, 3, 5), few(2, 3, 5)),
  plain(few(4, 1), few()),
  plain(ints(3, 1), few(1, 5)),
  plain(ints(4), ints(4)),
];
const NORM = [
  plain(far(3, 8)),
  plain(far(8, 1)),
  plain(x(2, 3, 8)),
  plain(x(1, 1, 1)),
  plain(x(5)),
  plain(x(1, 7, 13)),
].map(({ operands }) => call({ eps: 1e-6 }, ...operands));

const einsum = (pattern: string, ...operands: OperandCase[]) => call({ pattern }, ...operands);
const pattern = (text: string, operand: OperandCase, sizes?: Record<string, number>, op?: string) =>
  call({ pattern: text, ...(sizes ? { sizes } : {}), ...(op ? { op } : {}) }, operand);
const REDUCED = [
  ['n t d -> n t', x(2, 3, 5)],
  ['n t d -> d', x(2, 3, 5)],
  ['n t d -> n d', x(2, 1, 5)],
  ['n t d -> t', x(2, 3, 5)],
  ['... ->', x(3, 4)],
  ['n (h p) c -> c n h', x(2, 6, 5)],
  ['n t -> n t', x(2, 3)],
] as const;
const conv = (stride: number, padding: number) => ({ stride, padding });
const gather = (axis: number, batch: number, ...operands: OperandCase[]) => call({ axis, batch }, ...operands);
const scatter = (axis: number, batch: number, rows: number, ...operands: OperandCase[]) =>
  call({ axis, batch, rows }, ...operands);

export const OP_CASES: Readonly<Record<OpName, readonly OpCase[]>> = {
  add: BINARY,
  sub: BINARY,
  mul: BINARY,
  div: ALL_POSITIVE,
  pow: ALL_POSITIVE,
  min: BINARY,
  max: BINARY,
  eq: [...COMPARED, plain(bools(3, 3), bools(1, 3))],
  ne: [...COMPARED, plain(bools(3, 3), bools(1, 3))],
  lt: COMPARED,
  le: COMPARED,
  neg: UNARY,
  exp: UNARY,
  log: POSITIVE,
  sqrt: POSITIVE,
  sin: UNARY,
  cos: UNARY,
  tanh: SATURATING,
  sigmoid: SATURATING,
  erf: SATURATING,
  silu: SATURATING,
  gelu: SATURATING,
  gelu_tanh: SATURATING,
  where: [
    plain(bools(2, 3, 5), x(2, 3, 5), x(2, 3, 5)),
    plain(bools(2, 1, 5), x(1, 3, 5), x()),
    plain(bools(), x(2, 2), ints(2, 1)),
    plain(bools(3), ints(3), ints(3)),
    plain(bools(3, 1), bools(3, 2), bools(1, 2)),
  ],
  detach: [plain(x(2, 3)), plain(x()), plain(ints(2))],
  softmax: [plain(far(4, 6)), plain(x(2, 3, 5)), plain(x(4)), plain(x(2, 1)), plain(x(1, 1, 9, 33))],
  layernorm: NORM,
  rmsnorm: NORM,
  einsum: [
    einsum('... i, o i -> ... o', x(2, 3, 5), x(4, 5)),
    einsum('... i, o i -> ... o', x(5), x(4, 5)),
    einsum('... i, o i -> ... o', x(1, 1, 1), x(1, 1)),
    einsum('... i, o i -> ... o', x(2, 3, 1), x(4, 1)),
    einsum('... o, o i -> ... i', x(2, 3, 4), x(4, 5)),
    einsum('... o, ... i -> o i', x(2, 3, 4), x(2, 3, 5)),
    einsum('n h t k, n h s k -> n h t s', x(2, 3, 5, 4), x(2, 3, 7, 4)),
    einsum('n h t k, n h s k -> n h t s', x(1, 1, 5, 4), x(1, 1, 7, 4)),
    einsum('n h t s, n h s v -> n h t v', x(2, 3, 5, 7), x(2, 3, 7, 4)),
    einsum('n h t s, n h t v -> n h s v', x(2, 3, 5, 7), x(2, 3, 5, 4)),
    einsum('n h t s, n h s v -> n t h v', x(2, 3, 5, 7), x(2, 3, 7, 4)),
    einsum('n t h k, n s h k -> n h t s', x(2, 5, 3, 4), x(2, 7, 3, 4)),
    einsum('n d, n d -> n', x(3, 5), x(3, 5)),
    einsum('n d, n d ->', x(3, 5), x(3, 5)),
    einsum('n t, n d -> n t d', x(2, 3), x(2, 5)),
    einsum('a, b -> b a', x(3), x(5)),
    einsum('a b, b c -> c a', x(3, 4), x(4, 5)),
    einsum('a b, c b -> a', x(3, 4), x(5, 4)),
    einsum('a b c, d -> a d', x(3, 4, 2), x(5)),
    einsum('n t d, n d -> n t', x(2, 3, 5), x(2, 5)),
    einsum('n t d, t d -> t n', x(2, 3, 5), x(3, 5)),
    einsum(', a -> a', x(), x(3)),
  ],
  conv2d: [
    call(conv(1, 1), x(2, 5, 7, 3), x(4, 3, 3, 3)),
    call(conv(2, 1), x(1, 5, 7, 3), x(2, 3, 3, 3)),
    call(conv(2, 0), x(2, 6, 4, 3), x(5, 3, 2, 2)),
    call(conv(1, 0), x(2, 3, 5, 4), x(6, 4, 1, 1)),
    call(conv(1, 2), x(1, 3, 4, 1), x(1, 1, 5, 5)),
    call(conv(3, 0), x(1, 7, 4, 2), x(2, 2, 1, 1)),
  ],
  conv2d_input: [
    call({ ...conv(1, 1), height: 5, width: 7 }, x(2, 5, 7, 4), x(4, 3, 3, 3)),
    call({ ...conv(2, 1), height: 5, width: 7 }, x(1, 3, 4, 2), x(2, 3, 3, 3)),
    call({ ...conv(2, 0), height: 6, width: 4 }, x(2, 3, 2, 5), x(5, 3, 2, 2)),
    call({ ...conv(3, 0), height: 7, width: 4 }, x(1, 3, 2, 2), x(2, 2, 1, 1)),
  ],
  conv2d_weight: [
    call({ ...conv(1, 1), height: 3, width: 3 }, x(2, 5, 7, 3), x(2, 5, 7, 4)),
    call({ ...conv(2, 1), height: 3, width: 3 }, x(1, 5, 7, 3), x(1, 3, 4, 2)),
    call({ ...conv(2, 0), height: 2, width: 2 }, x(2, 6, 4, 3), x(2, 3, 2, 5)),
    call({ ...conv(3, 0), height: 1, width: 1 }, x(1, 7, 4, 2), x(1, 3, 2, 2)),
  ],
  rearrange: [
    pattern('n (h p) (w q) c -> n (h w) (p q c)', x(2, 4, 6, 3), { p: 2, q: 3 }),
    pattern('n t (3 h k) -> 3 n h t k', x(2, 5, 24), { h: 2 }),
    pattern('n h t v -> n t (h v)', x(1, 3, 1, 5)),
    pattern('a b -> b a', ints(3, 4)),
    pattern('a b -> b 1 a', bools(3, 4)),
    pattern('... d -> d ...', x(2, 3, 5)),
    pattern('1 a 1 -> a', x(1, 3, 1)),
    pattern('-> 1 1', x()),
  ],
  repeat: [
    pattern('t k -> t (k 2)', x(3, 4)),
    pattern('h -> (h w)', ints(3), { w: 4 }),
    pattern('w -> (h w)', ints(3), { h: 4 }),
    pattern('r d -> n r d', x(2, 3), { n: 5 }),
    pattern('a b -> b c a', x(3, 4), { c: 2 }),
    pattern('n -> n d', bools(3), { d: 2 }),
    pattern('-> a', x(), { a: 3 }),
  ],
  reduce: ['sum', 'mean', 'max', 'min'].flatMap((op) =>
    REDUCED.map(([text, operand]) => pattern(text, operand, text.includes('p') ? { p: 2 } : undefined, op)),
  ),
  concat: [
    call({ axis: 1 }, x(2, 3, 4), x(2, 1, 4), x(2, 2, 4)),
    call({ axis: 0 }, x(3)),
    call({ axis: 2 }, ints(1, 1, 2), ints(1, 1, 3)),
    call({ axis: 0 }, bools(2, 2), bools(1, 2)),
  ],
  slice: [
    call({ axis: 1, start: 1, end: 4 }, x(2, 5, 3)),
    call({ axis: 0, start: 0, end: 1 }, x(2, 5)),
    call({ axis: 2, start: 6, end: 7 }, ints(1, 1, 7)),
    call({ axis: 0, start: 1, end: 3 }, bools(3)),
  ],
  pad: [
    call({ axis: 1, before: 1, after: 4 }, x(2, 5, 3)),
    call({ axis: 0, before: 0, after: 2 }, x(1, 5)),
    call({ axis: 2, before: 3, after: 0 }, x(1, 1, 1)),
  ],
  gather: [
    gather(0, 0, x(5, 3), index(5, 4)),
    gather(0, 0, x(5, 3), index(5, 2, 3)),
    gather(0, 0, x(1, 3), index(1, 1)),
    gather(0, 0, x(5), index(5)),
    gather(1, 0, x(2, 5, 3), index(5, 4)),
    gather(1, 1, x(2, 5, 3), index(5, 2, 4)),
    gather(1, 1, x(2, 5, 3), index(5, 2, 2, 2)),
    gather(1, 1, x(2, 5, 3), index(5, 2)),
    gather(2, 1, x(2, 3, 5), index(5, 2, 4)),
    gather(2, 2, x(2, 3, 5), index(5, 2, 3, 4)),
    gather(0, 0, ints(6, 2), index(6, 3)),
  ],
  scatter: [
    scatter(0, 0, 5, x(4, 3), index(5, 4)),
    scatter(0, 0, 5, x(2, 3, 3), index(5, 2, 3)),
    scatter(0, 0, 1, x(4, 3), index(1, 4)),
    scatter(0, 0, 5, x(3), index(5)),
    scatter(1, 0, 5, x(2, 4, 3), index(5, 4)),
    scatter(1, 1, 5, x(2, 4, 3), index(5, 2, 4)),
    scatter(1, 1, 5, x(2, 2, 2, 3), index(5, 2, 2, 2)),
    scatter(2, 1, 5, x(2, 3, 4), index(5, 2, 4)),
    scatter(2, 2, 5, x(2, 3, 4), index(5, 2, 3, 4)),
  ],
  argsort: [plain(x(2, 7)), plain(few(3, 9)), plain(x(1)), plain(ints(2, 5)), plain(few(1, 1, 33))],
  arange: [call({ size: 5 }), call({ size: 1 })],
};

const FAR = [-200, -88, -30, -9, -1e-3, -1e-30, 0, 1e-30, 1e-3, 9, 30, 88, 200];

/** Numbers that f32 holds, the same in every run. */
export function fill({ dtype, shape, filling }: OperandCase, seed: number): HostTensor {
  const count = shape.reduce((all, dim) => all * dim, 1);
  const random = randomNumbers(seed);
  const number = (): number => {
    if (dtype === 'bool') return random() < 0.5 ? 0 : 1;
    if (typeof filling === 'number') return Math.floor(random() * filling);
    if (filling === 'far') return FAR[Math.floor(random() * FAR.length)]!;
    if (filling === 'few') return Math.floor(random() * 5) - 2;
    if (dtype === 'int') return filling === 'positive' ? 1 + Math.floor(random() * 4) : Math.floor(random() * 9) - 4;
    return filling === 'positive' ? 0.5 + 2 * random() : 6 * (random() + random() + random()) - 9;
  };
  const values = Array.from({ length: count }, number);
  const data =
    dtype === 'f32' ? Float32Array.from(values) : dtype === 'int' ? Int32Array.from(values) : Uint8Array.from(values);
  return { dtype, shape, data };
}
