import { z } from 'zod';
import { takesGradient } from './algebra.ts';
import { count } from './attribute-schema.ts';
import { checkFixedAxis } from './axis-range.ts';
import { defineOp } from './define-op.ts';
import { noWork } from './elementwise.ts';
import { checkIndex, gathered } from './gather-shape.ts';

export const gather = defineOp({
  name: 'gather',
  operands: ['x', 'index'],
  doc: 'Slices of x at the positions of an index; a row of a table for each label. Every index must be 0 or more and less than the size of the axis.',
  formula: 'axis = 0, batch = 0: y[i, …] = x[index[i], …]; axis = 1, batch = 1: y[n, i, …] = x[n, index[n, i], …]',
  attributes: z.strictObject({ axis: count.default(0), batch: count.default(0) }),
  shapeDoc:
    'x[:axis] + index[batch:] + x[axis + 1:]; the first batch ≤ axis axes of both agree; the axis is not the batch N; the dtype of x',
  shape([x, index], { axis, batch }) {
    const fault = checkFixedAxis('gather', axis, x!.shape) ?? checkIndex('gather', index!, axis, batch, x!.shape);
    return fault ?? { dtype: x!.dtype, shape: gathered(x!.shape, index!.shape, axis, batch) };
  },
  work: noWork,
  partial: true,
  costDoc: '0: elements are only copied',
  gradientDoc: 'x̄ = scatter(ȳ, index)',
  gradient({ build, operands: [x, index], gradient, attributes: { axis, batch } }) {
    const rows = build.typeOf(x!).shape[axis] as number;
    return [
      takesGradient(build, x!) ? build.op('scatter', [gradient, index!], { axis, batch, rows }) : undefined,
      undefined,
    ];
  },
});
