/**
 * Why a loss is not finite: the step is done again, from the last checkpoint and bit for bit, and this time every value on
 * its way is looked at, in the order in which they are computed.
 */

import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { everyValue } from '../../compiler/lower/every-value.ts';
import { fits } from '../engines/footprint.ts';
import { firstBadIndex } from '../weights/statistics.ts';
import { newestCheckpoint } from './checkpoint.ts';
import { open, type StartOptions, withSums } from './start.ts';
import { prepare, readState, runStep, type Stepping } from './step.ts';

export interface Blaming extends Stepping {
  readonly options: StartOptions;
}

/** Going back to the step may take so long, in milliseconds. */
const LONGEST = 60_000;

/** In words: the term, and the value that was first where that can be found. */
export async function blame(running: Blaming, step: number, terms: Readonly<Record<string, number>>): Promise<string> {
  const [term] = Object.entries(terms).find(([, value]) => !Number.isFinite(value))!;
  const first = await firstNotFinite(running, step);
  if (first !== undefined) return `\`${term}\` is not finite; the first value on its way that is not is \`${first}\``;
  const state = await readState(running);
  const names = running.training.program.state.filter(({ trained }) => trained).map(({ name }) => name);
  const bad = names.filter((name) => firstBadIndex(state.get(name)!.data) !== undefined);
  if (bad.length === 0) return `\`${term}\` of the loss is not finite, while all weights are`;
  return `\`${term}\` is not finite; of ${names.length} weights ${bad.length} are not, the first \`${bad[0]}\``;
}

async function firstNotFinite(running: Blaming, step: number): Promise<string | undefined> {
  const { job, training, options } = running;
  const { batch, accumulate } = job.recipe;
  if (!(await fits(options.engine, training.program, batch)).ok) return undefined;
  const state = await stateBefore(running, step);
  if (state === undefined) return undefined;
  const { program } = training;
  const looked = {
    ...program,
    graph: everyValue(program.graph),
    state: program.state.map(({ update: _, ...each }) => each),
  };
  if (!(await fits(options.engine, looked, batch)).ok) return undefined;
  const session = await options.engine.load(looked, state, { batch, threads: options.threads });
  try {
    for (let part = 0; part < accumulate; part++) {
      const feeds = await prepare(running, (step - 1) * accumulate + part);
      if (!feeds.ok) return undefined;
      const values = await session.run(feeds.value);
      const names = Object.keys(values).slice(program.graph.results.length);
      const bad = names.find((name) => firstBadIndex(values[name]!.data) !== undefined);
      if (bad !== undefined) return bad;
    }
    return undefined;
  } finally {
    await session.dispose();
  }
}

/** The state that the step began with; none where going there takes too long. */
async function stateBefore(running: Blaming, step: number): Promise<ReadonlyMap<string, HostTensor> | undefined> {
  const { job, training, options } = running;
  const { checkpoint } = await newestCheckpoint(options.run);
  const opened = await open(job, training, { ...options, checkpoint });
  if (!opened.ok) return undefined;
  const { session, step: from } = opened.value;
  try {
    const begun = performance.now();
    let place = from * job.recipe.accumulate;
    const parts = { next: () => prepare(running, place++) };
    for (let at = from + 1; at < step; at++) {
      if (performance.now() - begun > LONGEST) return undefined;
      if (!(await runStep({ ...running, session }, parts)).ok) return undefined;
    }
    return withSums(training, job.seed, await readState({ training, session }));
  } finally {
    await session.dispose();
  }
}
