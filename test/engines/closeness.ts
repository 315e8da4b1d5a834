/** How far two tensors are apart, as a fraction of the largest number of the second. */
import type { HostTensor } from '../../compiler/ir/tensor.ts';

/** 0 where both are equal, ints and bools too; Infinity where type or shape differ, or a number is NaN on one side only. */
export function distance(got: HostTensor, want: HostTensor): number {
  if (got.dtype !== want.dtype || got.shape.join() !== want.shape.join()) return Infinity;
  let [largest, apart] = [0, 0];
  for (const [at, value] of want.data.entries()) {
    if (Object.is(got.data[at], value)) continue;
    const difference = Math.abs(got.data[at]! - value);
    if (Number.isNaN(difference)) return Infinity;
    apart = Math.max(apart, difference);
  }
  for (const value of want.data) largest = Math.max(largest, Math.abs(value));
  return apart === 0 ? 0 : apart / largest;
}
