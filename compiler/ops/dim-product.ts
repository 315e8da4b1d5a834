/** Products and quotients of dims, where they are dims again: a number, or a multiple of the batch. */
import { bindDim, type Dim, isBatch } from '../ir/type.ts';

const whole = (dim: Dim): boolean => Number.isSafeInteger(bindDim(dim, 1));

/** undefined for N · N, and for what is too large to count */
export function productOf(dims: readonly Dim[]): Dim | undefined {
  let factor = 1;
  let batch = false;
  for (const dim of dims) {
    if (isBatch(dim) && batch) return undefined;
    batch ||= isBatch(dim);
    factor *= bindDim(dim, 1);
  }
  const product = batch ? { batch: factor } : factor;
  return whole(product) ? product : undefined;
}

/** undefined where it does not come out whatever the batch */
export function quotientOf(dim: Dim, by: Dim): Dim | undefined {
  if (isBatch(by) && !isBatch(dim)) return undefined;
  const factor = bindDim(dim, 1) / bindDim(by, 1);
  if (!Number.isSafeInteger(factor) || factor < 1) return undefined;
  return isBatch(dim) && !isBatch(by) ? { batch: factor } : factor;
}

/** undefined for a number beside a multiple of the batch */
export function sumOf(dims: readonly Dim[]): Dim | undefined {
  const batch = dims.length > 0 && isBatch(dims[0]!);
  if (dims.some((dim) => isBatch(dim) !== batch)) return undefined;
  const total = dims.reduce<number>((sum, dim) => sum + bindDim(dim, 1), 0);
  const sum = batch ? { batch: total } : total;
  return whole(sum) ? sum : undefined;
}
