import { z } from 'zod';
import { takesGradient } from './algebra.ts';
import { sizes } from './attribute-schema.ts';
import { defineOp } from './define-op.ts';
import { noWork } from './elementwise.ts';
import { isMistake } from './op.ts';
import { inversePattern } from './pattern-inverse.ts';
import { repeatPlan } from './pattern-plan.ts';

export const repeat = defineOp({
  name: 'repeat',
  operands: ['x'],
  signature: 'repeat(x, pattern: string, size: int …)',
  doc: 'Copies along new axes, by an einops pattern: what stands on the right alone is new.',
  formula: 'repeat("t k -> t (k 2)"): y[t, 2 · k + r] = x[t, k]',
  citation: 'Rogozhnikov 2022, ICLR',
  attributes: z.strictObject({ pattern: z.string(), sizes: sizes.exactOptional() }),
  shapeDoc: 'as rearrange; names on the right alone need a size, ints are their own',
  shape([x], { pattern, sizes }) {
    const plan = repeatPlan(pattern, sizes, x!.shape);
    return isMistake(plan) ? plan : { dtype: x!.dtype, shape: plan.shape };
  },
  work: noWork,
  costDoc: '0: elements are only copied',
  gradientDoc: 'reduce of ȳ with "sum" by the pattern from right to left',
  gradient: ({ build, operands: [x], gradient, attributes: { pattern, sizes } }) => {
    if (!takesGradient(build, x!)) return [undefined];
    const inverse = inversePattern('repeat', pattern, sizes, build.typeOf(x!).shape);
    return [build.op('reduce', [gradient], { ...inverse, op: 'sum' })];
  },
});
