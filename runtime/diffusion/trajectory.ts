/**
 * The times at which the network is asked, from noise to x_0 (or back, to find the noise of an image), and the level at
 * which sampling ends. After this nothing knows which kind of schedule it was.
 */
import { linspace } from './betas.ts';
import { CLEAN, type Level } from './level.ts';
import { PATHS } from './paths.ts';
import { keepTimesteps } from './respacing.ts';
import { halfToEven } from './rounding.ts';
import {
  type DiscreteSchedule,
  levelAt,
  networkTime,
  type PathSchedule,
  type Schedule,
  shiftTime,
  timeShare,
} from './schedule.ts';

export interface Point {
  /** in the units of the schedule */
  readonly t: number;
  /** what the network is told */
  readonly time: number;
  /** t as a share of the whole, 0 to 1 */
  readonly share: number;
  /** the time along which the level has its derivatives: t of a path, the angle of a discrete schedule */
  readonly clock: number;
  readonly level: Level;
}

export type Spacing = 'leading' | 'trailing' | 'linspace';

export interface TrajectoryOptions {
  /** how many times there are; a spacing of the official code says so itself */
  readonly steps: number;
  /**
   * discrete: "50", "ddim50", "10,15,20" as `respacing.ts` says (the first is usual), or as diffusers spaces its samplers.
   * path: even steps (usual), or `linspace`, which ends its even steps at the last of `timesteps` as diffusers does
   */
  readonly spacing?: Spacing | (string & {});
  /** as diffusers' solvers with memory: as if for one step more, the last of which is left out */
  readonly inner?: boolean;
  /** added to every timestep of `leading`: 1 in Stable Diffusion */
  readonly offset?: number;
  /** where a discrete schedule ends: at x_0, or at its level 0 as Stable Diffusion does */
  readonly end?: 'clean' | 'first';
  /** of a path: instead of the schedule's own */
  readonly shift?: number;
  /** of a path: the length of the last step; the steps before it are even */
  readonly last?: number;
  /** from x_0 to noise */
  readonly invert?: boolean;
}

/** The points where the network is asked, then the one where sampling ends. */
export type Trajectory =
  | { readonly ok: true; readonly points: readonly Point[] }
  | { readonly ok: false; readonly reason: string };

const MOST_STEPS = 100_000;

/** Timesteps of diffusers' schedulers, falling; `count` is one more where the last is left out. */
function spaced(total: number, count: number, spacing: Spacing, offset: number): number[] {
  const stride = Math.floor(total / count);
  const even = linspace(0, total - 1, count);
  const rules: Readonly<Record<Spacing, (i: number) => number>> = {
    leading: (i) => (count - 1 - i) * stride + offset,
    trailing: (i) => halfToEven(total - i * (total / count)) - 1,
    linspace: (i) => halfToEven(even[count - 1 - i]!),
  };
  return Array.from({ length: count }, (_, i) => rules[spacing](i));
}

const isSpacing = (word: string): word is Spacing => ['leading', 'trailing', 'linspace'].includes(word);

type Times = { readonly ok: true; readonly timesteps: number[] } | { readonly ok: false; readonly reason: string };

function discreteTimes(schedule: DiscreteSchedule, options: TrajectoryOptions): Times {
  const { steps, spacing = String(steps), inner = false, offset = 0 } = options;
  if (!isSpacing(spacing)) {
    const kept = keepTimesteps(schedule.steps, spacing);
    return kept.ok ? { ok: true, timesteps: kept.timesteps.reverse() } : kept;
  }
  // a trailing grid leaves nothing out: its last timestep is a stride away from 0 already
  const more = inner && spacing !== 'trailing' ? 1 : 0;
  if (steps + more > schedule.steps)
    return { ok: false, reason: `a schedule of ${schedule.steps} steps has no ${steps}` };
  const timesteps = spaced(schedule.steps, steps + more, spacing, offset).slice(0, steps);
  if (timesteps[0]! >= schedule.steps) return { ok: false, reason: `offset ${offset} leads past the last timestep` };
  return { ok: true, timesteps };
}

/** In the schedule's own time, from noise to x_0. */
function pathTimes(schedule: PathSchedule, options: TrajectoryOptions): Times {
  const { steps, spacing, last = 0, shift = schedule.shift } = options;
  const { clean, path, timesteps } = schedule;
  const at = (u: number): number => shiftTime(clean === 0 ? u : 1 - u, shift);
  const along = (us: Float64Array): number[] => Array.from(us, at);
  if (spacing === undefined && last > 0) return { ok: true, timesteps: [...along(linspace(1, last, steps)), clean] };
  if (spacing === undefined) return { ok: true, timesteps: along(linspace(1, PATHS[path].sampleMargin, steps + 1)) };
  if (spacing !== 'linspace' || clean !== 0 || timesteps === 1)
    return {
      ok: false,
      reason: 'a path has no spacing but `linspace`, and that with `clean: 0` and counted `timesteps`',
    };
  // the smallest time is shifted, and then shifted again with the others, as in diffusers
  return { ok: true, timesteps: [...along(linspace(1, shiftTime(1 / timesteps, shift), steps)), clean] };
}

export function trajectory(schedule: Schedule, options: TrajectoryOptions): Trajectory {
  const { steps, invert = false, end = 'clean' } = options;
  if (!Number.isInteger(steps) || steps < 1 || steps > MOST_STEPS)
    return { ok: false, reason: `sampling takes 1 to ${MOST_STEPS} steps` };
  const point = (t: number, level = levelAt(schedule, t)): Point => ({
    t,
    time: networkTime(schedule, t),
    share: timeShare(schedule, t),
    clock: schedule.kind === 'path' ? t : Math.atan2(level.b, level.a),
    level,
  });
  if (schedule.kind === 'path') {
    const times = pathTimes(schedule, options);
    if (!times.ok) return times;
    const { timesteps } = times;
    return { ok: true, points: (invert ? timesteps.reverse() : timesteps).map((t) => point(t)) };
  }
  const times = discreteTimes(schedule, options);
  if (!times.ok) return times;
  const points = times.timesteps.map((t) => point(t));
  // the level beyond T - 1 is noise alone
  if (invert) return { ok: true, points: [...points.reverse(), point(schedule.steps, NOISE)] };
  return { ok: true, points: [...points, end === 'first' ? point(0) : point(-1, CLEAN)] };
}

const NOISE: Level = { a: 0, b: 1, da: -1, db: 0 };
