/**
 * Which of the T timesteps of a discrete process are kept when it is run in fewer steps, as the official DiT code keeps
 * them (after Nichol & Dhariwal 2021). What may surprise:
 * - `"10"` keeps ten from 0 to T - 1, both included; `"1"` keeps 0 alone;
 * - `"10,15,20"` splits T in three equal parts and keeps so many of each; where two parts meet, both neighbours may stay;
 * - `"ddim50"` keeps every (T / 50)-th from 0 on, so never T - 1, and there must be an integer stride that gives just 50;
 * - fractions are rounded half to even, on a sum that is accumulated.
 */

import { halfToEven } from './rounding.ts';

/** Steps that a spec can mean; longer lists are an attack. */
const MOST_PARTS = 1000;

/** Ascending timesteps, or why there are none. */
export type Kept =
  | { readonly ok: true; readonly timesteps: number[] }
  | { readonly ok: false; readonly reason: string };

const refuse = (reason: string): Kept => ({ ok: false, reason });

function strided(total: number, count: number): Kept {
  for (let stride = 1; stride < total; stride++) {
    const length = Math.ceil(total / stride);
    if (length === count) return { ok: true, timesteps: Array.from({ length }, (_, i) => i * stride) };
    if (length < count) break;
  }
  return refuse(`no stride through ${total} steps takes exactly ${count} of them`);
}

export function keepTimesteps(total: number, spacing: string): Kept {
  const ddim = /^ddim(\d{1,9})$/.exec(spacing);
  if (ddim) return strided(total, Number(ddim[1]));
  if (!/^\d{1,9}(,\d{1,9})*$/.test(spacing))
    return refuse(`\`${spacing.slice(0, 40)}\` is no spacing: write "50", "ddim50" or "10,15,20"`);
  const counts = spacing.split(',', MOST_PARTS + 1).map(Number);
  if (counts.length > Math.min(total, MOST_PARTS)) return refuse(`${total} steps have no ${counts.length} parts`);

  const kept = new Set<number>();
  let start = 0;
  for (const [part, count] of counts.entries()) {
    const size = Math.floor(total / counts.length) + (part < total % counts.length ? 1 : 0);
    if (count < 1) return refuse('every part must keep at least one step');
    if (count > size) return refuse(`a part of ${size} steps cannot keep ${count} of them`);
    const stride = count > 1 ? (size - 1) / (count - 1) : 1;
    for (let i = 0, at = 0; i < count; i++, at += stride) kept.add(start + halfToEven(at));
    start += size;
  }
  return { ok: true, timesteps: [...kept].sort((a, b) => a - b) };
}
