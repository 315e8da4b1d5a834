/** Samples of a trained model as files: a grid of them, their numbers, a strip of how they came about. */

import { existsSync } from 'node:fs';
import { type Override, openSpec } from '../../compiler/elaborate/spec.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { blockNamed, blocksOf } from '../../compiler/program/named-block.ts';
import { nearest } from '../../dsl/suggest.ts';
import type { Engine } from '../engines/engine.ts';
import { encodePng, imageGrid } from '../evaluate/image-grid.ts';
import { newestCheckpoint, openCheckpoint } from '../train/checkpoint.ts';
import { type Job, openJob } from '../train/job.ts';
import { readManifest } from '../train/manifest.ts';
import { done, type Outcome, refuseFor, refuseSaying } from '../train/refusal.ts';
import { labelOf } from '../train/run-data.ts';
import { replay } from '../train/spec-record.ts';
import { weightsFile } from '../train/weights-file.ts';
import { writeWhole } from '../weights/file-writer.ts';
import { loadWeights, type Wanted } from '../weights/load.ts';
import { type Result, succeed } from '../weights/problem.ts';
import { entriesOf, writeSafetensors } from '../weights/safetensors.ts';
import type { TensorFile } from '../weights/tensor-file.ts';
import { openWeights } from '../weights/weights-file.ts';
import { openSampler } from './sampler.ts';
import { reportWork, type WorkReport } from './work-report.ts';

export interface Drawing {
  readonly job: Job;
  readonly weights: ReadonlyMap<string, HostTensor>;
  /** the file that they are from */
  readonly from: string;
}

export interface Choices {
  /** a file, instead of the run's own */
  readonly weights?: string;
  /** the name of a step, instead of the recipe's */
  readonly sampler?: string;
}

/** The job of a run folder, as it was recorded there. */
export function jobOfRun(run: string, recipeOverrides: readonly Override[]): Outcome<Job> {
  const manifest = readManifest(run);
  if (!manifest.ok) return refuseFor(manifest.problem);
  const { spec: record, origin } = manifest.value;
  const { entry, loader } = replay(record);
  return openJob(openSpec(entry, loader), origin, recipeOverrides);
}

/** Weights of the finished run, or else those of its last checkpoint, averaged ones first; or of a file. */
export async function openTrained(
  from: string | Job,
  recipeOverrides: readonly Override[],
  { weights, sampler }: Choices,
): Promise<Outcome<Drawing>> {
  const opened = typeof from === 'string' ? jobOfRun(from, recipeOverrides) : done(from);
  if (!opened.ok) return opened;
  const chosen = sampler === undefined ? opened : withSampler(opened.value, sampler);
  if (!chosen.ok) return chosen;
  const job = chosen.value;
  const file = await openSource(from, weights);
  if (!file.ok) return refuseFor(file.problem);
  const averaged = file.value.tensors.has(`ema.${weightsOf(job.model.inference)[0]?.path}`);
  const wanted = weightsOf(job.model.inference).map(
    ({ path, weight }): Wanted => ({ path: averaged ? `ema.${path}` : path, weight }),
  );
  const loaded = loadWeights(file.value, wanted);
  file.value.close();
  if (!loaded.ok) return refuseFor(loaded.problem);
  const named = new Map(
    [...loaded.value.tensors].map(([name, tensor]) => [averaged ? name.slice('ema.'.length) : name, tensor]),
  );
  return done({ job, weights: named, from: file.value.file });
}

async function openSource(from: string | Job, weights: string | undefined): Promise<Result<TensorFile>> {
  if (weights !== undefined) return openWeights(weights);
  const run = from as string;
  if (existsSync(weightsFile(run))) return openWeights(weightsFile(run));
  const { checkpoint } = await newestCheckpoint(run);
  if (checkpoint !== undefined) return openCheckpoint(checkpoint);
  return {
    ok: false,
    problem: {
      kind: 'missing',
      file: run,
      message: 'has no weights yet',
      remedy: 'train on with --resume, or name a file: --weights W.safetensors',
    },
  };
}

function withSampler(job: Job, name: string): Outcome<Job> {
  const { spec, recipe } = job;
  const step = blockNamed(spec, name, spec.entry);
  if (step !== undefined) return done({ ...job, recipe: { ...recipe, sample: { ...recipe.sample, step } } });
  const known = blocksOf(spec, 'std.samplers').filter((each) => each !== 'guide');
  const close = nearest(name, known);
  return refuseSaying(
    `--sampler ${name}`,
    'is no block that this spec knows',
    close ? `did you mean \`${close}\`?` : `there are ${known.join(', ')}`,
  );
}

export interface SampleRequest {
  readonly out: string;
  readonly arrays?: string;
  readonly trajectory?: string;
  /** none: every class in turn */
  readonly labels?: readonly number[];
  readonly count: number;
  readonly columns?: number;
  readonly seed: number;
  readonly batch: number;
  readonly engine: Engine;
  readonly threads?: number;
  readonly interrupted?: () => boolean;
  readonly onStep?: (done: number, of: number) => void;
}

export interface Drawn {
  readonly files: readonly string[];
  readonly labels: readonly number[];
  readonly seconds: number;
  readonly weights: string;
  readonly work: WorkReport;
}

const MOST_IMAGES = 100_000;
const STRIP = 5;

export async function drawSamples({ job, weights, from }: Drawing, request: SampleRequest): Promise<Outcome<Drawn>> {
  const { engine, threads, seed, count } = request;
  const classes = labelOf(job.model.inference)?.classes ?? 1;
  const given = request.labels ?? Array.from({ length: classes }, (_, label) => label);
  const wrong = given.find((label) => !(Number.isInteger(label) && label >= 0 && label < classes));
  if (wrong !== undefined)
    return refuseSaying(
      '--labels',
      Number.isNaN(wrong) ? 'is no list of labels' : `has the label ${wrong}, and there are 0 to ${classes - 1}`,
      'write `7`, `0..9` or `1,3,5`',
    );
  if (count < 1 || count > MOST_IMAGES)
    return refuseSaying('--count', `must be 1 to ${MOST_IMAGES}`, 'sample fewer at once');
  const labels = Array.from({ length: count }, (_, i) => given[i % given.length]!);
  const batch = Math.min(Math.max(1, request.batch), count);
  const sampler = await openSampler(job, { engine, threads, batch, weights });
  if (!sampler.ok) return sampler;
  const { image } = sampler.value;
  const strip: Float32Array[] = [];
  const begun = performance.now();
  let images: Float32Array;
  const every = Math.max(1, Math.floor(sampler.value.evaluations / 10));
  try {
    images = await sampler.value.sample({
      labels,
      seed,
      interrupted: request.interrupted,
      onStep: request.onStep,
      onSample:
        request.trajectory === undefined
          ? undefined
          : (xt, step) => {
              const isLast = step === sampler.value.evaluations - 1;
              if (step % every === 0 || isLast)
                strip.push((xt.data as Float32Array).slice(0, STRIP * image[0]! * image[1]! * image[2]!));
            },
    });
  } finally {
    await sampler.value.dispose();
  }
  const work = reportWork(sampler.value);
  if (request.interrupted?.()) return done({ files: [], labels, seconds: 0, weights: from, work });
  const seconds = (performance.now() - begun) / 1000;
  const [height, width, channels] = image as [number, number, number];
  const files: string[] = [];
  if (channels === 1 || channels === 3) {
    const columns =
      request.columns ??
      Math.min(count, given.length > 1 && given.length <= 20 ? given.length : Math.ceil(Math.sqrt(count)));
    const written = await writePng(request.out, images, [height, width, channels], columns);
    if (!written.ok) return refuseFor(written.problem);
    files.push(request.out);
    if (request.trajectory !== undefined) {
      const shown = await writePng(
        request.trajectory,
        turned(strip, height * width * channels),
        [height, width, channels],
        strip.length,
      );
      if (!shown.ok) return refuseFor(shown.problem);
      files.push(request.trajectory);
    }
  } else if (request.arrays === undefined) {
    return refuseSaying(
      job.model.symbol.decl.name.text,
      `makes images of ${channels} channels, which are no picture before they are decoded`,
      'take the numbers: --arrays FILE.safetensors',
    );
  }
  if (request.arrays !== undefined) {
    const tensors: [string, HostTensor][] = [
      ['images', { dtype: 'f32', shape: [count, ...image], data: images }],
      ['labels', { dtype: 'int', shape: [count], data: Int32Array.from(labels) }],
    ];
    const written = await writeSafetensors(request.arrays, entriesOf(tensors), [['ditc.seed', String(seed)]]);
    if (!written.ok) return refuseFor(written.problem);
    files.push(request.arrays);
  }
  return done({ files, labels, seconds, weights: from, work });
}

/** A row an image, a column a step. */
function turned(strip: readonly Float32Array[], size: number): Float32Array {
  const rows = (strip[0]?.length ?? 0) / size;
  const all = new Float32Array(strip.length * rows * size);
  for (const [column, images] of strip.entries())
    for (let row = 0; row < rows; row++)
      all.set(images.subarray(row * size, (row + 1) * size), (row * strip.length + column) * size);
  return all;
}

const writePng = (
  file: string,
  images: Float32Array,
  [height, width, channels]: readonly [number, number, number],
  columns: number,
) =>
  writeWhole(file, [
    succeed(
      encodePng(imageGrid(images, [height, width, channels], { columns, zoom: Math.max(1, Math.floor(56 / width)) })),
    ),
  ]);
