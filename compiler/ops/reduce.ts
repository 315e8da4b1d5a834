import { z } from 'zod';
import type { Builder } from '../ir/builder.ts';
import type { Value } from '../ir/graph.ts';
import { isBatch, type Shape } from '../ir/type.ts';
import { algebra, takesGradient } from './algebra.ts';
import { sizes } from './attribute-schema.ts';
import { numericDtype } from './broadcast.ts';
import { defineOp } from './define-op.ts';
import { elementsOf } from './elementwise.ts';
import { isMistake } from './op.ts';
import { inversePattern } from './pattern-inverse.ts';
import { reducePlan } from './pattern-plan.ts';

/** How many elements one of the result is made of, as a scalar. The batch is counted: nobody knows it before. */
function countOf(build: Builder, reduced: Shape): Value {
  const known = reduced.reduce<number>((product, dim) => product * (isBatch(dim) ? 1 : dim), 1);
  let total = build.number(known);
  for (const dim of reduced.filter(isBatch)) {
    const ones = build.number(1, { dtype: 'f32', shape: [dim] });
    total = build.op('mul', [total, build.op('reduce', [ones], { pattern: 'n ->', op: 'sum' })]);
  }
  return total;
}

export const reduce = defineOp({
  name: 'reduce',
  operands: ['x'],
  signature: 'reduce(x, pattern: string, op: "sum" | "mean" | "max" | "min", size: int …)',
  doc: 'The sum, mean, largest or smallest along axes, by an einops pattern: what stands on the left alone is gone.',
  formula: 'reduce("n t d -> n d", "sum"): y[n, d] = Σₜ x[n, t, d]',
  citation: 'Rogozhnikov 2022, ICLR',
  attributes: z.strictObject({
    pattern: z.string(),
    sizes: sizes.exactOptional(),
    op: z.enum(['sum', 'mean', 'max', 'min']),
  }),
  shapeDoc: 'as rearrange, but axes on the left alone are reduced; a mean is f32, the others keep int',
  shape([x], { pattern, sizes, op }) {
    const dtype = numericDtype('reduce', [x!]);
    if (typeof dtype !== 'string') return dtype;
    const plan = reducePlan(pattern, sizes, x!.shape);
    return isMistake(plan) ? plan : { dtype: op === 'mean' ? 'f32' : dtype, shape: plan.shape };
  },
  work: ([x]) => ({ macs: 0, flops: elementsOf(x!) }),
  costDoc: '1 an element of x',
  gradientDoc:
    'sum: repeat of ȳ by the pattern from right to left; mean: the same of ȳ / count; max and min: ȳ to the elements that equal y, in equal parts',
  gradient({ build, operands: [x], result, gradient: g, attributes: { pattern, sizes, op } }) {
    if (!takesGradient(build, x!)) return [undefined];
    const { shape } = build.typeOf(x!);
    const { eq, where, div, mul, n } = algebra(build);
    const inverse = inversePattern('reduce', pattern, sizes, shape);
    const spread = (value: Value) => build.op('repeat', [value], { ...inverse });
    if (op === 'sum') return [spread(g)];
    const plan = reducePlan(pattern, sizes, shape);
    if (isMistake(plan)) throw new Error(plan.misfit);
    if (op === 'mean') {
      const { reduced } = plan;
      if (reduced.some(isBatch)) return [spread(div(g, countOf(build, reduced)))];
      const elements = (reduced as readonly number[]).reduce((product, dim) => product * dim, 1);
      return [spread(elements === 1 ? g : mul(g, n(1 / elements)))];
    }
    const taken = where(eq(x!, spread(result)), n(1), n(0));
    const ties = build.op('reduce', [taken], { pattern, ...(sizes && { sizes }), op: 'sum' });
    return [mul(taken, spread(div(g, ties)))];
  },
});
