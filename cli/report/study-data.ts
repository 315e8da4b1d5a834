/** A study folder as the report reads it (docs/training.md says what is in it). Files that are not there, or are half there, are left out. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { type Manifest, readManifest } from '../../runtime/train/manifest.ts';
import { specRecordSchema } from '../../runtime/train/spec-record.ts';

const text = z.record(z.string(), z.unknown());

const pointSchema = z.looseObject({
  index: z.number(),
  name: z.string(),
  folder: z.string(),
  digest: z.string(),
  set: z.record(z.string(), z.string()),
  seed: z.number(),
  params: z.number(),
  macs: z.number(),
  steps: z.number().optional(),
  train_flops: z.number(),
  sample_flops: z.number(),
  ending: z.enum(['finished', 'failed', 'missing']).default('missing'),
  problem: z.string().optional(),
  loss: z.number().nullish(),
  train_seconds: z.number().nullish(),
  frechet: z.number().nullish(),
  kernel: z.union([z.number(), z.looseObject({ mean: z.number() })]).nullish(),
  precision: z.number().nullish(),
  recall: z.number().nullish(),
  accuracy: z.number().nullish(),
});

const studySchema = z.looseObject({
  kind: z.literal('study'),
  grid: z.string(),
  spec: specRecordSchema.optional(),
  data: z.string().optional(),
  evaluation: text.optional(),
  engine: text.optional(),
  versions: z.record(z.string(), z.string()).optional(),
  rejected: z.array(z.looseObject({ set: z.record(z.string(), z.string()), reason: z.string() })).default([]),
  duplicates: z.array(z.looseObject({ set: z.record(z.string(), z.string()), of: z.string() })).default([]),
});

export type StudyPointResult = z.output<typeof pointSchema>;

export interface StudyData {
  readonly folder: string;
  readonly grid: string;
  readonly study: z.output<typeof studySchema>;
  readonly points: readonly (StudyPointResult & {
    /** its run folder */
    readonly run: string;
    /** how it was trained, as its run folder says; none before it began */
    readonly manifest?: Manifest;
    /** step and loss */
    readonly losses: readonly (readonly [number, number])[];
    /** the last grid of samples, as a data URL */
    readonly samples?: string;
    readonly nearest?: string;
    readonly evaluation?: Readonly<Record<string, unknown>>;
    readonly log?: string;
  })[];
}

/** An image in a page must not make it weigh too much. */
const MOST_IMAGE_BYTES = 1_500_000;

export const isStudy = (folder: string): boolean => existsSync(path.join(folder, 'study.json'));

export function readStudy(folder: string): StudyData | { readonly problem: string } {
  const study = parse(studySchema, path.join(folder, 'study.json'));
  if (study === undefined)
    return { problem: `\`${path.join(folder, 'study.json')}\` is no study of this version of ditc` };
  const results = parse(z.looseObject({ points: z.array(pointSchema) }), path.join(folder, 'results.json'));
  const planned = parse(z.looseObject({ points: z.array(pointSchema) }), path.join(folder, 'study.json'));
  const points = (results ?? planned)?.points ?? [];
  return {
    folder,
    grid: study.grid,
    study,
    points: points.map((point) => {
      // folders of points stay inside of the study, whatever its files say
      const own = path.join(folder, 'points', path.basename(point.folder));
      const samples = lastSamples(own);
      const manifest = readManifest(own);
      return {
        ...point,
        run: own,
        manifest: manifest.ok ? manifest.value : undefined,
        losses: lossesOf(path.join(own, 'events.jsonl')),
        samples: samples === undefined ? undefined : imageUrl(samples),
        nearest: imageUrl(path.join(own, 'samples', 'nearest.png')),
        evaluation: parse(text, path.join(own, 'evaluation.json')),
        log: point.ending === 'failed' ? readText(path.join(own, 'log.txt'))?.slice(-4000) : undefined,
      };
    }),
  };
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function parse<T>(schema: z.ZodType<T>, file: string): T | undefined {
  const content = readText(file);
  if (content === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(content)).data;
  } catch {
    return undefined;
  }
}

interface Event {
  readonly event?: unknown;
  readonly step?: unknown;
  readonly loss?: unknown;
  readonly file?: unknown;
}

function eventsOf(file: string): readonly Event[] {
  return (readText(file) ?? '').split('\n').flatMap((line): Event[] => {
    try {
      return line === '' ? [] : [JSON.parse(line) as Event];
    } catch {
      return [];
    }
  });
}

const lossesOf = (file: string): readonly (readonly [number, number])[] =>
  eventsOf(file).flatMap(({ event, step, loss }): (readonly [number, number])[] =>
    event === 'step' && typeof step === 'number' && typeof loss === 'number' ? [[step, loss]] : [],
  );

function lastSamples(folder: string): string | undefined {
  const made = eventsOf(path.join(folder, 'events.jsonl')).filter(
    ({ event, file }) => event === 'samples' && typeof file === 'string',
  );
  const last = made.at(-1)?.file;
  return typeof last === 'string' ? path.join(folder, 'samples', path.basename(last)) : undefined;
}

function imageUrl(file: string): string | undefined {
  try {
    const bytes = readFileSync(file);
    return bytes.length > MOST_IMAGE_BYTES ? undefined : `data:image/png;base64,${bytes.toString('base64')}`;
  } catch {
    return undefined;
  }
}
