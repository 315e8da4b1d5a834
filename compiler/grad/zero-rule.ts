/**
 * What zeros do to an op: when its result is zero, and when its derivative is. A cause is carried from the zero operand
 * to the zero result, so that in the end a weight can be named. "Zero" is certain; anything else may be nonzero.
 */
import type { OpName } from '../ops/registry.ts';

/** Where a zero comes from; none for what may be nonzero. */
export type Cause = string | undefined;

export interface ZeroRule {
  readonly result: (operands: readonly Cause[]) => Cause;
  /** of the derivative by one operand, taken at these operands */
  readonly derivative: (operands: readonly Cause[], by: number) => Cause;
}

const never = (): Cause => undefined;
const first = ([cause]: readonly Cause[]): Cause => cause;

/** f(0) = 0 and f'(0) ≠ 0; or all of several operands: sums, choices, what moves elements */
const sum = (...of: readonly number[]): ZeroRule => ({
  result(operands) {
    const terms = of.length > 0 ? of.map((i) => operands[i]) : operands;
    return terms.every((cause) => cause !== undefined) ? terms[0] : undefined;
  },
  derivative: never,
});

const product: ZeroRule = {
  result: (operands) => operands.find((cause) => cause !== undefined),
  derivative: (operands, by) => operands.find((cause, i) => i !== by && cause !== undefined),
};

const quotient: ZeroRule = {
  result: first,
  derivative: ([numerator], by) => (by === 0 ? undefined : numerator),
};

/** x^y: y x^(y − 1) is zero where x is */
const power: ZeroRule = { result: first, derivative: first };

/** f(0) ≠ 0, f'(0) = 0 */
const even: ZeroRule = { result: never, derivative: first };

const nonzero: ZeroRule = { result: never, derivative: never };

export const ZERO_RULES: Readonly<Record<OpName, ZeroRule>> = {
  add: sum(),
  sub: sum(),
  mul: product,
  div: quotient,
  pow: power,
  min: sum(),
  max: sum(),
  eq: nonzero,
  ne: nonzero,
  lt: nonzero,
  le: nonzero,
  neg: sum(),
  exp: nonzero,
  log: nonzero,
  sqrt: sum(),
  sin: sum(),
  cos: even,
  tanh: sum(),
  sigmoid: nonzero,
  erf: sum(),
  silu: sum(),
  gelu: sum(),
  gelu_tanh: sum(),
  where: sum(1, 2),
  detach: sum(),
  softmax: nonzero,
  layernorm: sum(),
  rmsnorm: sum(),
  einsum: product,
  conv2d: product,
  conv2d_input: product,
  conv2d_weight: product,
  rearrange: sum(),
  repeat: sum(),
  reduce: sum(),
  concat: sum(),
  slice: sum(),
  pad: sum(),
  gather: sum(0),
  scatter: sum(0),
  argsort: nonzero,
  arange: nonzero,
};
