/** Tensors written down in tests. */
import type { HostTensor } from '../../../compiler/ir/tensor.ts';

type Nested = number | boolean | readonly Nested[];

const shapeOf = (nested: Nested): number[] =>
  typeof nested === 'object' ? [nested.length, ...shapeOf(nested[0]!)] : [];
const flatten = (nested: Nested): number[] => (typeof nested === 'object' ? nested.flatMap(flatten) : [Number(nested)]);

export const floats = (nested: Nested): HostTensor => ({
  dtype: 'f32',
  shape: shapeOf(nested),
  data: Float64Array.from(flatten(nested)),
});
export const ints = (nested: Nested): HostTensor => ({
  dtype: 'int',
  shape: shapeOf(nested),
  data: Int32Array.from(flatten(nested)),
});
export const bools = (nested: Nested): HostTensor => ({
  dtype: 'bool',
  shape: shapeOf(nested),
  data: Uint8Array.from(flatten(nested)),
});

/** The largest difference between two tensors of one shape, relative to the second's largest element (at least 1). */
export function difference(actual: HostTensor, expected: HostTensor): number {
  if (String(actual.shape) !== String(expected.shape)) return Infinity;
  let [worst, largest] = [0, 1];
  for (const [i, value] of expected.data.entries()) {
    const other = actual.data[i]!;
    largest = Math.max(largest, Number.isFinite(value) ? Math.abs(value) : 0);
    if (!Object.is(other, value) && other !== value) worst = Math.max(worst, Math.abs(other - value));
    if (Number.isNaN(other) !== Number.isNaN(value)) return Infinity;
  }
  return worst / largest;
}
