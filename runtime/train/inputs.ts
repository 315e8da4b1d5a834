/**
 * What each input of a training program is fed, settled before the first step: the batch and draws, numbers of the
 * schedule, scalars of the optimiser. An input that nothing here can feed is said then, not in the middle of a run.
 */
import { isScheduleName, type ScheduleNameKey, supplies } from '../../compiler/contract/schedule-names.ts';
import type { GraphInput } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { bindShape, type TensorType } from '../../compiler/ir/type.ts';
import type { Batch } from '../data/batches.ts';
import { feedOf, trainingNumbers } from '../diffusion/coefficients.ts';
import { networkTime } from '../diffusion/schedule.ts';
import { drawTimes } from '../diffusion/timestep-draw.ts';
import { createStream } from '../random/stream.ts';
import { countOf } from '../weights/tensor-file.ts';
import type { Training } from './compile.ts';
import type { Job } from './job.ts';
import { rateAt } from './rate.ts';
import { done, type Outcome, refuseSaying } from './refusal.ts';

export type Feeds = Record<string, HostTensor>;

/** One run of the program: a micro-batch of a step. */
export interface Moment {
  /** from 1 */
  readonly step: number;
  /** from 0, below `accumulate` */
  readonly part: number;
  readonly batch: Batch;
}

type Rule = (moment: Moment, place: number, times: Float64Array) => HostTensor;

const scalar = (value: number): HostTensor => ({ dtype: 'f32', shape: [], data: Float32Array.of(value) });

export interface Feeder {
  feeds(moment: Moment): Feeds;
}

export function createFeeder(job: Job, training: Training): Outcome<Feeder> {
  const { program, schedule } = training;
  const { recipe, seed, model } = job;
  const roles = new Map(model.training.inputs.map((input) => [input.name, input]));
  const rules = new Map<string, Rule>();
  const names: ScheduleNameKey[] = [];
  for (const { name, value } of program.graph.inputs) {
    const { type } = program.graph.values[value]!;
    const shape = bindShape(type.shape, recipe.batch);
    const rule = scalarRule(name, job, training) ?? batchRule(name, shape, roles.get(name), type, training, seed);
    if (rule !== undefined) rules.set(name, rule);
    else if (isScheduleName(name) && schedule !== undefined && supplies(schedule.schedule.kind, 'training', name))
      names.push(name);
    else return unknownInput(name, roles.get(name), job);
  }
  return done({
    feeds(moment) {
      const place = (moment.step - 1) * recipe.accumulate + moment.part;
      const times =
        schedule === undefined
          ? new Float64Array(recipe.batch)
          : drawTimes(schedule.schedule, schedule.draw, createStream(seed, 'time', place), recipe.batch);
      const feeds: Feeds = {};
      for (const [name, rule] of rules) feeds[name] = rule(moment, place, times);
      if (names.length === 0) return feeds;
      const numbers = trainingNumbers(schedule!.schedule, times, names, training.weight);
      for (const name of names) feeds[name] = feedOf(name, numbers[name]);
      return feeds;
    },
  });
}

function unknownInput(name: string, input: GraphInput | undefined, { recipe, model }: Job) {
  const about = `recipe ${recipe.name}`;
  if (input?.role?.kind === 'text' || input?.role?.kind === 'mask')
    return refuseSaying(
      about,
      `cannot train ${model.symbol.decl.name.text}: its input \`${name}\` takes captions, and data with captions are not read yet`,
      'train a model with labels',
    );
  if (isScheduleName(name))
    return recipe.schedule === undefined
      ? refuseSaying(
          about,
          `says no schedule, and its objective asks for \`${name}\``,
          'add `schedule: linear(steps: 1000, from: 1e-4, to: 2e-2)`',
        )
      : refuseSaying(
          about,
          `has a schedule without \`${name}\`, which its objective asks for`,
          'choose another schedule or objective',
        );
  return refuseSaying(
    about,
    `gives nothing for \`${name}\`, which its program asks for`,
    'choose blocks that ask for names of the schedule, the batch or the optimiser',
  );
}

/** Numbers that are the same for the whole batch. */
function scalarRule(name: string, { recipe }: Job, { beta1, beta2 }: Training): Rule | undefined {
  const { lr, steps, ema, accumulate } = recipe;
  switch (name) {
    case 'lr':
      return ({ step }) => scalar(rateAt(lr!, step, steps));
    case 'correct1':
      return beta1 === undefined ? undefined : ({ step }) => scalar(1 - beta1 ** step);
    case 'correct2':
      return beta2 === undefined ? undefined : ({ step }) => scalar(1 - beta2 ** step);
    case 'step':
      return ({ step }) => scalar(step);
    case 'average.decay':
      return () => scalar(ema!);
    case 'carry':
      return ({ part }) => scalar(part === 0 ? 0 : 1);
    case 'apply':
      return ({ part }) => ({ dtype: 'bool', shape: [], data: Uint8Array.of(part === accumulate - 1 ? 1 : 0) });
    default:
      return undefined;
  }
}

function batchRule(
  name: string,
  shape: readonly number[],
  input: GraphInput | undefined,
  { dtype }: TensorType,
  { schedule }: Training,
  seed: number,
): Rule | undefined {
  const drawn =
    (kind: 'uniform' | 'normal', purpose: string): Rule =>
    (_, place) => {
      const data = new Float32Array(countOf(shape));
      const stream = createStream(seed, purpose, place);
      if (kind === 'normal') stream.fillNormal(data);
      else stream.fillUniform(data);
      return { dtype: 'f32', shape, data };
    };
  if (name === 'x0') return ({ batch }) => ({ dtype: 'f32', shape, data: batch.images });
  if (name === 'noise') return drawn('normal', 'noise');
  switch (input?.role?.kind) {
    case 'timestep':
      if (schedule === undefined) return undefined;
      return (_, __, times) => ({
        dtype: 'f32',
        shape,
        data: Float32Array.from(times, (t) => networkTime(schedule.schedule, t)),
      });
    case 'label':
      return ({ batch }) => ({ dtype: 'int', shape, data: batch.labels });
    case 'drop':
      return ({ batch }) =>
        dtype === 'bool'
          ? { dtype, shape, data: batch.dropped }
          : { dtype: 'f32', shape, data: Float32Array.from(batch.dropped) };
    case 'uniform':
    case 'normal':
      return drawn(input.role.kind, `draw/${name}`);
    default:
      return undefined;
  }
}
