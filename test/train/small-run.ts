/** Runs of `tiny.dit` on a few random images, in a folder that goes away. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { diskLoader, entryOf } from '../../cli/loader.ts';
import { openSpec } from '../../compiler/elaborate/spec.ts';
import { onnx } from '../../runtime/engines/onnx.ts';
import { createStream } from '../../runtime/random/stream.ts';
import { type Job, openJob } from '../../runtime/train/job.ts';
import type { Outcome, Refusal } from '../../runtime/train/refusal.ts';
import { type RunRequest, trainRun } from '../../runtime/train/run-folder.ts';
import { recording, type SpecRecord } from '../../runtime/train/spec-record.ts';
import { idx, write } from '../data/scratch.ts';

export const tinySpec = fileURLToPath(new URL('tiny.dit', import.meta.url));

export function openTiny(): { readonly spec: ReturnType<typeof openSpec>; readonly record: SpecRecord } {
  const entry = entryOf(tinySpec, readFileSync(tinySpec, 'utf8'));
  const { loader, record } = recording(entry, diskLoader(entry));
  const spec = openSpec(entry, loader);
  return { spec, record: record() };
}

export const words = (refusal: Refusal): string =>
  'problem' in refusal
    ? `${refusal.problem.file}: ${refusal.problem.message}`
    : refusal.diagnostics.map(({ message }) => message).join('; ');

export function must<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(words(outcome.refusal));
  return outcome.value;
}

export function tinyJob(recipe: Readonly<Record<string, string>> = {}, seed = 0): { job: Job; record: SpecRecord } {
  const { spec, record } = openTiny();
  const recipeOverrides = Object.entries(recipe).map(([path, value]) => ({ path, value }));
  const job = must(openJob(spec, { kind: 'target', name: 'Tiny', overrides: [], recipeOverrides, seed }));
  return { job, record };
}

/** 24 images of 8 by 8 with 3 classes, as idx files. */
export function writeData(folder: string): string {
  const stream = createStream(1, 'test data');
  const pixels = Uint8Array.from({ length: 24 * 64 }, () => stream.integer(256));
  write(folder, 'train-images-idx3-ubyte', idx([24, 8, 8], pixels));
  write(
    folder,
    'train-labels-idx1-ubyte',
    idx(
      [24],
      Array.from({ length: 24 }, (_, i) => i % 3),
    ),
  );
  return folder;
}

export const request = (
  folder: string,
  run: string,
  more: Partial<RunRequest> & { readonly recipe?: Readonly<Record<string, string>> } = {},
): RunRequest => {
  const { recipe, ...rest } = more;
  const { job, record } = tinyJob(recipe);
  return {
    job,
    spec: record,
    run: path.join(folder, run),
    data: folder,
    resume: false,
    engine: onnx,
    threads: 1,
    versions: {},
    interrupted: () => false,
    ...rest,
  };
};

export const trainTiny = (...of: Parameters<typeof request>) => trainRun(request(...of));
