/** Ops over the last axis: softmax and the norms. */
import type { TensorType } from '../ir/type.ts';
import { numericDtype } from './broadcast.ts';
import { type Misfit, misfit } from './op.ts';

/** The shape of x, f32. */
export const overLastAxis = (name: string, x: TensorType): TensorType | Misfit => {
  const dtype = numericDtype(name, [x]);
  if (typeof dtype !== 'string') return dtype;
  return x.shape.length > 0
    ? { dtype: 'f32', shape: x.shape }
    : misfit(`\`${name}\` needs an axis, but its operand is a scalar`, 0);
};
