/** Cases of what goes element by element. */
import { all, bools, far, few, ints, N, N2, type OpCase, plain, positive, x } from './op-case.ts';

const int = (number: number) => ({ ...all(number), dtype: 'int' }) as const;

const UNARY = [
  plain(x(2, 3, 5)),
  plain(x()),
  plain(x(1)),
  plain(x(1, 7, 1)),
  plain(x(N, 2)),
  plain(x(2, N2)),
  plain(x(2, 1, 3, 1, 2, 1, 2)),
  plain(ints(3, 2)),
  plain(ints()),
  plain(all(0.5)),
  plain(all(2, N, 3)),
];
/** Also far from 0, where exponentials leave f32 if they are not written with care. */
const SATURATING = [...UNARY, plain(far(24))];
const POSITIVE = UNARY.map(({ operands }) =>
  plain(typeof operands[0]!.filling === 'object' ? operands[0]! : { ...operands[0]!, filling: 'positive' }),
);
const BINARY = [
  plain(x(2, 3, 5), x(2, 3, 5)),
  plain(x(2, 3, 5), x(1, 1, 5)),
  plain(x(2, 1, 5), x(1, 3, 1)),
  plain(x(2, 3, 5), x(2, 1, 5)),
  plain(x(2, 1, 5), x(2, 3, 5)),
  plain(x(), x(4, 1)),
  plain(x(7), x()),
  plain(x(), x()),
  plain(x(1, 1), x()),
  plain(x(N, 3), x(1, 3)),
  plain(x(1, 3), x(N, 3)),
  plain(x(N, 1), x(1, 3)),
  plain(x(N, 3, 2), x(N, 1, 2)),
  plain(x(N2, 1, 2), x(1, 3, 2)),
  plain(x(N), x(N)),
  // views with fewer axes: neighbours that both have; neighbours that one lacks; axes that take turns
  plain(x(2, 2, 1, 2, 3), x(2, 2, 1, 2, 3)),
  plain(x(2, 3, 2, 2, 3, 2, 2), x(2, 3, 2, 2, 3, 2, 2)),
  plain(x(2, 3, 1, 1, 2), x(1, 1, 2, 2, 2)),
  plain(x(1, 2, 3, 1, 2, 2, 1), x(2, 2, 3, 2, 1, 1, 1)),
  plain(x(2, 1, 2, 1, 3, 1, 2), x(1, 2, 1, 3, 1, 2, 1)),
  plain(x(2, 1, 2, 1, 3, 1), x(2, 2, 2, 3, 3, 2)),
  plain(x(2, 2, 1, 2, 3, 2, 2), x()),
  plain(x(2, 1, 2, 2, 2, 1, 2), all(2)),
  plain(x(2, 1, 2, 2, 2, 1, 2), all(2, 1, 2, 1, 1, 1, 3, 1)),
  plain(ints(3, 1), x(1, 2)),
  plain(x(2, 2), ints(2, 2)),
  plain(ints(2, 3), ints(1, 3)),
  plain(ints(), ints(1, 1)),
  plain(ints(2, 1, 2, 1, 2), ints(1, 2, 1, 2, 1)),
  plain(x(2, 3), all(3)),
  plain(all(3), x(2, 3)),
  plain(all(3), all(2)),
  plain(all(2, N, 1), x(1, 3)),
  plain(x(1, 3), all(2, N, 1)),
  plain(ints(4), int(2)),
  plain(ints(4), all(2)),
];
const ALL_POSITIVE = BINARY.map(({ operands }) =>
  plain(
    ...operands.map((operand) =>
      typeof operand.filling === 'object' ? operand : ({ ...operand, filling: 'positive' } as const),
    ),
  ),
);
const COMPARED = [
  plain(few(2, 3, 5), few(2, 3, 5)),
  plain(few(4, 1), few()),
  plain(few(), few()),
  plain(few(N, 3), few(1, 3)),
  plain(few(2, 1, 3), few(1, 4, 1)),
  plain(few(2, 1, 2, 1, 3, 1, 2), few(1, 2, 1, 3, 1, 2, 1)),
  plain(ints(3, 1), few(1, 5)),
  plain(ints(4), ints(4)),
  plain(ints(4), int(1)),
  plain(few(4), all(1)),
  plain(all(1), few(4)),
];
const EQUAL = [
  ...COMPARED,
  plain(bools(3, 3), bools(1, 3)),
  plain(bools(3, 1), bools(1, 3)),
  plain(bools(), bools()),
  plain(bools(N), bools()),
  plain(bools(2, 1, 2, 1, 2), bools(1, 2, 1, 2, 1)),
];

export const ELEMENTWISE = {
  add: BINARY,
  sub: BINARY,
  mul: BINARY,
  div: ALL_POSITIVE,
  pow: [...ALL_POSITIVE, ...[0, 0.5, 1, 2, 3, -1].map((power) => plain(positive(2, 3), all(power)))],
  min: BINARY,
  max: BINARY,
  eq: EQUAL,
  ne: EQUAL,
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
    plain(bools(), x(), x()),
    plain(bools(), x(2, 2), ints(2, 1)),
    plain(bools(3), ints(3), ints(3)),
    plain(bools(3, 1), bools(3, 2), bools(1, 2)),
    plain(bools(1), bools(2), bools()),
    plain(bools(N, 1), x(N, 3), x(1, 3)),
    plain(bools(N2, 1, 1), x(1, 2, 3), x(N2, 2, 1)),
    plain(bools(N), all(1), all(0)),
    plain(bools(2, 1), x(2, 3), all(0)),
    plain(bools(2), all(1), x(2)),
    plain(bools(2, 1, 2, 1, 2), x(1, 2, 1, 2, 1), x()),
    plain(bools(2, 1, 2, 1, 3, 1, 2), x(1, 2, 1, 3, 1, 2, 1), ints(2, 2, 2, 3, 3, 2, 2)),
    plain(bools(2, 3, 2, 2, 2, 2), bools(2, 3, 2, 2, 2, 2), bools(1, 3, 1, 2, 1, 2)),
  ],
  detach: [plain(x(2, 3)), plain(x()), plain(ints(2)), plain(bools(N)), plain(all(2, N)), plain(x(1, 2, 1, 2, 2))],
} as const satisfies Readonly<Record<string, readonly OpCase[]>>;
