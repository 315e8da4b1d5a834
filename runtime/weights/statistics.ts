/** A look at the numbers of a tensor. What is not finite is counted, and left out of the other figures. */
import type { HostTensor } from '../../compiler/ir/tensor.ts';

export interface Statistics {
  readonly count: number;
  readonly mean: number;
  /** √ of the mean squared distance from the mean */
  readonly std: number;
  readonly min: number;
  readonly max: number;
  readonly nan: number;
  readonly infinite: number;
  /** index of the first number that is not finite */
  readonly firstBad?: number;
}

/** All but the counts are NaN where nothing is finite. */
export function statistics(data: HostTensor['data']): Statistics {
  let [sum, nan, infinite, min, max] = [0, 0, 0, Infinity, -Infinity];
  let firstBad: number | undefined;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    // x - x is zero for what is finite, NaN for the rest
    if (value - value === 0) {
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
    } else {
      if (Number.isNaN(value)) nan++;
      else infinite++;
      firstBad ??= i;
    }
  }
  const finite = data.length - nan - infinite;
  const figures = { count: data.length, nan, infinite, ...(firstBad !== undefined && { firstBad }) };
  if (finite === 0) return { ...figures, mean: NaN, std: NaN, min: NaN, max: NaN };
  const mean = sum / finite;
  let squares = 0;
  for (let i = 0; i < data.length; i++) {
    const distance = data[i]! - mean;
    if (distance - distance === 0) squares += distance * distance;
  }
  return { ...figures, mean, std: Math.sqrt(squares / finite), min, max };
}

/** Index of the first number that is NaN or infinite; in one pass. */
export function firstBadIndex(data: HostTensor['data']): number | undefined {
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value - value !== 0) return i;
  }
  return undefined;
}
