/** The training loop itself, as `ditc train` runs it: data of MNIST, draws, steps; it goes on when it is told to. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { diskLoader, entryOf } from '../../cli/loader.ts';
import { openSpec } from '../../compiler/elaborate/spec.ts';
import type { Program } from '../../compiler/lower/program.ts';
import type { Engine } from '../../runtime/engines/engine.ts';
import { compileTraining } from '../../runtime/train/compile.ts';
import { openJob } from '../../runtime/train/job.ts';
import { done, type Outcome } from '../../runtime/train/refusal.ts';
import { batchesOf, openRunData } from '../../runtime/train/run-data.ts';
import { train } from '../../runtime/train/train.ts';
import { LOOP_STEPS } from './subjects.ts';

function must<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(JSON.stringify(outcome.refusal));
}

/** `step` lets the loop do so many steps, and waits for them. */
export async function loopSteps(engine: Engine, threads: number): Promise<{ program: Program; step(): Promise<void> }> {
  const file = path.join(import.meta.dirname, 'loop.dit');
  const entry = entryOf(file, readFileSync(file, 'utf8'));
  const spec = openSpec(entry, diskLoader(entry));
  const recipeOverrides = [{ path: 'steps', value: '1000000' }];
  const job = must(
    openJob(spec, { kind: 'target', name: 'loop', overrides: [], recipe: 'plain', recipeOverrides, seed: 0 }),
  );
  const training = must(compileTraining(job));
  const data = must(await openRunData(job, 'mnist'));
  let go = (): void => undefined;
  let arrived = (): void => undefined;
  const pause = (): Promise<void> => {
    arrived();
    return new Promise((resolve) => {
      go = resolve;
    });
  };
  const atPause = (): Promise<void> =>
    new Promise((resolve) => {
      arrived = resolve;
    });
  const first = atPause();
  void train(job, training, must(batchesOf(job, data.dataset)), {
    run: mkdtempSync(path.join(tmpdir(), 'ditc-bench-')),
    engine,
    threads,
    interrupted: () => false,
    watcher: {
      async after(step) {
        if (step % LOOP_STEPS === 0) await pause();
        return done(undefined);
      },
    },
  });
  await first;
  return {
    program: training.program,
    step() {
      const next = atPause();
      go();
      return next;
    },
  };
}
