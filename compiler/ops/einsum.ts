import { z } from 'zod';
import type { Value } from '../ir/graph.ts';
import type { Dim, Shape } from '../ir/type.ts';
import { takesGradient } from './algebra.ts';
import { numericDtype } from './broadcast.ts';
import { defineOp } from './define-op.ts';
import { einsumAxes, parseEinsum } from './einsum-pattern.ts';
import { isMistake } from './op.ts';
import { ELLIPSIS } from './pattern.ts';

/** The way back to one operand: contract the gradient with the other; axes that were summed alone are repeated. */
function adjoint(pattern: string, own: 0 | 1, shapes: readonly [Shape, Shape]) {
  const parsed = parseEinsum(pattern);
  const axes = einsumAxes(pattern, ...shapes);
  if (isMistake(parsed) || isMistake(axes)) throw new Error(`einsum: ${pattern}`);
  const { operands, result } = parsed;
  const other = operands[1 - own]!;
  const names = operands[own];
  const reached = names.filter((name) => result.includes(name) || other.includes(name));
  const contraction = `${result.join(' ')}, ${other.join(' ')} -> ${reached.join(' ')}`;
  if (reached.length === names.length) return { contraction };
  // `...` that was summed has to be spelt out: a repeat makes it
  const spelt = names.includes(ELLIPSIS) && !reached.includes(ELLIPSIS) ? axes.operands[own] : names;
  const label = (name: string) =>
    name.startsWith(ELLIPSIS) && name !== ELLIPSIS ? `rest_${name.slice(ELLIPSIS.length)}_` : name;
  const sizes: Record<string, Dim> = {};
  for (const name of spelt) if (!reached.includes(name)) sizes[label(name)] = axes.sizes.get(name)!;
  return { contraction, repeat: { pattern: `${reached.join(' ')} -> ${spelt.map(label).join(' ')}`, sizes } };
}

export const einsum = defineOp({
  name: 'einsum',
  operands: ['a', 'b'],
  signature: 'einsum(pattern: string, a, b)',
  doc: 'The one contraction: products of the elements of two tensors, summed over the axes that are missing on the right.',
  formula: 'einsum("n t d, o d -> n t o"): y[n, t, o] = Σ_d a[n, t, d] · b[o, d]',
  attributes: z.strictObject({ pattern: z.string() }),
  shapeDoc:
    'names stand for equal sizes in both operands, `...` for the same axes; the right side names the result, f32',
  shape(operands, { pattern }) {
    const dtype = numericDtype('einsum', operands);
    if (typeof dtype !== 'string') return dtype;
    const axes = einsumAxes(pattern, operands[0]!.shape, operands[1]!.shape);
    return isMistake(axes) ? axes : { dtype: 'f32', shape: axes.result.map((name) => axes.sizes.get(name)!) };
  },
  work([a, b], _, { pattern }) {
    const axes = einsumAxes(pattern, a!.shape, b!.shape);
    if (isMistake(axes)) throw new Error(axes.misfit);
    const macs = [...axes.sizes.values()].reduce<number>((product, dim) => product * (dim as number), 1);
    return { macs, flops: 2 * macs };
  },
  costDoc: '2 a MAC; the MACs are the product of the sizes of all axes',
  gradientDoc: 'ā = einsum(ȳ, b), b̄ = einsum(ȳ, a), with the same names; an axis that only the operand has is repeated',
  gradient({ build, operands, gradient: g, attributes: { pattern } }) {
    const shapes = operands.map((value) => build.typeOf(value).shape) as unknown as readonly [Shape, Shape];
    const back = (own: 0 | 1): Value | undefined => {
      if (!takesGradient(build, operands[own]!)) return undefined;
      const { contraction, repeat } = adjoint(pattern, own, shapes);
      const product = build.op('einsum', [g, operands[1 - own]!], { pattern: contraction });
      return repeat ? build.op('repeat', [product], repeat) : product;
    };
    return [back(0), back(1)];
  },
});
