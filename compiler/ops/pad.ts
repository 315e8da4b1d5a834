import { z } from 'zod';
import { showShape } from '../ir/type.ts';
import { takesGradient } from './algebra.ts';
import { count } from './attribute-schema.ts';
import { checkFixedAxis, withDim } from './axis-range.ts';
import { numericDtype } from './broadcast.ts';
import { defineOp } from './define-op.ts';
import { noWork } from './elementwise.ts';
import { misfit } from './op.ts';

export const pad = defineOp({
  name: 'pad',
  operands: ['x'],
  signature: 'pad(x, axis: int = -1, before: int, after: int)',
  doc: 'Zeros before and after along one axis: the adjoint of `slice`.',
  formula: 'y[…, before + i, …] = x[…, i, …], 0 elsewhere',
  attributes: z.strictObject({ axis: count, before: count, after: count }),
  shapeDoc: 'before + size + after on the axis, which is not the batch; an int stays int',
  shape([x], { axis, before, after }) {
    const dtype = numericDtype('pad', [x!]);
    if (typeof dtype !== 'string') return dtype;
    const fault = checkFixedAxis('pad', axis, x!.shape);
    if (fault) return fault;
    const size = before + (x!.shape[axis] as number) + after;
    if (!Number.isSafeInteger(size))
      return misfit(`\`pad\` makes axis ${axis} of \`${showShape(x!.shape)}\` too large`, 'after');
    return { dtype, shape: withDim(x!.shape, axis, size) };
  },
  work: noWork,
  costDoc: '0: elements only move',
  gradientDoc: 'x̄ = ȳ[before : before + size]',
  gradient({ build, operands: [x], gradient, attributes: { axis, before } }) {
    if (!takesGradient(build, x!)) return [undefined];
    const dim = build.typeOf(x!).shape[axis] as number;
    return [build.op('slice', [gradient], { axis, start: before, end: before + dim })];
  },
});
