/**
 * What a lowering is: it adds the ONNX nodes of one IR node and returns the name of the result. Operands arrive lowered,
 * with every dim a number; a lowering keeps the type that the op's shape rule gave the result.
 */
import type { Dtype } from '../../ir/type.ts';
import type { BoundType } from '../../ops/op.ts';
import type { BoundAttributes } from '../bind-batch.ts';
import type { Emitter, Name } from './emitter.ts';
import { ELEMENT_CODES, ELEMENT_OF } from './model.ts';

export interface Operand {
  readonly name: Name;
  readonly type: BoundType;
  /** where it is a number, whatever its shape */
  readonly number?: number;
}

export interface Lowered {
  readonly emit: Emitter;
  readonly operands: readonly Operand[];
  readonly result: BoundType;
  readonly attributes: BoundAttributes;
}

export type Lowering = (node: Lowered) => Name;

/** An attribute that is a number once the batch is bound. */
export const numberOf = ({ attributes }: Lowered, name: string): number => attributes[name] as number;

/** The attribute `axis` among the axes of a tensor of this rank, from 0. */
export const axisOf = (node: Lowered, rank: number): number => {
  const axis = numberOf(node, 'axis');
  return axis < 0 ? axis + rank : axis;
};

/** The operand as elements of another type; itself where it has that type. */
export const cast = (emit: Emitter, operand: Operand, dtype: Dtype): Name =>
  operand.type.dtype === dtype
    ? operand.name
    : emit.node('Cast', [operand.name], { to: ELEMENT_CODES[ELEMENT_OF[dtype]] });

export const sameDims = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((dim, axis) => dim === b[axis]);

/** `from` in another shape of as many elements. */
export const reshape = (emit: Emitter, name: Name, from: readonly number[], to: readonly number[]): Name =>
  sameDims(from, to) ? name : emit.node('Reshape', [name, emit.ints(to)]);

export const isIdentity = (permutation: readonly number[]): boolean => permutation.every((axis, at) => axis === at);

/** `name` of shape `from` with axis permutation[i] as axis i; where only axes of 1 move, so does nothing else. */
export function permute(emit: Emitter, name: Name, from: readonly number[], permutation: readonly number[]): Name {
  if (isIdentity(permutation)) return name;
  const wide = permutation.filter((axis) => from[axis] !== 1);
  if (wide.every((axis, at) => at === 0 || wide[at - 1]! < axis)) {
    return emit.node('Reshape', [name, emit.ints(permutation.map((axis) => from[axis]!))]);
  }
  return emit.node('Transpose', [name], { perm: permutation });
}

/** `name` of shape `from` broadcast to `to`: equal ranks, axes of 1 grow. */
export const expand = (emit: Emitter, name: Name, from: readonly number[], to: readonly number[]): Name =>
  sameDims(from, to) ? name : emit.node('Expand', [name, emit.ints(to)]);

export const product = (dims: readonly number[]): number => dims.reduce((all, dim) => all * dim, 1);
