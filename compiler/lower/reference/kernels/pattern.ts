/** Ops with a pattern: every elementary axis of the result has a stride in the operand, 0 where it is new. */
import type { Attributes } from '../../../ir/graph.ts';
import { bindDim, type Dim } from '../../../ir/type.ts';
import { type PatternKind, resolvePattern } from '../../../ops/pattern-sizes.ts';
import { count, emptyData, type Kernel, type KernelCall, stridesOf, walk } from './kernel.ts';

interface Axis {
  readonly key: string;
  readonly size: number;
  /** in the operand */
  readonly stride: number;
}

const boundSizes = ({ sizes = {} }: Attributes, batch: number): Record<string, Dim> =>
  Object.fromEntries(
    Object.entries(sizes as Readonly<Record<string, Dim>>).map(([name, dim]) => [name, bindDim(dim, batch)]),
  );

/** The elementary axes of the result, and those of the operand that it lacks. */
function axesOf(
  kind: PatternKind,
  { operands: [x], attributes, batch }: KernelCall,
): { right: Axis[]; dropped: Axis[] } {
  const resolved = resolvePattern(kind, String(attributes.pattern), boundSizes(attributes, batch), x!.shape);
  if ('misfit' in resolved) throw new Error(resolved.misfit);
  const left = resolved.left.flat().map(({ key, dim }) => ({ key, size: bindDim(dim, batch) }));
  const strides = stridesOf(left.map(({ size }) => size));
  const known = new Map(left.map((axis, i) => [axis.key, { ...axis, stride: strides[i]! }]));
  const right = resolved.right
    .flat()
    .map(({ key, dim }) => known.get(key) ?? { key, size: bindDim(dim, batch), stride: 0 });
  const kept = new Set(right.map(({ key }) => key));
  return { right, dropped: [...known.values()].filter(({ key }) => !kept.has(key)) };
}

const sizesOf = (axes: readonly Axis[]): number[] => axes.map(({ size }) => size);
const strideList = (axes: readonly Axis[]): number[] => axes.map(({ stride }) => stride);

const copy =
  (kind: PatternKind): Kernel =>
  (call) => {
    const x = call.operands[0]!.data;
    const { right } = axesOf(kind, call);
    const y = emptyData(call.result.dtype, count(call.result.shape));
    walk(sizesOf(right), strideList(right), strideList(right), (at, from) => {
      y[at] = x[from]!;
    });
    return y;
  };

export const rearrange = copy('rearrange');
export const repeat = copy('repeat');

const FOLDS: Readonly<Record<string, (a: number, b: number) => number>> = {
  sum: (a, b) => a + b,
  mean: (a, b) => a + b,
  max: Math.max,
  min: Math.min,
};

export const reduce: Kernel = (call) => {
  const x = call.operands[0]!.data;
  const { right, dropped } = axesOf('reduce', call);
  const y = emptyData(call.result.dtype, count(call.result.shape));
  const op = String(call.attributes.op);
  const fold = FOLDS[op]!;
  const divisor = op === 'mean' ? count(sizesOf(dropped)) : 1;
  walk(sizesOf(right), strideList(right), strideList(right), (at, start) => {
    let total: number | undefined;
    walk(sizesOf(dropped), strideList(dropped), strideList(dropped), (_, offset) => {
      const value = x[start + offset]!;
      total = total === undefined ? value : fold(total, value);
    });
    y[at] = total! / divisor;
  });
  return y;
};
