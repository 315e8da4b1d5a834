/**
 * The kernel distance (KID, Bińkowski 2018): the squared maximum mean discrepancy with the kernel (x·y / d + 1)³, in its
 * unbiased form, so that its mean does not depend on the number of samples; it may be below 0.
 */
import type { Stream } from '../random/stream.ts';
import { dot, type Features } from './features.ts';

const kernel = (x: Features, i: number, y: Features, j: number): number => (dot(x, i, y, j) / x.width + 1) ** 3;

type Rows = ArrayLike<number>;
const every = ({ count }: Features): Rows => Array.from({ length: count }, (_, row) => row);

function meanWithin(features: Features, rows: Rows): number {
  let sum = 0;
  for (let i = 1; i < rows.length; i++)
    for (let j = 0; j < i; j++) sum += kernel(features, rows[i]!, features, rows[j]!);
  return (2 * sum) / (rows.length * (rows.length - 1));
}

function meanBetween(x: Features, xRows: Rows, y: Features, yRows: Rows): number {
  let sum = 0;
  for (let i = 0; i < xRows.length; i++)
    for (let j = 0; j < yRows.length; j++) sum += kernel(x, xRows[i]!, y, yRows[j]!);
  return sum / (xRows.length * yRows.length);
}

/** Of some rows of each, at least two; of all where none are given. */
export const kernelDistance = (x: Features, y: Features, xRows: Rows = every(x), yRows: Rows = every(y)): number =>
  meanWithin(x, xRows) + meanWithin(y, yRows) - 2 * meanBetween(x, xRows, y, yRows);

export interface Spread {
  readonly mean: number;
  /** of the population */
  readonly std: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, std: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
}

/** Over random subsets, as the papers report it. */
export function subsetKernelDistance(x: Features, y: Features, subsets: number, size: number, stream: Stream): Spread {
  const some = (features: Features): Uint32Array => stream.permutation(features.count).subarray(0, size);
  return spreadOf(Array.from({ length: subsets }, () => kernelDistance(x, y, some(x), some(y))));
}
