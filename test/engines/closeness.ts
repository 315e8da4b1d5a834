/** How far tensors are apart, as a fraction of the largest number there is. */
import type { HostTensor } from '../../compiler/ir/tensor.ts';

/** 0 where both are equal, ints and bools too; Infinity where type or shape differ, or a number is NaN on one side only. `least` is what
 * counts as the largest number at least. */
export function distance(got: HostTensor, want: HostTensor, least = 0): number {
  if (got.dtype !== want.dtype || got.shape.join() !== want.shape.join()) return Infinity;
  let apart = 0;
  for (const [at, value] of want.data.entries()) {
    if (Object.is(got.data[at], value)) continue;
    const difference = Math.abs(got.data[at]! - value);
    if (Number.isNaN(difference)) return Infinity;
    apart = Math.max(apart, difference);
  }
  return apart === 0 ? 0 : apart / Math.max(least, largest(want));
}

export function largest({ data }: HostTensor): number {
  let most = 0;
  for (const value of data) most = Math.max(most, Math.abs(value));
  return most;
}
