import { z } from 'zod';
import type { Builder } from '../ir/builder.ts';
import type { Value } from '../ir/graph.ts';
import { bindDim, type Dim, isBatch, sameDim, showDim, showShape } from '../ir/type.ts';
import { takesGradient } from './algebra.ts';
import { count } from './attribute-schema.ts';
import { checkAxis, withDim } from './axis-range.ts';
import { commonDtype } from './broadcast.ts';
import { defineOp } from './define-op.ts';
import { sumOf } from './dim-product.ts';
import { noWork } from './elementwise.ts';
import { misfit } from './op.ts';

/** The parts of `gradient` along `axis`. Multiples of N are cut as [multiple, N]. */
function parts(build: Builder, gradient: Value, axis: number, dims: readonly Dim[]): Value[] {
  const batched = isBatch(dims[0]!);
  const names = build.typeOf(gradient).shape.map((_, i) => `a${i}`);
  const pattern = (from: string, to: string) => {
    const put = (text: string) => [...names.slice(0, axis), text, ...names.slice(axis + 1)].join(' ');
    return `${put(from)} -> ${put(to)}`;
  };
  const total = dims.reduce<number>((sum, dim) => sum + bindDim(dim, 1), 0);
  const whole = batched
    ? build.op('rearrange', [gradient], { pattern: pattern('(k n)', 'k n'), sizes: { k: total } })
    : gradient;
  let start = 0;
  return dims.map((dim) => {
    const end = start + bindDim(dim, 1);
    const part = build.op('slice', [whole], { axis, start, end });
    start = end;
    return batched ? build.op('rearrange', [part], { pattern: pattern('k n', '(k n)') }) : part;
  });
}

export const concat = defineOp({
  name: 'concat',
  operands: { rest: 'parts', min: 1 },
  signature: 'concat([a, b …], axis: int = -1)',
  doc: 'Tensors one after the other along an axis.',
  formula: 'y = [a₁; a₂; …]',
  attributes: z.strictObject({ axis: count }),
  shapeDoc:
    'the sum of the sizes on the axis, all numbers or all multiples of N; the other axes are equal; int beside f32 becomes f32',
  shape(operands, { axis }) {
    const [first] = operands;
    const dtype = commonDtype('concat', operands);
    if (typeof dtype !== 'string') return dtype;
    const fault = checkAxis('concat', axis, first!.shape);
    if (fault) return fault;
    for (const [i, { shape }] of operands.entries()) {
      const both = `\`${showShape(first!.shape)}\` and \`${showShape(shape)}\``;
      if (shape.length !== first!.shape.length) return misfit(`${both} cannot be joined: ranks differ`, i);
      const odd = shape.findIndex((dim, at) => at !== axis && !sameDim(dim, first!.shape[at]!));
      if (odd >= 0) {
        const sizes = `${showDim(first!.shape[odd]!)} and ${showDim(shape[odd]!)}`;
        return misfit(
          `${both} cannot be joined along axis ${axis}: axis ${odd} is ${sizes}`,
          i,
          'all axes but the joined one must be equal',
        );
      }
    }
    const total = sumOf(operands.map((type) => type.shape[axis]!));
    if (total === undefined) {
      const sizes = operands.map((type) => showDim(type.shape[axis]!)).join(' + ');
      return misfit(`${sizes} along axis ${axis} is not a size`, 'axis', 'a size is a number or a multiple of N');
    }
    return { dtype, shape: withDim(first!.shape, axis, total) };
  },
  work: noWork,
  costDoc: '0: elements only move',
  gradientDoc: 'each part gets its slice of ȳ',
  gradient({ build, operands, gradient, attributes: { axis } }) {
    const types = operands.map(build.typeOf);
    if (operands.length === 1) return [takesGradient(build, operands[0]!) ? gradient : undefined];
    const all = parts(
      build,
      gradient,
      axis,
      types.map((type) => type.shape[axis]!),
    );
    return all.map((part, i) => (takesGradient(build, operands[i]!) ? part : undefined));
  },
});
