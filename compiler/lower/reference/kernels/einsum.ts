/** The contraction: for each element of the result, the sum over all axes that it lacks. */
import { bindDim } from '../../../ir/type.ts';
import { einsumAxes } from '../../../ops/einsum-pattern.ts';
import { count, emptyData, type Kernel, stridesOf, walk } from './kernel.ts';

interface Axis {
  readonly size: number;
  /** in the operands; 0 where an operand lacks it */
  readonly a: number;
  readonly b: number;
}

export const einsum: Kernel = ({ operands: [a, b], result, attributes, batch }) => {
  const named = einsumAxes(String(attributes.pattern), a!.shape, b!.shape);
  if ('misfit' in named) throw new Error(named.misfit);
  const [aStrides, bStrides] = [stridesOf(a!.shape), stridesOf(b!.shape)];
  const axisOf = (name: string): Axis => ({
    size: bindDim(named.sizes.get(name)!, batch),
    a: aStrides[named.operands[0].indexOf(name)] ?? 0,
    b: bStrides[named.operands[1].indexOf(name)] ?? 0,
  });
  const outer = named.result.map(axisOf);
  const isSummed = (name: string): boolean => !named.result.includes(name);
  // the longest one innermost
  const summed = [...named.sizes.keys()]
    .filter(isSummed)
    .map(axisOf)
    .sort((one, two) => one.size - two.size);
  const inner = summed.pop() ?? { size: 1, a: 0, b: 0 };

  const [x, y] = [a!.data, b!.data];
  const z = emptyData(result.dtype, count(result.shape));
  const dot = (aStart: number, bStart: number): number => {
    let sum = 0;
    for (let i = 0; i < inner.size; i++) sum += x[aStart + i * inner.a]! * y[bStart + i * inner.b]!;
    return sum;
  };
  const sizes = (axes: readonly Axis[]): number[] => axes.map(({ size }) => size);
  const along = (axes: readonly Axis[], operand: 'a' | 'b'): number[] => axes.map((axis) => axis[operand]);
  const [sumSizes, sumA, sumB] = [sizes(summed), along(summed, 'a'), along(summed, 'b')];
  walk(sizes(outer), along(outer, 'a'), along(outer, 'b'), (at, aStart, bStart) => {
    if (summed.length === 0) {
      z[at] = dot(aStart, bStart);
      return;
    }
    let sum = 0;
    walk(sumSizes, sumA, sumB, (_, i, j) => {
      sum += dot(aStart + i, bStart + j);
    });
    z[at] = sum;
  });
  return z;
};
