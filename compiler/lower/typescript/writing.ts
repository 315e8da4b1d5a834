/**
 * How an op is written: an expression of TensorFlow.js, or of the few functions that are written beside the model. It
 * keeps the type that the op's shape rule gave the result.
 */
import type { Attributes } from '../../ir/graph.ts';
import { type Dim, type Dtype, isBatch, type Shape, sameShape, type TensorType } from '../../ir/type.ts';
import { call, type Expression, numbers, text } from './expression.ts';

export interface Operand {
  readonly type: TensorType;
  /** what it is written as; of a number the number */
  readonly expression: Expression;
  /** where it is a number, whatever its shape */
  readonly number?: number;
}

export interface Written {
  readonly operands: readonly Operand[];
  readonly result: TensorType;
  readonly attributes: Attributes;
}

export type Writing = (op: Written) => Expression;

export const DTYPES = { f32: 'float32', int: 'int32', bool: 'bool' } as const satisfies Record<Dtype, string>;

export const quoted = (word: string): Expression => text(`'${word}'`);

const dimText = (dim: Dim): string => (isBatch(dim) ? (dim.batch === 1 ? 'n' : `${dim.batch} * n`) : String(dim));

/** `[n, 256, 384]`; `n` is the batch */
export const shapeText = (shape: Shape): Expression => text(`[${shape.map(dimText).join(', ')}]`);

export const cast = (expression: Expression, from: Dtype, to: Dtype): Expression =>
  from === to ? expression : call('tf.cast', expression, quoted(DTYPES[to]));

/** A tensor of the type asked for and of its own shape. */
export function tensor({ operands }: Written, at: number, dtype = operands[at]!.type.dtype): Expression {
  const { type, expression, number } = operands[at]!;
  if (number === undefined) return cast(expression, type.dtype, dtype);
  const kind = dtype === 'f32' ? [] : [quoted(DTYPES[dtype])];
  if (type.shape.length === 0) return call('tf.scalar', text(number), ...kind);
  return call('tf.fill', shapeText(type.shape), text(number), ...kind);
}

/** The same where tfjs broadcasts: a number is one, and axes of 1 in front are left out. */
export function broadcast(op: Written, at: number, dtype: Dtype): Expression {
  const { operands, result } = op;
  const { number, type } = operands[at]!;
  const spans = operands.some(
    (other, place) => place !== at && other.number === undefined && sameShape(other.type.shape, result.shape),
  );
  if (number !== undefined) {
    if (!spans) return tensor(op, at, dtype);
    return dtype === 'f32' ? text(number) : call('tf.scalar', text(number), quoted(DTYPES[dtype]));
  }
  const { expression } = operands[at]!;
  const before = expression.kind === 'call' && spans ? expression.reshaped : undefined;
  const bare = before !== undefined && leads(before.shape, type.shape) ? before.from : undefined;
  return cast(bare ?? expression, type.dtype, dtype);
}

/** Axes of 1 in front of what is there anyway, which broadcasting adds by itself. */
function leads(from: Shape, to: Shape): boolean {
  const more = to.length - from.length;
  return more > 0 && to.slice(0, more).every((dim) => dim === 1) && sameShape(to.slice(more), from);
}

export const numberAt = ({ attributes }: Written, name: string): number => attributes[name] as number;

/** The attribute `axis` among axes of this rank, from 0. */
export const axisOf = (op: Written, rank: number): number => {
  const axis = numberAt(op, 'axis');
  return axis < 0 ? axis + rank : axis;
};

export const isStill = (permutation: readonly number[]): boolean => permutation.every((axis, at) => axis === at);

/** Axes in another order: of many, by the function that is written beside the model. */
export const transpose = (x: Expression, permutation: readonly number[]): Expression =>
  isStill(permutation) ? x : call(permutation.length > 4 ? 'transpose' : 'tf.transpose', x, numbers(permutation));

/** The same elements in another shape; of two reshapes the last is left. */
export function reshape(x: Expression, from: Shape, to: Shape): Expression {
  if (sameShape(from, to)) return x;
  const before = x.kind === 'call' ? x.reshaped : undefined;
  if (before !== undefined) return reshape(before.from, before.shape, to);
  return { kind: 'call', name: 'tf.reshape', args: [x, shapeText(to)], reshaped: { from: x, shape: from } };
}
