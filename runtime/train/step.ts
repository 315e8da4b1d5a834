/** One step of a run on an engine: its batches, its draws, and what it says of itself. */
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import type { Batches } from '../data/batches.ts';
import type { Session } from '../engines/engine.ts';
import { type Result, succeed } from '../weights/problem.ts';
import type { Training } from './compile.ts';
import type { Feeder } from './inputs.ts';
import type { Job } from './job.ts';
import { isKept } from './start.ts';

export interface Stepping {
  readonly job: Job;
  readonly training: Training;
  readonly batches: Batches;
  readonly feeder: Feeder;
  readonly session: Session;
}

/** The batch of one run of the program, `place` counting them from 0. */
export async function prepare({ batches, feeder, job }: Omit<Stepping, 'session'>, place: number) {
  const batch = await batches.at(place);
  if (!batch.ok) return batch;
  const { accumulate } = job.recipe;
  const step = Math.floor(place / accumulate) + 1;
  return { ok: true, value: feeder.feeds({ step, part: place % accumulate, batch: batch.value }) } as const;
}

/** All runs of a step; the terms of its loss, averaged over them. */
export async function runStep(
  { job, session }: Stepping,
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

export async function readState({
  training,
  session,
}: Pick<Stepping, 'training' | 'session'>): Promise<Map<string, HostTensor>> {
  const state = new Map<string, HostTensor>();
  for (const each of training.program.state) if (isKept(each)) state.set(each.name, await session.read(each.name));
  return state;
}

export function createMean() {
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
