/** Checks that ops along one axis share. */
import { isBatch, type Shape, showShape } from '../ir/type.ts';
import { type Misfit, misfit } from './op.ts';

export function checkAxis(op: string, axis: number, shape: Shape): Misfit | undefined {
  if (axis < shape.length) return undefined;
  return misfit(`\`${op}\` along axis ${axis}, but \`${showShape(shape)}\` has ${shape.length}`, 'axis');
}

/** Along an axis that is a number: samples of a batch are not told apart. */
export function checkFixedAxis(op: string, axis: number, shape: Shape): Misfit | undefined {
  const fault = checkAxis(op, axis, shape);
  if (fault || !isBatch(shape[axis]!)) return fault;
  return misfit(
    `\`${op}\` along axis ${axis} of \`${showShape(shape)}\`, which is the batch`,
    'axis',
    'samples of a batch stay together; give another axis',
  );
}

/** `shape` with another size on one axis. */
export const withDim = (shape: Shape, axis: number, dim: Shape[number]): Shape => [
  ...shape.slice(0, axis),
  dim,
  ...shape.slice(axis + 1),
];
