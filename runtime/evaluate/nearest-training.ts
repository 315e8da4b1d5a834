/**
 * The training images nearest to generated ones, by the pixels: what shows whether a model repeats what it saw. The data
 * are read piece by piece.
 */
import { type Dataset, pixelsOf } from '../data/dataset.ts';
import { type Result, succeed } from '../weights/problem.ts';

export interface Nearest {
  /** of the training image in its data */
  readonly place: number;
  /** root mean square of the difference of pixels in [-1, 1] */
  readonly distance: number;
  /** of the next nearest: an image that was copied is far nearer to its origin than to any other */
  readonly second: number;
}

const PIECE = 1000;

/** One for each of the images [n, H, W, C]; the first of equally near ones. */
export async function nearestTraining(
  images: Float32Array,
  dataset: Dataset,
  limit = dataset.size,
): Promise<Result<Nearest[]>> {
  const pixels = pixelsOf(dataset);
  const count = images.length / pixels;
  const places = new Int32Array(count).fill(-1);
  const best = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const next = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  for (let start = 0; start < limit; start += PIECE) {
    const read = await dataset.read(Array.from({ length: Math.min(PIECE, limit - start) }, (_, i) => start + i));
    if (!read.ok) return read;
    const training = read.value.images;
    for (let i = 0; i < count; i++) {
      for (let k = 0; k * pixels < training.length; k++) {
        const far = squaredUpTo(images, i * pixels, training, k * pixels, pixels, next[i]!);
        if (far < best[i]!) {
          next[i] = best[i]!;
          best[i] = far;
          places[i] = start + k;
        } else if (far < next[i]!) next[i] = far;
      }
    }
  }
  const root = (squared: number): number => Math.sqrt(squared / pixels);
  return succeed(Array.from(places, (place, i) => ({ place, distance: root(best[i]!), second: root(next[i]!) })));
}

/** Pixels between looks at whether the sum is too large already. */
const STRIDE = 64;

/** The squared distance, or anything not below `limit` once it is sure to be that. */
function squaredUpTo(x: Float32Array, i: number, y: Float32Array, j: number, length: number, limit: number): number {
  let sum = 0;
  for (let k = 0; k < length; ) {
    for (const end = Math.min(k + STRIDE, length); k < end; k++) {
      const difference = x[i + k]! - y[j + k]!;
      sum += difference * difference;
    }
    if (sum >= limit) return sum;
  }
  return sum;
}
