/**
 * What a lowering is: of one IR node it makes a step that runs kernels. All that can be settled before is settled when
 * the step is made. A lowering keeps the type that the op's shape rule gave the result.
 */
import type { Dtype } from '../../ir/type.ts';
import type { BoundType } from '../../ops/op.ts';
import type { BoundAttributes } from '../bind-batch.ts';
import { type Backend, type Constants, DTYPE, type Read, type Scope, type Tensor } from './kernels.ts';

export interface Operand {
  readonly type: BoundType;
  /** where it is a number, whatever its shape; then the step gets no tensor for it */
  readonly number?: number;
}

export interface Lowered {
  readonly operands: readonly Operand[];
  readonly result: BoundType;
  readonly attributes: BoundAttributes;
  readonly constants: Constants;
  readonly backend: Backend;
}

export type Step = (scope: Scope) => Tensor;
export type Lowering = (node: Lowered) => Step;

export const numberOf = ({ attributes }: Lowered, name: string): number => attributes[name] as number;

/** The attribute `axis` among the axes of a tensor of this rank, from 0. */
export const axisOf = (node: Lowered, rank: number): number => {
  const axis = numberOf(node, 'axis');
  return axis < 0 ? axis + rank : axis;
};

export const product = (dims: readonly number[]): number => dims.reduce((all, dim) => all * dim, 1);

export const sameDims = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((dim, axis) => dim === b[axis]);

export const isIdentity = (permutation: readonly number[]): boolean => permutation.every((axis, at) => axis === at);

/** An operand as a tensor of its own shape and of the type asked for. */
export function read({ operands, constants }: Lowered, at: number, dtype = operands[at]!.type.dtype): Read {
  const { type, number } = operands[at]!;
  if (number !== undefined) {
    const slot = constants.filled(number, dtype, type.shape);
    return (scope) => scope.constant(slot);
  }
  if (type.dtype === dtype) return (scope) => scope.operands[at]!;
  return (scope) => cast(scope, scope.operands[at]!, dtype);
}

/** The same, but a number is a scalar: for kernels that broadcast. */
export function readOrScalar(node: Lowered, at: number, dtype: Dtype): Read {
  const { number } = node.operands[at]!;
  if (number === undefined) return read(node, at, dtype);
  const slot = node.constants.filled(number, dtype, []);
  return (scope) => scope.constant(slot);
}

export const cast = (scope: Scope, x: Tensor, dtype: Dtype): Tensor =>
  scope.run('Cast', { x }, { dtype: DTYPE[dtype] });

export const reshape = (scope: Scope, x: Tensor, shape: readonly number[]): Tensor =>
  sameDims(x.shape, shape) ? x : scope.run('Reshape', { x }, { shape });

/** `x` with axis permutation[i] as axis i; where only axes of 1 move, nothing else does. */
export function permute(scope: Scope, x: Tensor, permutation: readonly number[]): Tensor {
  if (isIdentity(permutation)) return x;
  const wide = permutation.filter((axis) => x.shape[axis] !== 1);
  if (wide.every((axis, at) => at === 0 || wide[at - 1]! < axis)) {
    return reshape(
      scope,
      x,
      permutation.map((axis) => x.shape[axis]!),
    );
  }
  return scope.run('Transpose', { x }, { perm: permutation });
}

/** More axes than this are not repeated in one call on every backend. */
const MOST_REPEATED = 4;

/** `x` broadcast to `shape`: equal ranks, axes of 1 grow. */
export function expand(scope: Scope, x: Tensor, shape: readonly number[]): Tensor {
  if (sameDims(x.shape, shape)) return x;
  if (shape.length <= MOST_REPEATED) {
    return scope.run('Tile', { x }, { reps: shape.map((dim, axis) => dim / x.shape[axis]!) });
  }
  // one axis after the other, the last first, so that little is copied twice
  const before = (axis: number): number => product(x.shape.slice(0, axis));
  let grown = x;
  for (const [axis, dim] of [...shape.entries()].reverse()) {
    if (x.shape[axis] === dim) continue;
    const apart = reshape(scope, grown, [before(axis), 1, product(shape.slice(axis + 1))]);
    grown = scope.run('Tile', { x: apart }, { reps: [1, dim, 1] });
  }
  return reshape(scope, grown, shape);
}
