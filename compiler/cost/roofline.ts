/**
 * How long a forward pass takes at best: an estimate from peak rates, not a measurement. Every op runs by itself, reads
 * its operands and writes its result, and takes the longer of computing and moving:
 *
 *     seconds = max(FLOPs / rate, bytes / bandwidth)
 *
 * Fused kernels move less, so the truth may be faster than the sum, but not faster than the matrix products alone; and
 * nothing reaches its peak, so it is usually slower.
 */
import { bytesPerFloat, type Device, type Precision } from './devices/device.ts';
import type { ModelCost } from './module.ts';

export interface OpEstimate {
  readonly op: string;
  readonly seconds: number;
  readonly share: number;
  readonly bound: 'compute' | 'memory';
}

export interface Estimate {
  readonly device: string;
  readonly precision: Precision;
  readonly batch: number;
  /** every op by itself */
  readonly seconds: number;
  /** the matrix products alone, at their peak */
  readonly atLeast: number;
  /** `atLeast` as a share of `seconds`: what a perfect kernel for every op would use of the device's arithmetic */
  readonly mfu: number;
  /** what most of the time goes to */
  readonly bound: 'compute' | 'memory';
  /** the slowest first */
  readonly ops: readonly OpEstimate[];
}

/** `rows` are of the whole batch. None where the device has no such precision. */
export function estimate(
  rows: ModelCost['rows'],
  name: string,
  device: Device,
  precision: Precision,
  batch: number,
): Estimate | undefined {
  const rate = device.matmul[precision];
  if (rate === undefined) return undefined;
  const scale = bytesPerFloat(precision) / 4;
  const ops = new Map<string, { seconds: number; compute: number }>();
  let seconds = 0;
  let atLeast = 0;
  let computing = 0;
  for (const { op, macs, flops, read, written } of rows) {
    const compute = macs > 0 ? flops / rate : flops / device.vector;
    const moving = ((read + written) * scale) / device.bandwidth;
    const time = Math.max(compute, moving);
    if (time === 0) continue;
    seconds += time;
    if (macs > 0) atLeast += compute;
    if (compute >= moving) computing += time;
    const entry = ops.get(op) ?? { seconds: 0, compute: 0 };
    entry.seconds += time;
    if (compute >= moving) entry.compute += time;
    ops.set(op, entry);
  }
  const boundOf = (part: number, whole: number) => (2 * part >= whole ? ('compute' as const) : ('memory' as const));
  return {
    device: name,
    precision,
    batch,
    seconds,
    atLeast,
    mfu: seconds === 0 ? 0 : atLeast / seconds,
    bound: boundOf(computing, seconds),
    ops: [...ops]
      .map(([op, { seconds: time, compute }]) => ({
        op,
        seconds: time,
        share: time / seconds,
        bound: boundOf(compute, time),
      }))
      .sort((a, b) => b.seconds - a.seconds),
  };
}
