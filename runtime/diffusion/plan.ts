/**
 * A run of a sampler, before it runs: for each evaluation of the network the time it is told, and the numbers that the
 * block of the step asks for by name (`compiler/contract/schedule-names.ts`), in float64. A block that asks for `second`
 * is evaluated at both ends of a step.
 */
import type { ScheduleNameKey } from '../../compiler/contract/schedule-names.ts';
import { type Guidance, guidanceScale } from './guidance.ts';
import { type Level, logVariance, type Posterior, posterior } from './level.ts';
import { type CorrectorWeights, correctorWeights, type PredictorWeights, predictorWeights } from './multistep.ts';
import type { Point } from './trajectory.ts';

export interface StepPlan {
  /** what the network's timestep is fed, the same for every sample */
  readonly time: number;
  readonly numbers: Readonly<Record<string, number>>;
}

/** The noise of the reverse SDE dx = (velocity + w/2 score) dt + √w dW: w = 2 norm times b, or times 1. */
export type Diffusion = 'sigma' | 'constant';

export interface PlanOptions {
  /** DDIM: 0 adds no noise, 1 as much as the posterior has */
  readonly eta?: number;
  readonly diffusion?: Diffusion;
  readonly norm?: number;
  readonly guidance?: Guidance;
}

/** One evaluation of the network, and the step that it is for. */
interface Evaluation {
  readonly at: Point;
  readonly second: boolean;
  readonly from: Point;
  readonly to: Point;
  /** levels of the points one and two before `from` */
  readonly before: Level | undefined;
  readonly older: Level | undefined;
  readonly last: boolean;
  readonly options: PlanOptions;
}

/** Every name that a step of sampling may ask for. */
export type SamplingName = Exclude<ScheduleNameKey, 'weight'>;

const back = ({ from, to }: Evaluation): Posterior => posterior(from.level, to.level);

/** Nothing on the way to x_0, where the posterior is a point. */
const spread = (e: Evaluation): number => {
  const { eta = 0 } = e.options;
  return eta === 0 ? 0 : eta * Math.sqrt(back(e).variance);
};

/** The step to x_0 has no variance and takes that of the step before it. */
function logMin(e: Evaluation): number {
  if (e.to.level.b > 0) return logVariance(back(e).variance);
  return logVariance(e.before === undefined ? 0 : posterior(e.before, e.from.level).variance);
}

const dt = ({ from, to }: Evaluation): number => to.clock - from.clock;

const ratio = ({ a, b }: Level): number => b / a;

/** Ma 2024 (SiT) §2.2; w is twice the diffusion of its code. */
const diffusion = ({ from, options: { diffusion = 'sigma', norm = 1 } }: Evaluation): number =>
  2 * norm * (diffusion === 'sigma' ? from.level.b : 1);

const predictor = ({ from, to, before }: Evaluation): PredictorWeights =>
  predictorWeights(from.level, to.level, before);

const corrector = ({ from, before, older }: Evaluation): CorrectorWeights =>
  correctorWeights(from.level, before, older);

const RULES: Readonly<Record<SamplingName, (evaluation: Evaluation) => number>> = {
  a: ({ at }) => at.level.a,
  b: ({ at }) => at.level.b,
  da: ({ at }) => at.level.da,
  db: ({ at }) => at.level.db,
  p0: (e) => back(e).p0,
  pt: (e) => back(e).pt,
  log_min: logMin,
  log_max: (e) => Math.log(back(e).stepVariance),
  first: ({ to }) => (to.level.b === 0 ? 1 : 0),
  live: ({ last }) => (last ? 0 : 1),
  a_next: ({ to }) => to.level.a,
  b_next: ({ to }) => to.level.b,
  spread,
  keep: (e) => Math.sqrt(Math.max(0, e.to.level.b ** 2 - spread(e) ** 2)),
  dt,
  ds: ({ from, to }) => ratio(to.level) - ratio(from.level),
  second: ({ second }) => (second ? 1 : 0),
  kx: (e) => predictor(e).kx,
  k0: (e) => predictor(e).k0,
  k1: (e) => predictor(e).k1,
  cn: (e) => corrector(e).cn,
  cx: (e) => corrector(e).cx,
  c0: (e) => corrector(e).c0,
  c1: (e) => corrector(e).c1,
  c2: (e) => corrector(e).c2,
  pull: (e) => (diffusion(e) * Math.abs(dt(e))) / (2 * e.from.level.b),
  kick: (e) => (e.last ? 0 : Math.sqrt(diffusion(e) * Math.abs(dt(e)))),
  scale: ({ at, options: { guidance } }) => (guidance === undefined ? 1 : guidanceScale(guidance, at.share)),
};

export type Planned =
  | { readonly ok: true; readonly steps: readonly StepPlan[] }
  | { readonly ok: false; readonly reason: string };

/** The evaluations of a run: one a step, or two but where a step ends at x_0, whose velocity a network was never taught. */
function evaluations(points: readonly Point[], twice: boolean, options: PlanOptions): Evaluation[] {
  return points.slice(0, -1).flatMap((from, i) => {
    const to = points[i + 1]!;
    const once: Evaluation = {
      at: from,
      second: false,
      from,
      to,
      before: points[i - 1]?.level,
      older: points[i - 2]?.level,
      last: i === points.length - 2,
      options,
    };
    return twice && to.level.b > 0 ? [once, { ...once, at: to, second: true }] : [once];
  });
}

/** The numbers of every evaluation along the points of a trajectory, of which the last is where sampling ends. */
export function plan(points: readonly Point[], names: readonly SamplingName[], options: PlanOptions = {}): Planned {
  const steps: StepPlan[] = [];
  for (const evaluation of evaluations(points, names.includes('second'), options)) {
    const numbers: Record<string, number> = {};
    for (const name of names) {
      const value = RULES[name](evaluation);
      if (!Number.isFinite(value))
        return {
          ok: false,
          reason: `\`${name}\` has no finite value at t = ${evaluation.at.t}: choose another sampler`,
        };
      numbers[name] = value;
    }
    steps.push({ time: evaluation.at.time, numbers });
  }
  return { ok: true, steps };
}

/** Why a model that predicts this cannot start where the trajectory starts. */
export function blindSpot(points: readonly Point[], prediction: 'eps' | 'x0' | 'velocity'): string | undefined {
  const evaluated = points.slice(0, -1);
  if (prediction === 'eps' && evaluated.some(({ level }) => level.a === 0))
    return 'a model that predicts eps says nothing of x_0 where there is noise alone: sample on a schedule that keeps some signal';
  if (prediction === 'x0' && evaluated.some(({ level }) => level.b === 0))
    return 'a model that predicts x0 says nothing of the noise where there is none: start from a noisier level';
  return undefined;
}
