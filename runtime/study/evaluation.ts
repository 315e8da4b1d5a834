/**
 * How good the samples of a trained model are: drawn, looked at by a feature net beside real images that were not trained
 * on, and scored. Everything that decides a figure is recorded with it.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Dataset } from '../data/dataset.ts';
import { openDataset } from '../data/open-dataset.ts';
import type { Engine } from '../engines/engine.ts';
import { classesBy, classifierScore, conditionalAccuracy } from '../evaluate/classification.ts';
import { featuresOf } from '../evaluate/features.ts';
import { frechetDistance, momentsOf } from '../evaluate/frechet.ts';
import { encodePng, imageGrid } from '../evaluate/image-grid.ts';
import { nearestTraining } from '../evaluate/nearest-training.ts';
import { type FeatureScores, featureScores, SCORE_OPTIONS } from '../evaluate/scores.ts';
import { createStream } from '../random/stream.ts';
import type { Drawing } from '../sample/draw.ts';
import { openSampler } from '../sample/sampler.ts';
import { reportWork } from '../sample/work-report.ts';
import { writeJson } from '../train/checkpoint.ts';
import type { Manifest } from '../train/manifest.ts';
import { done, type Outcome, refuseFor, refuseSaying } from '../train/refusal.ts';
import { labelOf } from '../train/run-data.ts';
import { writeWhole } from '../weights/file-writer.ts';
import { succeed } from '../weights/problem.ts';
import { withSystem } from '../weights/system-problem.ts';
import type { Described, FeatureNet } from './feature-net.ts';

export interface EvaluationOptions {
  readonly engine: Engine;
  readonly threads?: number;
  /** images drawn, and real ones that they are compared with */
  readonly count: number;
  readonly seed: number;
  readonly batch: number;
  /** of the drawn, how many are looked up among the images of training */
  readonly nearest: number;
  readonly interrupted?: () => boolean;
  readonly onStep?: (done: number, of: number) => void;
}

export type EvaluationDefaults = Pick<EvaluationOptions, 'count' | 'seed' | 'batch' | 'nearest'>;
export const EVALUATION_DEFAULTS: EvaluationDefaults = { count: 1000, seed: 1, batch: 50, nearest: 10 };

export interface Evaluation {
  readonly schema: 1;
  readonly weights: string;
  readonly averaged: boolean;
  readonly sampling: {
    readonly count: number;
    readonly seed: number;
    readonly step: string;
    readonly evaluations: number;
    readonly guidance: unknown;
    /** per image, guidance included: MACs, and what is saved of those of the whole model in every step */
    readonly macs: number;
    readonly macs_saved: number;
  };
  readonly real: { readonly name: string; readonly split: string; readonly count: number; readonly digest: string };
  readonly features: { readonly net: string; readonly sha256: string; readonly width: number };
  readonly scores: Omit<FeatureScores, 'options'>;
  /** the Fréchet distance of the net's output `spatial` (Nash 2021), with its width */
  readonly spatial?: { readonly frechet: number; readonly width: number };
  readonly score_options: FeatureScores['options'];
  /** the share of images that the net takes for what they were asked to be */
  readonly accuracy?: number;
  /** the same of the real images: what the net itself misses */
  readonly real_accuracy?: number;
  readonly classifier_score?: number;
  readonly accuracy_by_class?: readonly number[];
  /** of some samples: how far the nearest image of training is, and the one after it */
  readonly nearest: readonly { readonly place: number; readonly distance: number; readonly second: number }[];
  readonly seconds: number;
}

export const evaluationFile = (run: string): string => path.join(run, 'evaluation.json');

/** None where it was interrupted. */
export async function evaluateRun(
  run: string,
  manifest: Manifest,
  drawing: Drawing,
  net: FeatureNet,
  options: EvaluationOptions,
): Promise<Outcome<Evaluation | undefined>> {
  const begun = performance.now();
  const { job } = drawing;
  const { engine, threads, count, seed } = options;
  const label = labelOf(job.model.inference);
  const labels = Int32Array.from({ length: count }, (_, i) => (label === undefined ? 0 : i % label.classes));
  const sampler = await openSampler(job, {
    engine,
    threads,
    batch: Math.min(options.batch, count),
    weights: drawing.weights,
  });
  if (!sampler.ok) return sampler;
  const { image, evaluations, guided } = sampler.value;
  if (String(image) !== String(net.image)) {
    await sampler.value.dispose();
    return refuseSaying(
      net.name,
      `looks at images of ${net.image.join(' x ')}, and these are ${image.join(' x ')}`,
      'name a net for them: --features FILE#MODEL --feature-weights W',
    );
  }
  let images: Float32Array;
  try {
    images = await sampler.value.sample({ labels, seed, onStep: options.onStep, interrupted: options.interrupted });
  } finally {
    await sampler.value.dispose();
  }
  if (options.interrupted?.()) return done(undefined);
  const real = await realImages(manifest, count);
  if (!real.ok) return real;
  const drawn = await net.describe(images);
  const held = await net.describe(real.value.images);
  const [fakeFeatures, realFeatures] = [featuresOf(drawn.features, drawn.width), featuresOf(held.features, held.width)];
  if (!fakeFeatures.ok) return refuseSaying(run, fakeFeatures.reason, 'train a model that does not diverge');
  if (!realFeatures.ok) return refuseSaying(real.value.name, realFeatures.reason, 'check the data');
  const scored = featureScores(realFeatures.value, fakeFeatures.value, SCORE_OPTIONS);
  if (!scored.ok) return refuseSaying('--count', scored.reason, 'draw more images');
  const spatial = spatialDistance(held, drawn);
  const near = await nearestOf(run, manifest, images, image, Math.min(options.nearest, count));
  if (!near.ok) return near;
  const { options: score_options, ...scores } = scored.value;
  const { recipe } = job;
  const judged = label !== undefined && drawn.classes === label.classes ? drawn : undefined;
  const evaluation: Evaluation = {
    schema: 1,
    weights: path.relative(run, drawing.from) || drawing.from,
    averaged: recipe.ema !== undefined,
    sampling: {
      count,
      seed,
      step: recipe.sample.step!.block.decl.name.text,
      evaluations,
      guidance: recipe.sample.guidance ?? null,
      macs: manifest.model.macs * evaluations * (guided ? 2 : 1),
      macs_saved: reportWork(sampler.value).macs_saved,
    },
    real: real.value.about,
    features: { net: net.name, sha256: net.sha256, width: drawn.width },
    scores,
    ...(spatial && { spatial }),
    score_options,
    ...(judged && {
      accuracy: conditionalAccuracy(judged.logits!, judged.classes!, labels),
      real_accuracy: conditionalAccuracy(held.logits!, judged.classes!, real.value.labels),
      classifier_score: classifierScore(judged.logits!, judged.classes!).mean,
      accuracy_by_class: byClass(judged.logits!, judged.classes!, labels),
    }),
    nearest: near.value,
    seconds: (performance.now() - begun) / 1000,
  };
  const written = await writeJson(evaluationFile(run), evaluation);
  return written.ok ? done(evaluation) : refuseFor(written.problem);
}

function spatialDistance(real: Described, fake: Described): Evaluation['spatial'] {
  const width = real.spatialWidth;
  if (width === undefined) return undefined;
  const [a, b] = [featuresOf(real.spatial!, width), featuresOf(fake.spatial!, width)];
  return a.ok && b.ok ? { frechet: frechetDistance(momentsOf(a.value), momentsOf(b.value)), width } : undefined;
}

function byClass(logits: Float64Array, classes: number, labels: Int32Array): readonly number[] {
  const found = classesBy(logits, classes);
  return Array.from({ length: classes }, (_, label) => {
    const rows = [...labels.keys()].filter((row) => labels[row] === label);
    return rows.filter((row) => found[row] === label).length / Math.max(1, rows.length);
  });
}

/** Images that were not trained on where the data have such; else some of all. */
async function realImages({ data }: Manifest, count: number) {
  const opened = await openDataset(data.where, { ...data.options, split: 'test' });
  if (!opened.ok) return refuseFor(opened.problem);
  const dataset: Dataset = opened.value;
  const places = createStream(0, 'evaluate/real').permutation(dataset.size).subarray(0, count);
  const read = await dataset.read(places);
  dataset.close();
  if (!read.ok) return refuseFor(read.problem);
  const split = dataset.digest === data.digest ? 'all' : 'test';
  const about = { name: dataset.name, split, count: places.length, digest: dataset.digest };
  return done({ ...read.value, name: dataset.name, about });
}

/** Written beside: the samples, and under each its nearest image of training. */
async function nearestOf(
  run: string,
  { data }: Manifest,
  images: Float32Array,
  image: readonly number[],
  count: number,
) {
  if (count === 0) return done([]);
  const opened = await openDataset(data.where, data.options);
  if (!opened.ok) return refuseFor(opened.problem);
  const [height, width, channels] = image as [number, number, number];
  const some = images.subarray(0, count * height * width * channels);
  const near = await nearestTraining(some, opened.value);
  const found = near.ok ? await opened.value.read(near.value.map(({ place }) => place)) : near;
  opened.value.close();
  if (!near.ok) return refuseFor(near.problem);
  if (!found.ok) return refuseFor(found.problem);
  if (channels === 1 || channels === 3) {
    const both = new Float32Array(2 * some.length);
    both.set(some);
    both.set(found.value.images, some.length);
    const zoom = Math.max(1, Math.floor(56 / width));
    const png = encodePng(imageGrid(both, [height, width, channels], { columns: count, zoom }));
    const folder = path.join(run, 'samples');
    const made = withSystem(folder, () => mkdirSync(folder, { recursive: true }));
    if (!made.ok) return refuseFor(made.problem);
    const written = await writeWhole(path.join(folder, 'nearest.png'), [succeed(png)]);
    if (!written.ok) return refuseFor(written.problem);
  }
  return done(near.value);
}
