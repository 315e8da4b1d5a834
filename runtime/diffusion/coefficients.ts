/**
 * The numbers of the schedule for times drawn in training: one a sample, by the names of the contract
 * (`compiler/contract/schedule-names.ts`), in float64. Names that only a step of sampling has are in `plan.ts`.
 */
import { SCHEDULE_NAMES, type ScheduleNameKey, supplies } from '../../compiler/contract/schedule-names.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { CLEAN, type Level, logVariance, type Posterior, posterior } from './level.ts';
import { evenWeight, type LossWeight } from './loss-weight.ts';
import { type DiscreteSchedule, levelAt, type Schedule } from './schedule.ts';

interface Moment {
  readonly t: number;
  readonly level: Level;
  /** of the step from t to t - 1 */
  readonly posterior: () => Posterior;
  readonly logMin: () => number;
  readonly weight: LossWeight;
}

type TrainingName = 'a' | 'b' | 'da' | 'db' | 'p0' | 'pt' | 'log_min' | 'log_max' | 'first' | 'weight';

const RULES: Readonly<Record<TrainingName, (moment: Moment) => number>> = {
  a: ({ level }) => level.a,
  b: ({ level }) => level.b,
  da: ({ level }) => level.da,
  db: ({ level }) => level.db,
  p0: ({ posterior }) => posterior().p0,
  pt: ({ posterior }) => posterior().pt,
  log_min: ({ logMin }) => logMin(),
  log_max: ({ posterior }) => Math.log(posterior().stepVariance),
  first: ({ t }) => (t === 0 ? 1 : 0),
  weight: ({ level, weight }) => weight(level),
};

/** q(x_{t-1} | x_t, x_0) */
const stepBack = (schedule: DiscreteSchedule, t: number): Posterior =>
  posterior(levelAt(schedule, t), t === 0 ? CLEAN : levelAt(schedule, t - 1));

function momentOf(schedule: Schedule, t: number, weight: LossWeight): Moment {
  const back = (t: number): Posterior => {
    if (schedule.kind !== 'discrete') throw new Error('a path has no step before t');
    return stepBack(schedule, t);
  };
  return {
    t,
    level: levelAt(schedule, t),
    posterior: () => back(t),
    // the step to x_0 has no variance and takes that of the step after it
    logMin: () => logVariance(t > 0 ? back(t).variance : back(1).variance),
    weight,
  };
}

/** The names that this schedule supplies in training. */
export const trainingNames = (schedule: Schedule): ScheduleNameKey[] =>
  (Object.keys(SCHEDULE_NAMES) as ScheduleNameKey[]).filter((name) => supplies(schedule.kind, 'training', name));

/** Each name for each time; every name must be among `trainingNames`. */
export function trainingNumbers<Name extends ScheduleNameKey>(
  schedule: Schedule,
  times: Float64Array,
  names: readonly Name[],
  weight: LossWeight = evenWeight,
): Record<Name, Float64Array> {
  const moments = Array.from(times, (t) => momentOf(schedule, t, weight));
  const numbers = {} as Record<Name, Float64Array>;
  for (const name of names) {
    if (!supplies(schedule.kind, 'training', name))
      throw new Error(`a ${schedule.kind} schedule has no ${name} in training`);
    numbers[name] = Float64Array.from(moments, RULES[name as TrainingName]);
  }
  return numbers;
}

/** Numbers of one name as they are fed. */
export function feedOf(name: ScheduleNameKey, values: ArrayLike<number>): HostTensor {
  const dtype = SCHEDULE_NAMES[name].dtype;
  const data = dtype === 'bool' ? Uint8Array.from(values) : Float32Array.from(values);
  return { dtype, shape: [values.length], data };
}
