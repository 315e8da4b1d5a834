/**
 * Training: steps of a program until the recipe's end. Everything random is keyed by seed, step and purpose and all else is
 * in the checkpoint, so a run that was killed and goes on ends with the bytes of one that never was.
 */
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import type { Batches } from '../data/batches.ts';
import { prefetch } from '../data/prefetch.ts';
import type { Problem } from '../weights/problem.ts';
import { firstBadIndex } from '../weights/statistics.ts';
import { type Blaming, blame } from './blame.ts';
import { type Checkpoint, listCheckpoints, pruneCheckpoints, writeCheckpoint } from './checkpoint.ts';
import type { Training } from './compile.ts';
import { createFeeder } from './inputs.ts';
import type { Job } from './job.ts';
import { rateAt } from './rate.ts';
import { done, type Outcome, refuseFor, refuseSaying } from './refusal.ts';
import { type Opened, open, type StartOptions } from './start.ts';
import { createMean, prepare, readState, runStep } from './step.ts';

export interface StepReport {
  readonly step: number;
  /** terms of the loss, and the norm of the gradients where it is clipped: means over the steps since the last report */
  readonly terms: Readonly<Record<string, number>>;
  readonly lr: number;
  readonly imagesPerSecond: number;
  /** of training so far */
  readonly seconds: number;
}

export interface Watcher {
  /** about every `reportEvery` steps, and at the last one */
  step?(report: StepReport): Outcome<void>;
  checkpoint?(checkpoint: Checkpoint): Outcome<void>;
  /** after each step: `read` gives the state as it is now */
  after?(step: number, read: (name: string) => Promise<HostTensor>): Promise<Outcome<void>>;
}

export interface TrainOptions extends StartOptions {
  readonly watcher: Watcher;
  readonly reportEvery?: number;
  /** looked at after each step */
  readonly interrupted: () => boolean;
}

export interface Trained {
  readonly ending: 'finished' | 'interrupted';
  readonly step: number;
  readonly seconds: number;
  /** state by name, as it ended */
  readonly state: ReadonlyMap<string, HostTensor>;
}

export async function train(
  job: Job,
  training: Training,
  batches: Batches,
  options: TrainOptions,
): Promise<Outcome<Trained>> {
  const feeder = createFeeder(job, training);
  if (!feeder.ok) return feeder;
  const opened = await open(job, training, options);
  if (!opened.ok) return opened;
  try {
    return await loop({ job, training, batches, options, feeder: feeder.value, ...opened.value });
  } finally {
    await opened.value.session.dispose();
  }
}

interface Running extends Blaming, Opened {
  readonly options: TrainOptions;
}

async function loop(running: Running): Promise<Outcome<Trained>> {
  const { job, options, session, seconds } = running;
  const { recipe } = job;
  const { watcher, reportEvery = 10 } = options;
  const total = recipe.steps ?? Number.POSITIVE_INFINITY;
  const saveEvery = recipe.save_every ?? Math.max(100, Math.ceil((recipe.steps ?? 1000) / 10));
  const parts = prefetch((place) => prepare(running, place), running.step * recipe.accumulate);
  const begun = performance.now();
  const secondsNow = (): number => seconds + (performance.now() - begun) / 1000;
  let { step } = running;
  let saved = step;
  let mean = createMean();
  let sinceSaved = createMean();
  let since = performance.now();

  const save = async (): Promise<Outcome<void>> => {
    const state = await readState(running);
    const bad = notFinite(state);
    if (bad !== undefined)
      return diverged(job, step, options.run, `the weight or moment \`${bad}\` is no longer finite`);
    const written = await writeCheckpoint(options.run, state, {
      step,
      digest: running.training.digest,
      seconds: Math.round(secondsNow() * 1000) / 1000,
      loss: sinceSaved.values().loss,
    });
    if (!written.ok) return refuseFor(atStep(written.problem, step, options.run));
    saved = step;
    sinceSaved = createMean();
    pruneCheckpoints(options.run, recipe.keep);
    return watcher.checkpoint?.(written.value) ?? done(undefined);
  };

  while (step < total && secondsNow() < (recipe.seconds ?? Number.POSITIVE_INFINITY)) {
    step++;
    const ran = await runStep(running, parts);
    if (!ran.ok) return refuseFor(atStep(ran.problem, step, options.run));
    mean.add(ran.value);
    sinceSaved.add(ran.value);
    if (!Object.values(ran.value).every(Number.isFinite))
      return diverged(job, step, options.run, await blame(running, step, ran.value));
    const isLast = step === total;
    if (step % reportEvery === 0 || isLast || step === 1) {
      const now = performance.now();
      const imagesPerSecond = (mean.count() * recipe.batch * recipe.accumulate) / ((now - since) / 1000);
      const lr = rateAt(recipe.lr!, step, recipe.steps);
      const told = watcher.step?.({ step, terms: mean.values(), lr, imagesPerSecond, seconds: secondsNow() });
      if (told?.ok === false) return told;
      mean = createMean();
      since = now;
    }
    if (step % saveEvery === 0 && !isLast) {
      const outcome = await save();
      if (!outcome.ok) return outcome;
    }
    const after = await watcher.after?.(step, (name) => session.read(name));
    if (after?.ok === false) return after;
    if (options.interrupted()) break;
  }
  if (saved !== step) {
    const outcome = await save();
    if (!outcome.ok) return outcome;
  }
  const ending = options.interrupted() && step < total ? 'interrupted' : 'finished';
  return done({ ending, step, seconds: secondsNow(), state: await readState(running) });
}

const whatIsLeft = (run: string): string => {
  const [newest] = listCheckpoints(run);
  return newest === undefined ? 'there is no checkpoint' : `the checkpoint of step ${newest.step} is whole`;
};

const atStep = (problem: Problem, step: number, run: string): Problem => ({
  ...problem,
  message: `${problem.message} (step ${step}; ${whatIsLeft(run)})`,
});

const notFinite = (state: ReadonlyMap<string, HostTensor>): string | undefined =>
  [...state].find(([, { data }]) => firstBadIndex(data) !== undefined)?.[0];

const diverged = ({ recipe }: Job, step: number, run: string, message: string) =>
  refuseSaying(
    `step ${step}`,
    `${message}; ${whatIsLeft(run)}`,
    `lower the rate (lr: ${recipe.lr!.to / 3}) or clip gradients (clip: 1), then go on with --resume`,
    'malformed',
  );
