/** Softmax and the norms: over the last axis, one row after the other. */
import { emptyData, type Kernel, numberOf } from './kernel.ts';

type Row = Float64Array;

const overRows =
  (f: (row: Row, eps: number) => Row, readsEps = true): Kernel =>
  ({ operands, result, attributes }) => {
    const x = Float64Array.from(operands[0]!.data);
    const width = result.shape.at(-1) ?? 1;
    const eps = readsEps ? numberOf(attributes, 'eps') : 0;
    const y = emptyData(result.dtype, x.length);
    for (let start = 0; start < x.length; start += width) y.set(f(x.subarray(start, start + width), eps), start);
    return y;
  };

const mean = (row: Row): number => row.reduce((sum, value) => sum + value, 0) / row.length;

/** e^(x − max) / Σ e^(x − max) */
export const softmax = overRows((row) => {
  const largest = row.reduce((a, b) => Math.max(a, b), -Infinity);
  const weights = row.map((value) => Math.exp(value - largest));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}, false);

/** (x − μ) / √(σ² + ε), σ² the population's */
export const layernorm = overRows((row, eps) => {
  const centre = mean(row);
  const variance = mean(row.map((value) => (value - centre) ** 2));
  return row.map((value) => (value - centre) / Math.sqrt(variance + eps));
});

/** x / √(mean(x²) + ε) */
export const rmsnorm = overRows((row, eps) => {
  const scale = 1 / Math.sqrt(mean(row.map((value) => value * value)) + eps);
  return row.map((value) => value * scale);
});
