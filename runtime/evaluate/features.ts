/** Points in the space of a feature net, one an image, and why a set of them cannot be measured. */

export interface Features {
  readonly count: number;
  readonly width: number;
  /** [count, width], row-major, all finite */
  readonly data: Float64Array;
}

export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** Beyond this, squares of squares are no longer finite, and a decomposition of them would not end. */
const LARGEST = 1e60;

export const isMeasurable = (value: number): boolean => Math.abs(value) < LARGEST;

/** At least two rows of finite numbers: one has no spread, and a NaN would go through every sum. */
export function featuresOf(data: ArrayLike<number>, width: number): Checked<Features> {
  const count = data.length / width;
  if (!Number.isInteger(count) || count < 2)
    return { ok: false, reason: `${data.length} numbers are not two or more rows of ${width}` };
  const values = Float64Array.from(data);
  const bad = values.findIndex((value) => !isMeasurable(value));
  if (bad >= 0)
    return {
      ok: false,
      reason: `the features of image ${Math.floor(bad / width)} are no finite numbers, or too large`,
    };
  return { ok: true, value: { count, width, data: values } };
}

export const rowOf = ({ data, width }: Features, row: number): Float64Array =>
  data.subarray(row * width, (row + 1) * width);

/** Of row i of x and row j of y, which are of one width. */
export function dot(x: Features, i: number, y: Features, j: number): number {
  const { data: a, width } = x;
  const b = y.data;
  const from = i * width;
  const by = j * width - from;
  let sum = 0;
  for (let k = from; k < from + width; k++) sum += a[k]! * b[k + by]!;
  return sum;
}

export function squaredDistance(x: Features, i: number, y: Features, j: number): number {
  const { data: a, width } = x;
  const b = y.data;
  const from = i * width;
  const by = j * width - from;
  let sum = 0;
  for (let k = from; k < from + width; k++) {
    const difference = a[k]! - b[k + by]!;
    sum += difference * difference;
  }
  return sum;
}
