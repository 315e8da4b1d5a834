import { z } from 'zod';
import type { Dim } from '../ir/type.ts';
import { takesGradient } from './algebra.ts';
import { sizes } from './attribute-schema.ts';
import { defineOp } from './define-op.ts';
import { noWork } from './elementwise.ts';
import { isMistake } from './op.ts';
import { inversePattern } from './pattern-inverse.ts';
import { rearrangePlan } from './pattern-plan.ts';

export const rearrange = defineOp({
  name: 'rearrange',
  operands: ['x'],
  signature: 'rearrange(x, pattern: string, size: int …)',
  doc: 'Splits, permutes and joins axes, and makes or drops axes of 1, by an einops pattern; also what `_` and an int of an index do.',
  formula: 'rearrange("n t (h k) -> n h t k"): y[n, h, t, k] = x[n, t, h · K + k]',
  citation: 'Rogozhnikov 2022, ICLR',
  attributes: z.strictObject({ pattern: z.string(), sizes: sizes.exactOptional() }),
  view: true,
  aliases([x], { pattern, sizes }) {
    const plan = rearrangePlan(pattern as string, sizes as Readonly<Record<string, Dim>> | undefined, x!.shape);
    if (isMistake(plan)) return false;
    // axes of 1 may stand anywhere
    const moved = plan.permutation.filter((axis) => plan.split[axis] !== 1);
    return moved.every((axis, index) => index === 0 || axis > moved[index - 1]!);
  },
  shapeDoc:
    'each axis of x is a group on the left with at most one unknown size, which must come out; the right side names the result',
  shape([x], { pattern, sizes }) {
    const plan = rearrangePlan(pattern, sizes, x!.shape);
    return isMistake(plan) ? plan : { dtype: x!.dtype, shape: plan.shape };
  },
  work: noWork,
  costDoc: '0: elements only move',
  gradientDoc: 'rearrange of ȳ by the pattern from right to left',
  gradient: ({ build, operands: [x], gradient, attributes: { pattern, sizes } }) => {
    if (!takesGradient(build, x!)) return [undefined];
    const inverse = inversePattern('rearrange', pattern, sizes, build.typeOf(x!).shape);
    return [build.op('rearrange', [gradient], { ...inverse })];
  },
});
