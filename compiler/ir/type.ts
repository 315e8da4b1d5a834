/**
 * Types of tensors. A dim is a number, or a multiple of the batch N, the one symbol: everything else is settled when a
 * model is instantiated. `f32` is what users see; constants are computed in 64 bit and rounded.
 */
export type Dtype = 'f32' | 'int' | 'bool';

/** `batch` times N; `batch` is a positive int. */
export interface BatchDim {
  readonly batch: number;
}
export type Dim = number | BatchDim;
export type Shape = readonly Dim[];

export interface TensorType {
  readonly dtype: Dtype;
  readonly shape: Shape;
}

export const isBatch = (dim: Dim): dim is BatchDim => typeof dim === 'object';

export const sameDim = (a: Dim, b: Dim): boolean =>
  typeof a === 'number' ? a === b : typeof b === 'object' && a.batch === b.batch;

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((dim, axis) => sameDim(dim, b[axis]!));

export const sameType = (a: TensorType, b: TensorType): boolean => a.dtype === b.dtype && sameShape(a.shape, b.shape);

export const f32 = (...shape: Dim[]): TensorType => ({ dtype: 'f32', shape });
export const int = (...shape: Dim[]): TensorType => ({ dtype: 'int', shape });
export const bool = (...shape: Dim[]): TensorType => ({ dtype: 'bool', shape });

/** `N`, `2N`, `384` */
export const showDim = (dim: Dim): string =>
  typeof dim === 'number' ? String(dim) : dim.batch === 1 ? 'N' : `${dim.batch}N`;

/** `[N, 256, 384]` */
export const showShape = (shape: Shape): string => `[${shape.map(showDim).join(', ')}]`;

const shown = new WeakMap<TensorType, string>();

/** `[N, 256, 384]`, `int[N]`: as written in a spec; f32 has no name */
export function showType(type: TensorType): string {
  let text = shown.get(type);
  if (text === undefined) shown.set(type, (text = (type.dtype === 'f32' ? '' : type.dtype) + showShape(type.shape)));
  return text;
}

/** The number a dim stands for when the batch is `n`. */
export const bindDim = (dim: Dim, n: number): number => (typeof dim === 'number' ? dim : dim.batch * n);

export const bindShape = (shape: Shape, n: number): number[] => shape.map((dim) => bindDim(dim, n));

/** Elements of a tensor when the batch is `n`. */
export const countElements = (shape: Shape, n: number): number =>
  shape.reduce<number>((product, dim) => product * bindDim(dim, n), 1);

/** Bytes of one element as engines store it. */
export const BYTES: Readonly<Record<Dtype, number>> = { f32: 4, int: 4, bool: 1 };
