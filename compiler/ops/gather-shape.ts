/** Sizes of `gather` and `scatter`: x[:axis] + index[batch:] + x[axis + 1:], the first `batch` axes shared. */
import { type Shape, sameShape, showShape, type TensorType } from '../ir/type.ts';
import { type Misfit, misfit } from './op.ts';

export function checkIndex(op: string, index: TensorType, axis: number, batch: number, of: Shape): Misfit | undefined {
  if (index.dtype !== 'int') return misfit(`the index of \`${op}\` is ${index.dtype}, not int`, 1);
  if (batch > axis)
    return misfit(
      `batch ${batch} is more than the axis ${axis}`,
      'batch',
      'the axes that are shared come before the gathered one',
    );
  if (batch > index.shape.length)
    return misfit(
      `batch ${batch}, but the index \`${showShape(index.shape)}\` has ${index.shape.length} axes`,
      'batch',
    );
  const [own, shared] = [of.slice(0, batch), index.shape.slice(0, batch)];
  if (sameShape(own, shared)) return undefined;
  return misfit(
    `the first ${batch === 1 ? 'axis' : `${batch} axes`} of \`${showShape(of)}\` and of the index \`${showShape(index.shape)}\` differ`,
    1,
  );
}

export const gathered = (x: Shape, index: Shape, axis: number, batch: number): Shape => [
  ...x.slice(0, axis),
  ...index.slice(batch),
  ...x.slice(axis + 1),
];
