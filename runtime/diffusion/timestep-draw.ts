/** The times of a batch in training, drawn from one stream: what else is drawn changes none of them. */
import type { Stream } from '../random/stream.ts';
import { PATHS } from './paths.ts';
import { type PathSchedule, type Schedule, shiftTime } from './schedule.ts';

/** Normal: t = 1 / (1 + e^-z), z normal with this mean and deviation (Esser 2024 §3.1), in the schedule's own time. */
export type TimeDraw =
  | { readonly kind: 'uniform' }
  | { readonly kind: 'logit_normal'; readonly mean: number; readonly std: number };

export const UNIFORM: TimeDraw = { kind: 'uniform' };

/** A path whose velocity has no limit at x_0 is left out there, and what remains is drawn from evenly. */
function within({ path, clean }: PathSchedule, t: number): number {
  const margin = PATHS[path].trainMargin;
  return clean === 0 ? margin + t * (1 - margin) : t * (1 - margin);
}

/** Timesteps 0 .. T-1, each as likely; or times in [0, 1], shifted as the schedule says. */
export function drawTimes(schedule: Schedule, draw: TimeDraw, stream: Stream, count: number): Float64Array {
  if (schedule.kind === 'discrete') {
    if (draw.kind !== 'uniform') throw new Error('discrete timesteps are drawn evenly');
    return Float64Array.from({ length: count }, () => stream.integer(schedule.steps));
  }
  let shares: Float64Array;
  if (draw.kind === 'uniform') {
    shares = Float64Array.from({ length: count }, () => stream.uniform());
  } else {
    const normals = new Float64Array(count);
    stream.fillNormal(normals);
    shares = normals.map((z) => 1 / (1 + Math.exp(-(draw.mean + draw.std * z))));
  }
  return shares.map((t) => shiftTime(within(schedule, t), schedule.shift));
}
