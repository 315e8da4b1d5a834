/**
 * What a recipe may say of the schedule: `schedule: linear(steps: 1000, from: 1e-4, to: 2e-2)`, and what it says of the
 * weight of samples: `weight: min_snr(cap: 5)`. A word of a recipe is here an object with the key `word` and its
 * arguments beside it; a word without arguments may be a plain string.
 */
import { z } from 'zod';
import type { ScheduleWord } from '../../compiler/contract/schedule-names.ts';
import { cosineBetas, linearBetas, scaledLinearBetas } from './betas.ts';
import { discreteSchedule, pathSchedule, resolutionShift, type Schedule } from './schedule.ts';
import { type TimeDraw, UNIFORM } from './timestep-draw.ts';

const MOST_STEPS = 100_000;
const steps = z.int().min(1).max(MOST_STEPS);
const beta = z.number().gt(0).lt(1);

const bare = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && Object.keys(value).join() === 'word' && 'word' in value
    ? value.word
    : value;

const full = (value: unknown): unknown => (typeof value === 'string' ? { word: value } : value);

const draw = z.preprocess(
  full,
  z.discriminatedUnion('word', [
    z.strictObject({ word: z.literal('uniform') }),
    // LightningDiT calls it so
    z.strictObject({
      word: z.enum(['logit_normal', 'lognormal']),
      mean: z.number().default(0),
      std: z.number().positive().default(1),
    }),
  ]),
);

const shift = z.union(
  [z.number().positive(), z.preprocess(bare, z.literal('resolution'))],
  'must be a number above 0 or `resolution`',
);

/** One entry a word of the contract. */
const WORDS = {
  linear: z.strictObject({ word: z.literal('linear'), steps, from: beta, to: beta }),
  scaled_linear: z.strictObject({ word: z.literal('scaled_linear'), steps, from: beta, to: beta }),
  cosine: z.strictObject({
    word: z.literal('cosine'),
    steps,
    offset: z.number().min(0).max(1).optional(),
    most: beta.optional(),
  }),
  interpolant: z.strictObject({
    word: z.literal('interpolant'),
    path: z.preprocess(bare, z.enum(['linear', 'gvp', 'vp'])).default('linear'),
    /** the time of x_0: 1 in SiT, 0 in SD3 and FLUX */
    clean: z.union([z.literal(0), z.literal(1)]).default(1),
    shift: shift.default(1),
    timesteps: z.number().positive().max(1e6).default(1),
    draw: draw.default({ word: 'uniform' }),
  }),
} as const satisfies Readonly<Record<ScheduleWord, z.ZodType>>;

export const scheduleSchema = z.preprocess(
  full,
  z.discriminatedUnion('word', [WORDS.linear, WORDS.scaled_linear, WORDS.cosine, WORDS.interpolant]),
);

export type ScheduleData = z.output<typeof scheduleSchema>;

/** `tokens` of an image decide the shift where the recipe says `shift: resolution`. */
export function scheduleOf(
  data: ScheduleData,
  tokens: number,
): { readonly schedule: Schedule; readonly draw: TimeDraw } {
  switch (data.word) {
    case 'linear':
      return { schedule: discreteSchedule(linearBetas(data)), draw: UNIFORM };
    case 'scaled_linear':
      return { schedule: discreteSchedule(scaledLinearBetas(data)), draw: UNIFORM };
    case 'cosine':
      return { schedule: discreteSchedule(cosineBetas(data)), draw: UNIFORM };
    case 'interpolant': {
      const { path, clean, timesteps, draw } = data;
      const shift = data.shift === 'resolution' ? resolutionShift(tokens) : data.shift;
      return {
        schedule: pathSchedule({ path, clean, timesteps, shift }),
        draw: draw.word === 'uniform' ? UNIFORM : { kind: 'logit_normal', mean: draw.mean, std: draw.std },
      };
    }
  }
}

/** `weight: min_snr(5)`: the cap on the ratio. */
export const weightSchema = z.preprocess(
  full,
  z.strictObject({ word: z.literal('min_snr'), cap: z.number().positive().default(5) }),
);

/** `sample:` but for `step`, a block, and what belongs to the images: how the trajectory and the plan are made. */
export const trajectorySchema = z.strictObject({
  steps: z.int().min(1).max(MOST_STEPS).default(50),
  spacing: z.preprocess(bare, z.string().max(2000)).optional(),
  inner: z.boolean().optional(),
  offset: z.int().min(0).max(MOST_STEPS).optional(),
  end: z.preprocess(bare, z.enum(['clean', 'first'])).optional(),
  shift: z.number().positive().optional(),
  last: z.number().positive().lt(1).optional(),
  eta: z.number().min(0).max(1).optional(),
  diffusion: z.preprocess(bare, z.enum(['sigma', 'constant'])).optional(),
  norm: z.number().min(0).optional(),
});
