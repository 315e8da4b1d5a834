/** What gradient rules are written in: short names of ops. A `Value` is an index, so numbers go through `n`. */
import type { Builder } from '../ir/builder.ts';
import type { Value } from '../ir/graph.ts';

/** Neither an int or a bool nor a number that stands in the graph. */
export const takesGradient = (build: Builder, value: Value): boolean =>
  build.typeOf(value).dtype === 'f32' && build.numberOf(value) === undefined;

export function algebra(build: Builder) {
  const one = (name: string) => (x: Value) => build.op(name, [x]);
  const two = (name: string) => (a: Value, b: Value) => build.op(name, [a, b]);
  return {
    /** a scalar constant */
    n: (value: number) => build.number(value),
    add: two('add'),
    sub: two('sub'),
    mul: two('mul'),
    div: two('div'),
    pow: two('pow'),
    eq: two('eq'),
    lt: two('lt'),
    neg: one('neg'),
    exp: one('exp'),
    log: one('log'),
    sqrt: one('sqrt'),
    sin: one('sin'),
    cos: one('cos'),
    tanh: one('tanh'),
    sigmoid: one('sigmoid'),
    erf: one('erf'),
    where: (condition: Value, a: Value, b: Value) => build.op('where', [condition, a, b]),
    /** over the last axis, which stays as an axis of 1 */
    lastSum: (x: Value) => build.op('reduce', [x], { pattern: '... d -> ... 1', op: 'sum' }),
    lastMean: (x: Value) => build.op('reduce', [x], { pattern: '... d -> ... 1', op: 'mean' }),
  };
}
