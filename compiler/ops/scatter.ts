import { z } from 'zod';
import { sameShape, showShape } from '../ir/type.ts';
import { takesGradient } from './algebra.ts';
import { count, size } from './attribute-schema.ts';
import { numericDtype } from './broadcast.ts';
import { defineOp } from './define-op.ts';
import { elementsOf } from './elementwise.ts';
import { checkIndex, gathered } from './gather-shape.ts';
import { misfit } from './op.ts';

export const scatter = defineOp({
  name: 'scatter',
  operands: ['gradient', 'index'],
  doc: 'Adds slices into zeros at the positions of an index: the adjoint of `gather`. Slices with one position add up.',
  formula: 'axis = 0, batch = 0: x̄[r, …] = Σ ȳ[i, …] over index[i] = r, 0 ≤ r < rows',
  attributes: z.strictObject({ rows: size, axis: count.default(0), batch: count.default(0) }),
  shapeDoc: 'the shape of an x with `rows` on the axis whose gather has the shape of the gradient; an int stays int',
  shape([gradient, index], { axis, batch, rows }) {
    const dtype = numericDtype('scatter', [gradient!]);
    if (typeof dtype !== 'string') return dtype;
    const { shape } = gradient!;
    const fault = checkIndex('scatter', index!, axis, batch, shape);
    if (fault) return fault;
    const placed = index!.shape.length - batch;
    const x = [...shape.slice(0, axis), rows, ...shape.slice(axis + placed)];
    if (axis + placed > shape.length || !sameShape(gathered(x, index!.shape, axis, batch), shape)) {
      return misfit(
        `\`${showShape(shape)}\` is not what \`gather\` along axis ${axis} makes with the index \`${showShape(index!.shape)}\``,
        0,
      );
    }
    return { dtype, shape: x };
  },
  work: ([gradient]) => ({ macs: 0, flops: elementsOf(gradient!) }),
  costDoc: '1 an element of the gradient: an addition',
  gradientDoc: 'of ȳ: gather(g, index), g being the gradient of the result',
  gradient({ build, operands: [y, index], gradient, attributes: { axis, batch } }) {
    return [takesGradient(build, y!) ? build.op('gather', [gradient, index!], { axis, batch }) : undefined, undefined];
  },
});
