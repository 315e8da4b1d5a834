/** What tensors are put through that is no single op of TensorFlow.js, right on every backend. */

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

const product = (dims: readonly number[]): number => dims.reduce((all, dim) => all * dim, 1);

const packed = new WeakMap<object, string>();

/**
 * The wasm backend packs the right matrix of a product once and keeps it for as long as its memory lives, whatever shape
 * the memory is seen in next; so memory that comes back in another shape is copied first.
 */
function unpacked(matrix: Tensor): Tensor {
  const shape = matrix.shape.join();
  const before = packed.get(matrix.dataId);
  if (before === undefined) packed.set(matrix.dataId, shape);
  if (before === undefined || before === shape) return matrix;
  return tf.slice(
    matrix,
    matrix.shape.map(() => 0),
    matrix.shape,
  );
}

/** Below this many multiplications a call costs more than it saves. */
const WORTH_A_CALL = 2 ** 14;

/** The matrices of many, by way of the host: to take one out, wasm copies them all. */
function matricesOf(many: Tensor): Tensor[] {
  const [count, rows, columns] = many.shape as [number, number, number];
  const numbers = many.dataSync<'float32'>();
  const size = rows * columns;
  return Array.from({ length: count }, (_, at) =>
    tf.tensor2d(numbers.subarray(at * size, (at + 1) * size), [rows, columns]),
  );
}

/** a · b of many pairs of matrices, one after the other; ∂a = ∂y · bᵀ and ∂b = aᵀ · ∂y */
const oneByOne = tf.customGrad((...given) => {
  const [a, b, save] = given as [Tensor, Tensor, tf.GradSaveFunc];
  save([a, b]);
  const rights = matricesOf(b);
  const value = tf.stack(matricesOf(a).map((left, at) => tf.matMul(left, unpacked(rights[at]!))));
  return {
    value,
    gradFunc: (dy: Tensor, [left, right]: Tensor[]) => [
      matMul(dy, right!, false, true),
      matMul(left!, dy, true, false),
    ],
  };
});

/** a · b of matrices, or of many pairs of them; wasm is slow at those that lie transposed, and at many in one call. */
function matMul(a: Tensor, b: Tensor, turnA: boolean, turnB: boolean): Tensor {
  if (tf.getBackend() !== 'wasm') return tf.matMul(a, b, turnA, turnB);
  const turn = a.rank === 2 ? [1, 0] : [0, 2, 1];
  const left = turnA ? tf.transpose(a, turn) : a;
  const right = turnB ? tf.transpose(b, turn) : b;
  const [count, rows, depth] = (left.rank === 2 ? [1, ...left.shape] : left.shape) as [number, number, number];
  const columns = right.shape[right.rank - 1]!;
  if (count === 1 || rows * depth * columns < WORTH_A_CALL) return tf.matMul(left, unpacked(right));
  return oneByOne(left, right);
}

export interface Contraction {
  /** leading axes that both have */
  readonly batch?: number;
  /** axes that are summed over: the last of `a`, and those of `b` behind the batch */
  readonly over?: number;
  /** `a` has them behind the batch instead */
  readonly turnA?: boolean;
  /** `b` has them last instead */
  readonly turnB?: boolean;
}

/** A product of matrices whose rows, columns and depth may be several axes: [...batch, ...left, ...right] */
export function contract(a: Tensor, b: Tensor, contraction: Contraction = {}): Tensor {
  const { batch = 0, over = 1, turnA = false, turnB = false } = contraction;
  const lead = a.shape.slice(0, batch);
  const left = turnA ? a.shape.slice(batch + over) : a.shape.slice(batch, a.rank - over);
  const right = turnB ? b.shape.slice(batch, b.rank - over) : b.shape.slice(batch + over);
  const depth = product(turnA ? a.shape.slice(batch, batch + over) : a.shape.slice(a.rank - over));
  const [count, rows, columns] = [product(lead), product(left), product(right)];
  const many = count === 1 ? [] : [count];
  const one = tf.reshape(a, [...many, ...(turnA ? [depth, rows] : [rows, depth])]);
  const two = tf.reshape(b, [...many, ...(turnB ? [columns, depth] : [depth, columns])]);
  return tf.reshape(matMul(one, two, turnA, turnB), [...lead, ...left, ...right]);
}

/** x σ(x) */
export const silu = (x: Tensor): Tensor => tf.mul(x, tf.sigmoid(x));

/** x / 2 · (1 + erf(x / √2)) */
export const gelu = (x: Tensor): Tensor => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));

/** x / 2 · (1 + tanh(√(2/π) (x + 0.044715 x³))) = x σ(2 √(2/π) (x + 0.044715 x³)) */
export function geluTanh(x: Tensor): Tensor {
  const inner = tf.mul(tf.mul(x, Math.sqrt(8 / Math.PI)), tf.add(tf.mul(tf.square(x), 0.044715), 1));
  return tf.mul(x, tf.sigmoid(inner));
}

/** x / √(mean x² + ε) over the last axis */
export function rmsnorm(x: Tensor, eps: number): Tensor {
  const square = tf.mean(tf.square(x), -1, true);
  return tf.mul(x, tf.rsqrt(tf.add(square, eps)));
}

/** (x − mean x) / √(var x + ε) over the last axis */
export const layernorm = (x: Tensor, eps: number): Tensor => rmsnorm(tf.sub(x, tf.mean(x, -1, true)), eps);

/** Axes in another order. Of five wasm moves elements thirty times slower than of four: runs of them change places. */
export function transpose(x: Tensor, order: number[]): Tensor {
  if (tf.getBackend() !== 'wasm') return tf.transpose(x, order);
  const size = (axes: readonly number[]): number => product(axes.map((axis) => x.shape[axis]!));
  let moved = x;
  let now = order.map((_, axis) => axis);
  for (const [at, next] of order.entries()) {
    const from = now.indexOf(next);
    if (from === at) continue;
    let to = from + 1;
    while (to < now.length && now[to] === order[at + to - from]) to += 1;
    const [done, before, run, behind] = [now.slice(0, at), now.slice(at, from), now.slice(from, to), now.slice(to)];
    moved = swap(tf.reshape(moved, [size(done), size(before), size(run), size(behind)]));
    now = [...done, ...run, ...before, ...behind];
  }
  return tf.reshape(
    moved,
    order.map((axis) => x.shape[axis]!),
  );
}

/** From `start` to `end` along one axis */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  const begin = x.shape.map((_, at) => (at === axis ? start : 0));
  const size = x.shape.map((dim, at) => (at === axis ? end - start : dim));
  return tf.slice(x, begin, size);
}

/** Zeros before and after along one axis */
export function pad(x: Tensor, axis: number, before: number, after: number): Tensor {
  return tf.pad(
    x,
    x.shape.map((_, at): [number, number] => (at === axis ? [before, after] : [0, 0])),
  );
}

/** `x` with its axes of 1 repeated up to `shape` */
export const expand = (x: Tensor, shape: readonly number[]): Tensor =>
  tf.tile(
    x,
    shape.map((dim, axis) => dim / x.shape[axis]!),
  );

/** `yes` where the condition holds; bools are moved as ints, which every backend can */
export function where(condition: Tensor, yes: Tensor, no: Tensor, shape: readonly number[]): Tensor {
  const full = (x: Tensor): Tensor => {
    const axes = [...shape.slice(x.rank).map(() => 1), ...x.shape];
    return expand(tf.reshape(x, axes), shape);
  };
  const choose = tf.cast(full(tf.cast(condition, 'int32')), 'bool');
  return tf.where(choose, full(yes), full(no));
}

/** Rows of axis `axis` picked by `index`, whose `batch` leading axes are those of `x` */
export function gather(x: Tensor, index: Tensor, axis: number, batch: number): Tensor {
  const places = placesOf(x.shape, index, axis, batch);
  const { outer, middle, rows, inner, picks } = places;
  const table = tf.reshape(swap(tf.reshape(x, [outer, middle, rows, inner])), [outer * rows, middle * inner]);
  const found = tf.reshape(tf.gather(table, places.flat), [outer, picks, middle, inner]);
  return tf.reshape(swap(found), [...x.shape.slice(0, axis), ...index.shape.slice(batch), ...x.shape.slice(axis + 1)]);
}

/** Above this many elements the matrix of hits costs more than scattering one row after the other. */
const MOST_HITS = 2 ** 22;

/** The adjoint of `gather`: rows of the gradient, added up where `index` says; axis `axis` of the result has `rows` */
export function scatter(gradient: Tensor, index: Tensor, axis: number, batch: number, rows: number): Tensor {
  const behind = gradient.shape.slice(axis + index.rank - batch);
  const shape = [...gradient.shape.slice(0, axis), rows, ...behind];
  const { outer, middle, inner, picks, flat } = placesOf(shape, index, axis, batch);
  const count = outer * picks;
  const updates = tf.reshape(swap(tf.reshape(gradient, [outer, middle, picks, inner])), [count, middle * inner]);
  const all = outer * rows;
  const hits = (): Tensor =>
    tf.equal(tf.reshape(tf.range(0, all), [all, 1]), tf.reshape(tf.cast(flat, 'float32'), [1, count]));
  const sums =
    all * count > MOST_HITS
      ? tf.scatterND(tf.reshape(flat, [count, 1]), updates, [all, middle * inner])
      : contract(tf.cast(hits(), 'float32'), updates);
  return tf.reshape(swap(tf.reshape(sums, [outer, rows, middle, inner])), shape);
}

/** [a, b, c, d] → [a, c, b, d] */
const swap = (x: Tensor): Tensor =>
  x.shape[1] === 1 || x.shape[2] === 1
    ? tf.reshape(x, [x.shape[0]!, x.shape[2]!, x.shape[1]!, x.shape[3]!])
    : tf.transpose(x, [0, 2, 1, 3]);

/** `batch` axes, those between, the one that is picked from, those behind; and the picks counted through all rows */
function placesOf(shape: readonly number[], index: Tensor, axis: number, batch: number) {
  const outer = product(shape.slice(0, batch));
  const rows = shape[axis]!;
  const picks = product(index.shape.slice(batch));
  const place = tf.reshape(tf.cast(index, 'int32'), [outer * picks]);
  const first = Int32Array.from({ length: outer * picks }, (_, at) => rows * Math.floor(at / picks));
  const flat = outer === 1 ? place : tf.add(place, tf.tensor1d(first, 'int32'));
  return { outer, middle: product(shape.slice(batch, axis)), rows, inner: product(shape.slice(axis + 1)), picks, flat };
}

/** Places of the elements of the last axis in ascending order; equal ones keep theirs */
export const argsort = (x: Tensor): Tensor => tf.topk(tf.neg(x), x.shape[x.rank - 1], true).indices;

/** [O, I, h, w] → [h, w, I, O] */
const filterOf = (kernel: Tensor): tf.Tensor4D => tf.transpose(kernel, [2, 3, 1, 0]) as tf.Tensor4D;

/** Zeros around an image [N, H, W, C] */
const padded = (x: Tensor, padding: number): tf.Tensor4D =>
  (padding === 0 ? x : pad(pad(x, 1, padding, padding), 2, padding, padding)) as tf.Tensor4D;

/** An image [N, H, W, C] and a kernel as PyTorch has it, [O, C, h, w] */
export const conv2d = (x: Tensor, kernel: Tensor, stride: number, padding: number): Tensor =>
  tf.conv2d(padded(x, padding), filterOf(kernel), stride, 'valid');

/** The adjoint of `conv2d` in an image of this height and width */
export function conv2dInput(
  gradient: Tensor,
  kernel: Tensor,
  stride: number,
  padding: number,
  height: number,
  width: number,
): Tensor {
  const sides: [number, number, number, number] = [
    gradient.shape[0]!,
    height + 2 * padding,
    width + 2 * padding,
    kernel.shape[1]!,
  ];
  const whole = tf.conv2dTranspose(gradient as tf.Tensor4D, filterOf(kernel), sides, stride, 'valid');
  return padding === 0 ? whole : slice(slice(whole, 1, padding, padding + height), 2, padding, padding + width);
}

/** The adjoint of `conv2d` in a kernel of this height and width: batch and channels change places */
export function conv2dWeight(
  x: Tensor,
  gradient: Tensor,
  stride: number,
  padding: number,
  height: number,
  width: number,
): Tensor {
  const image = padded(tf.transpose(padded(x, padding), [3, 1, 2, 0]), 0);
  const filter = tf.transpose(gradient, [1, 2, 0, 3]) as tf.Tensor4D;
  const made = tf.conv2d(image, filter, 1, 'valid', 'NHWC', stride);
  // rows that the stride left over make it larger than the kernel
  return tf.transpose(slice(slice(made, 1, 0, height), 2, 0, width), [3, 0, 1, 2]);
}

/** A tensor of bytes that are written in base 64. */
export function decode(parts: readonly string[], shape: number[], dtype: 'float32' | 'int32' | 'bool'): Tensor {
  const bytes = Uint8Array.from(atob(parts.join('')), (letter) => letter.charCodeAt(0));
  const data =
    dtype === 'float32' ? new Float32Array(bytes.buffer) : dtype === 'int32' ? new Int32Array(bytes.buffer) : bytes;
  return tf.tensor(data, shape, dtype);
}
