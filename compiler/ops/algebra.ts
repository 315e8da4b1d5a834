/** Short names for the ops that gradient rules are written in. A `Value` is an index, so numbers go through `n`. */
import type { Builder } from '../ir/builder.ts';
import type { Value } from '../ir/graph.ts';

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
