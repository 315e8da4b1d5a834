/**
 * Training: steps of a program until the recipe's end. Everything random is keyed by seed, step and purpose and all else is
 * in the checkpoint, so a run that was killed and goes on ends with the bytes of one that never was.
 */
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import type { State } from '../../compiler/lower/program.ts';
import type { Batches } from '../data/batches.ts';
import { prefetch } from '../data/prefetch.ts';
import type { Engine, Session } from '../engines/engine.ts';
import { loadProgram } from '../engines/load.ts';
import { initialTensor } from '../weights/initialise.ts';
import { loadWeights } from '../weights/load.ts';
import { type Problem, type Result, succeed } from '../weights/problem.ts';
import { firstBadIndex } from '../weights/statistics.ts';
import {
  type Checkpoint,
  listCheckpoints,
  newestCheckpoint,
  openCheckpoint,
  pruneCheckpoints,
  writeCheckpoint,
} from './checkpoint.ts';
import type { Training } from './compile.ts';
import { createFeeder, type Feeder } from './inputs.ts';
import type { Job } from './job.ts';
import { rateAt } from './rate.ts';
import { done, type Outcome, refuseFor, refuseSaying } from './refusal.ts';

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

export interface TrainOptions {
  readonly run: string;
  readonly engine: Engine;
  readonly threads?: number;
  readonly resume: boolean;
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

/** Sums of gradients are empty between steps. */
const isKept = ({ name }: State): boolean => !name.startsWith('sum.');

interface Start {
  readonly step: number;
  readonly seconds: number;
  readonly state: ReadonlyMap<string, HostTensor>;
}

function freshState({ program }: Training, seed: number): Map<string, HostTensor> {
  return new Map(
    program.state.map(({ name, type, init }) => {
      // an average starts as the weight that it follows
      const path = name.replace(/^ema\./, '');
      return [name, initialTensor({ path, weight: { type, init } }, seed)];
    }),
  );
}

async function begin(job: Job, training: Training, { run, resume }: TrainOptions): Promise<Outcome<Start>> {
  const state = freshState(training, job.seed);
  if (!resume) return done({ state, step: 0, seconds: 0 });
  const { checkpoint } = await newestCheckpoint(run);
  if (checkpoint === undefined) return done({ state, step: 0, seconds: 0 });
  if (checkpoint.digest !== training.digest)
    return refuseSaying(
      run,
      'was trained by another model, recipe or seed',
      'go on with the same ones, or train into another folder',
    );
  const file = openCheckpoint(checkpoint);
  if (!file.ok) return refuseFor(file.problem);
  const wanted = training.program.state.filter(isKept);
  const loaded = loadWeights(
    file.value,
    wanted.map((each) => ({ path: each.name, weight: each })),
  );
  file.value.close();
  if (!loaded.ok) return refuseFor(loaded.problem);
  for (const [name, tensor] of loaded.value.tensors) state.set(name, tensor);
  return done({ state, step: checkpoint.step, seconds: checkpoint.seconds });
}

/** Where a run begins, in the engine: what it was loaded from is not held beside it. */
async function open(job: Job, training: Training, options: TrainOptions): Promise<Outcome<Opened>> {
  const start = await begin(job, training, options);
  if (!start.ok) return start;
  const { state, step, seconds } = start.value;
  const { engine, threads } = options;
  const session = await loadProgram(engine, training.program, state, { batch: job.recipe.batch, threads });
  return done({ session, step, seconds });
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

interface Opened {
  readonly session: Session;
  /** that were done before, in so many seconds */
  readonly step: number;
  readonly seconds: number;
}

interface Running extends Opened {
  readonly job: Job;
  readonly training: Training;
  readonly batches: Batches;
  readonly options: TrainOptions;
  readonly feeder: Feeder;
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
      return diverged(job, step, options.run, await blame(running, ran.value));
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

/** The batch of one run of the program, `place` counting them from 0. */
async function prepare({ batches, feeder, job }: Running, place: number) {
  const batch = await batches.at(place);
  if (!batch.ok) return batch;
  const { accumulate } = job.recipe;
  const step = Math.floor(place / accumulate) + 1;
  return { ok: true, value: feeder.feeds({ step, part: place % accumulate, batch: batch.value }) } as const;
}

/** All runs of a step; the terms of its loss, averaged over them. */
async function runStep(
  { job, session }: Running,
  parts: { next(): ReturnType<typeof prepare> },
): Promise<Result<Record<string, number>>> {
  const mean = createMean();
  for (let part = 0; part < job.recipe.accumulate; part++) {
    const feeds = await parts.next();
    if (!feeds.ok) return feeds;
    const results = await session.run(feeds.value);
    mean.add(Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data[0]!])));
  }
  return succeed(mean.values());
}

const whatIsLeft = (run: string): string => {
  const [newest] = listCheckpoints(run);
  return newest === undefined ? 'there is no checkpoint' : `the checkpoint of step ${newest.step} is whole`;
};

const atStep = (problem: Problem, step: number, run: string): Problem => ({
  ...problem,
  message: `${problem.message} (step ${step}; ${whatIsLeft(run)})`,
});

async function readState({ training, session }: Running): Promise<Map<string, HostTensor>> {
  const state = new Map<string, HostTensor>();
  for (const each of training.program.state) if (isKept(each)) state.set(each.name, await session.read(each.name));
  return state;
}

const notFinite = (state: ReadonlyMap<string, HostTensor>): string | undefined =>
  [...state].find(([, { data }]) => firstBadIndex(data) !== undefined)?.[0];

/** What went wrong first, as far as the state after the step shows it. */
async function blame(running: Running, terms: Readonly<Record<string, number>>): Promise<string> {
  const [term] = Object.entries(terms).find(([, value]) => !Number.isFinite(value))!;
  const state = await readState(running);
  const names = running.training.program.state.filter(({ trained }) => trained).map(({ name }) => name);
  const bad = names.filter((name) => firstBadIndex(state.get(name)!.data) !== undefined);
  if (bad.length === 0) return `\`${term}\` of the loss is not finite, while all weights are`;
  return `\`${term}\` is not finite; of ${names.length} weights ${bad.length} are not, the first \`${bad[0]}\``;
}

const diverged = ({ recipe }: Job, step: number, run: string, message: string) =>
  refuseSaying(
    `step ${step}`,
    `${message}; ${whatIsLeft(run)}`,
    `lower the rate (lr: ${recipe.lr!.to / 3}) or clip gradients (clip: 1), then go on with --resume`,
    'malformed',
  );

function createMean() {
  const sums = new Map<string, number>();
  let count = 0;
  return {
    add(values: Readonly<Record<string, number>>): void {
      count++;
      for (const [name, value] of Object.entries(values)) sums.set(name, (sums.get(name) ?? 0) + value);
    },
    count: () => count,
    values: () => Object.fromEntries([...sums].map(([name, sum]) => [name, sum / count])),
  };
}
