/**
 * The names by which the blocks of objectives and samplers meet the schedule. A block that has a parameter `p0: [N]` is
 * given the number p0 of each sample: whoever writes a loss or a step needs only these names, and a new schedule serves
 * every block. The compiler checks blocks against this table; the runtime computes every name in float64 and feeds it,
 * always as [N]. In the formulas x_t = a x_0 + b noise; s is the level after the step (in training on T levels, the one
 * before t), a_s and b_s are its numbers, v = b² - (a / a_s)² b_s² is the variance of the step, λ = log(a / b), and h is
 * the λ gained by the step, h' by the one before it.
 */

/** Discrete: T levels, timesteps 0 .. T-1. Path: a continuous time in [0, 1]. */
export type ScheduleKind = 'discrete' | 'path';

export type Phase = 'training' | 'sampling';

export interface ScheduleName {
  readonly meaning: string;
  readonly formula: string;
  readonly dtype: 'f32' | 'bool';
  /** the kinds of schedule that supply it, for a time drawn in training and for a step of sampling */
  readonly training: readonly ScheduleKind[];
  readonly sampling: readonly ScheduleKind[];
}

const BOTH: readonly ScheduleKind[] = ['discrete', 'path'];

const level = (meaning: string, formula: string): ScheduleName => ({
  meaning,
  formula,
  dtype: 'f32',
  training: BOTH,
  sampling: BOTH,
});

/** of a step of T levels, and of any step of sampling */
const process = (meaning: string, formula: string, dtype: ScheduleName['dtype'] = 'f32'): ScheduleName => ({
  meaning,
  formula,
  dtype,
  training: ['discrete'],
  sampling: BOTH,
});

const step = (meaning: string, formula: string, dtype: ScheduleName['dtype'] = 'f32'): ScheduleName => ({
  meaning,
  formula,
  dtype,
  training: [],
  sampling: BOTH,
});

export const SCHEDULE_NAMES = {
  a: level('how much of x_0 is in x_t', 'discrete: √ᾱ; linear path: 1 - u, u the share of noise'),
  b: level('how much noise is in x_t', 'discrete: √(1 - ᾱ); linear path: u'),
  da: level('x_0 in the velocity of x_t', 'path: da/dt; discrete: -b, along the angle of (a, b)'),
  db: level('noise in the velocity of x_t', 'path: db/dt; discrete: a'),

  p0: process('x_0 in the mean of q(x_s | x_t, x_0)', 'a_s v / b²'),
  pt: process('x_t in that mean', '(a / a_s) b_s² / b²'),
  log_min: process('log of the least variance of a reverse step', 'log(v b_s² / b²); to x_0: that of the step before'),
  log_max: process('log of the greatest variance of a reverse step', 'log v; log β between neighbours'),
  first: process('whether the step goes to x_0', 's = x_0; t = 0 in training', 'bool'),

  weight: {
    meaning: "the weight of a sample in the loss, by the recipe's `weight`",
    formula:
      'min_snr(k): min(a²/b², k) times the square of what turns an error of the prediction into one of x_0; none: 1',
    dtype: 'f32',
    training: BOTH,
    sampling: [],
  },

  live: step('whether noise is added', '0 in the last step, 1 before'),
  a_next: step('a after the step', 'a_s'),
  b_next: step('b after the step', 'b_s'),
  spread: step('DDIM: standard deviation of the fresh noise', 'eta √(v b_s² / b²)'),
  keep: step('DDIM: weight of the predicted noise', '√(b_s² - spread²)'),

  dt: step('the step of time', 'path: t_s - t; discrete: the difference of the angles'),
  ds: step('the step of b / a', 'b_s / a_s - b / a'),
  second: step('Heun: whether this is the second evaluation of a step, where the first one landed', '', 'bool'),

  kx: step('DPM-Solver++(2M), UniPC: weight of x_t', 'b_s / b'),
  k0: step('weight of the predicted x_0', 'a_s (1 - e^-h) (1 + h / 2h′); first or last step: without h / 2h′'),
  k1: step('weight of the x_0 predicted before', '-a_s (1 - e^-h) h / 2h′; first or last step: 0'),
  cn: step('UniPC, the corrector of x_t: weight of x_t', '1 in the first step, 0 after it'),
  cx: step('weight of the corrected x where the step before began', 'b / b_before'),
  c0: step('weight of the x_0 predicted here', 'a (1 - e^-h′) ρ₂; see runtime/diffusion/multistep.ts'),
  c1: step('weight of the x_0 predicted one step before', 'a (1 - e^-h′) (1 - ρ₂ - ρ₁ / r)'),
  c2: step('weight of the x_0 predicted two steps before', 'a (1 - e^-h′) ρ₁ / r'),

  pull: step('Euler-Maruyama: how much predicted noise is taken away', 'w |dt| / 2b, w the diffusion'),
  kick: step('Euler-Maruyama: standard deviation of the fresh noise', '√(w |dt|); last step: 0'),

  scale: step(
    'the strength of guidance in this step',
    '1 outside of the interval; power: see runtime/diffusion/guidance.ts',
  ),
} as const satisfies Readonly<Record<string, ScheduleName>>;

export type ScheduleNameKey = keyof typeof SCHEDULE_NAMES;

const nameOf = (name: ScheduleNameKey): ScheduleName => SCHEDULE_NAMES[name];

export const isScheduleName = (name: string): name is ScheduleNameKey => Object.hasOwn(SCHEDULE_NAMES, name);

/** The words of `schedule:` in a recipe, each with its kind. */
export const SCHEDULE_WORDS = {
  linear: 'discrete',
  scaled_linear: 'discrete',
  cosine: 'discrete',
  interpolant: 'path',
} as const satisfies Readonly<Record<string, ScheduleKind>>;

export type ScheduleWord = keyof typeof SCHEDULE_WORDS;

/** Whether a schedule of this kind can give the name in this phase. */
export const supplies = (kind: ScheduleKind, phase: Phase, name: ScheduleNameKey): boolean =>
  nameOf(name)[phase].includes(kind);
