/**
 * Arrays of images or latents as they lie in .npy and .npz files, made into what the network sees: bytes are pixels,
 * [H, W, C]; floats are latents, [C, H, W] as PyTorch has them unless said otherwise, and become (stored - shift) scale.
 */
import { fail, type Problem, type Result, succeed } from '../weights/problem.ts';
import { storedAs } from '../weights/stored-dtype.ts';
import { readNumbers } from '../weights/tensor-file.ts';
import { LEVELS } from './dataset.ts';
import type { NpyArray } from './npy.ts';

export interface LatentOptions {
  /** how one image lies in the file */
  readonly layout?: 'chw' | 'hwc';
  /** x = (stored - shift) scale. fast-DiT stores latents that are scaled already: 1 and 0 there */
  readonly scale?: number;
  readonly shift?: number;
  /** counted from the labels when left out, for which all of them are read */
  readonly classes?: number;
}

type Layout = 'chw' | 'hwc';

export const layoutOf = ({ dtype }: NpyArray, { layout }: LatentOptions): Layout =>
  layout ?? (dtype === 'U8' ? 'hwc' : 'chw');

/** [H, W, C] of an image whose last three axes are these. */
export function imageShape(axes: readonly number[], layout: Layout): readonly [number, number, number] {
  const [first, second, third] = axes.slice(-3) as [number, number, number];
  return layout === 'hwc' ? [first, second, third] : [second, third, first];
}

export function mismatch(
  file: string,
  message: string,
  remedy: string,
): { readonly ok: false; readonly problem: Problem } {
  return fail({ kind: 'mismatch', file, message, remedy });
}

/** Image `place` of the array into `images`, from index `at`. */
export function readImage(
  array: NpyArray,
  place: number,
  options: LatentOptions,
  images: Float32Array,
  at: number,
): Problem | undefined {
  const layout = layoutOf(array, options);
  const [height, width, channels] = imageShape(array.shape, layout);
  const count = height * width * channels;
  const offset = array.offset + place * count * storedAs(array.dtype).bytes;
  const numbers = readNumbers(array.source, `image ${place}`, array.dtype, offset, count);
  if (!numbers.ok) return numbers.problem;
  const { scale = 1, shift = 0 } = options;
  const pixels = array.dtype === 'U8';
  const stored = numbers.value;
  for (let i = 0; i < count; i++) {
    const from = layout === 'hwc' ? i : (i % channels) * height * width + Math.floor(i / channels);
    const value = stored[from]!;
    images[at + i] = pixels ? LEVELS[value]! : (value - shift) * scale;
  }
  return undefined;
}

/** Labels of a 1-axis array, all of them. */
export function readLabels(array: NpyArray, count: number): Result<Int32Array> {
  const { file } = array.source;
  if (storedAs(array.dtype).dtype !== 'int')
    return mismatch(file, `holds labels of the type ${array.dtype}`, 'save labels as whole numbers');
  const numbers = readNumbers(array.source, 'labels', array.dtype, array.offset, count);
  if (!numbers.ok) return numbers;
  const labels = Int32Array.from(numbers.value);
  const negative = labels.findIndex((label) => label < 0);
  if (negative >= 0) return mismatch(file, `has the label ${labels[negative]} at ${negative}`, 'count labels from 0');
  return succeed(labels);
}

/** How many classes there are; a label that is not among those declared is a problem. */
export function classesOf(file: string, labels: Int32Array, { classes }: LatentOptions): Result<number> {
  const found = labels.reduce((most, label) => Math.max(most, label), -1) + 1;
  if (classes !== undefined && found > classes)
    return mismatch(
      file,
      `has the label ${found - 1}, and ${classes} classes were declared`,
      'declare as many as there are',
    );
  return succeed(classes ?? found);
}
