/**
 * A schedule says what noise level a time stands for, and what the network is told of that time. There are two kinds:
 * - discrete: T levels, t = 0 .. T-1, t = 0 the cleanest; the network sees t;
 * - path: a continuous t in [0, 1]; x_0 is at t = `clean`, which is 0 (SD3, FLUX) or 1 (SiT); the network sees t times
 *   `timesteps`.
 */
import { alphaBars } from './betas.ts';
import { type Level, preserving } from './level.ts';
import { PATHS, type PathName } from './paths.ts';

export interface DiscreteSchedule {
  readonly kind: 'discrete';
  readonly steps: number;
  /** ᾱ_t, falling */
  readonly alphaBar: Float64Array;
}

export interface PathSchedule {
  readonly kind: 'path';
  readonly path: PathName;
  readonly clean: 0 | 1;
  /** of the times of training and, unless told otherwise, of sampling; 1 for none */
  readonly shift: number;
  readonly timesteps: number;
}

export type Schedule = DiscreteSchedule | PathSchedule;

export const discreteSchedule = (betas: Float64Array): DiscreteSchedule => ({
  kind: 'discrete',
  steps: betas.length,
  alphaBar: alphaBars(betas),
});

export const pathSchedule = (options: Partial<Omit<PathSchedule, 'kind'>> = {}): PathSchedule => ({
  kind: 'path',
  path: 'linear',
  clean: 1,
  shift: 1,
  timesteps: 1,
  ...options,
});

/** t' = s t / (1 + (s - 1) t), Esser 2024 eq. 23: more of the times lie near 1 if s > 1, near 0 if s < 1. */
export const shiftTime = (t: number, shift: number): number => (shift * t) / (1 + (shift - 1) * t);

/**
 * The shift that FLUX takes for an image of so many tokens: exp μ, and μ goes linearly from 0.5 at 256 tokens to 1.15 at
 * 4096.
 */
export const resolutionShift = (tokens: number): number => Math.exp(0.5 + ((tokens - 256) / (4096 - 256)) * 0.65);

export function levelAt(schedule: Schedule, t: number): Level {
  if (schedule.kind === 'discrete') {
    const alphaBar = schedule.alphaBar[t];
    if (alphaBar === undefined) throw new RangeError(`no timestep ${t} among ${schedule.steps}`);
    return preserving(alphaBar);
  }
  const { level } = PATHS[schedule.path];
  if (schedule.clean === 0) return level(t);
  const { a, b, da, db } = level(1 - t);
  return { a, b, da: -da, db: -db };
}

/** What the network's input `timestep` is fed at time t. */
export const networkTime = (schedule: Schedule, t: number): number =>
  schedule.kind === 'discrete' ? t : t * schedule.timesteps;

/** t as a share of the whole, for what is given in shares: guidance intervals and scales. */
export const timeShare = (schedule: Schedule, t: number): number =>
  schedule.kind === 'discrete' ? t / schedule.steps : t;
