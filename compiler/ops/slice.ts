import { z } from 'zod';
import { showShape } from '../ir/type.ts';
import { takesGradient } from './algebra.ts';
import { count, size } from './attribute-schema.ts';
import { checkFixedAxis, withDim } from './axis-range.ts';
import { defineOp } from './define-op.ts';
import { noWork } from './elementwise.ts';
import { misfit } from './op.ts';

export const slice = defineOp({
  name: 'slice',
  operands: ['x'],
  signature: 'slice(x, axis: int = -1, start: int, end: int)',
  doc: 'A range of one axis; written `x[:, a:b]`, and what `split` is made of.',
  formula: 'y[…, i, …] = x[…, start + i, …], 0 ≤ i < end − start',
  attributes: z.strictObject({ axis: count, start: count, end: size }),
  view: true,
  partial: true,
  shapeDoc: 'end − start on the axis, which is not the batch; 0 ≤ start < end ≤ size',
  shape([x], { axis, start, end }) {
    const fault = checkFixedAxis('slice', axis, x!.shape);
    if (fault) return fault;
    const dim = x!.shape[axis] as number;
    if (end > dim || start >= end) {
      const why = start >= end ? 'is empty' : `ends after ${dim}`;
      return misfit(`the slice ${start}:${end} of axis ${axis} of \`${showShape(x!.shape)}\` ${why}`, 'end');
    }
    return { dtype: x!.dtype, shape: withDim(x!.shape, axis, end - start) };
  },
  work: noWork,
  costDoc: '0: elements only move',
  gradientDoc: 'x̄ = pad(ȳ) with start zeros before and size − end after',
  gradient({ build, operands: [x], gradient, attributes: { axis, start, end } }) {
    if (!takesGradient(build, x!)) return [undefined];
    const dim = build.typeOf(x!).shape[axis] as number;
    return [build.op('pad', [gradient], { axis, before: start, after: dim - end })];
  },
});
