/** Where a run begins: initial values, or a checkpoint. */
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import type { State } from '../../compiler/lower/program.ts';
import type { Engine, Session } from '../engines/engine.ts';
import { loadProgram } from '../engines/load.ts';
import { initialTensor } from '../weights/initialise.ts';
import { loadWeights } from '../weights/load.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import type { Training } from './compile.ts';
import type { Job } from './job.ts';
import { done, type Outcome, refuseFor, refuseSaying } from './refusal.ts';

export interface StartOptions {
  readonly run: string;
  readonly engine: Engine;
  readonly threads?: number;
  /** to go on from: one whose bytes were found whole (`newestCheckpoint`); the initial values unless said */
  readonly checkpoint?: Checkpoint;
}

/** Sums of gradients are empty between steps. */
export const isKept = ({ name }: State): boolean => !name.startsWith('sum.');

interface Start {
  readonly step: number;
  readonly seconds: number;
  readonly state: ReadonlyMap<string, HostTensor>;
}

function freshState(state: readonly State[], seed: number): Map<string, HostTensor> {
  return new Map(
    state.map(({ name, type, init }) => {
      // an average starts as the weight that it follows
      const path = name.replace(/^ema\./, '');
      return [name, initialTensor({ path, weight: { type, init } }, seed)];
    }),
  );
}

/** All state of what is kept between steps. */
export const withSums = (
  { program }: Training,
  seed: number,
  kept: ReadonlyMap<string, HostTensor>,
): ReadonlyMap<string, HostTensor> =>
  new Map([
    ...kept,
    ...freshState(
      program.state.filter((each) => !isKept(each)),
      seed,
    ),
  ]);

function begin(job: Job, training: Training, { run, checkpoint }: StartOptions): Outcome<Start> {
  const all = training.program.state;
  if (checkpoint === undefined) return done({ state: freshState(all, job.seed), step: 0, seconds: 0 });
  if (checkpoint.digest !== training.digest)
    return refuseSaying(
      run,
      'was trained by another model, recipe or seed',
      'go on with the same ones, or train into another folder',
    );
  const file = openCheckpoint(checkpoint);
  if (!file.ok) return refuseFor(file.problem);
  const loaded = loadWeights(
    file.value,
    all.filter(isKept).map((each) => ({ path: each.name, weight: each })),
  );
  file.value.close();
  if (!loaded.ok) return refuseFor(loaded.problem);
  const state = withSums(training, job.seed, loaded.value.tensors);
  return done({ state, step: checkpoint.step, seconds: checkpoint.seconds });
}

export interface Opened {
  readonly session: Session;
  /** that were done before, in so many seconds */
  readonly step: number;
  readonly seconds: number;
}

/** In the engine: what it was loaded from is not held beside it. */
export async function open(job: Job, training: Training, options: StartOptions): Promise<Outcome<Opened>> {
  const start = begin(job, training, options);
  if (!start.ok) return start;
  const { state, step, seconds } = start.value;
  const { engine, threads } = options;
  const session = await loadProgram(engine, training.program, state, { batch: job.recipe.batch, threads });
  return done({ session, step, seconds });
}
