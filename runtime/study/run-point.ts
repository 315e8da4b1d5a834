/**
 * One point of a study: claimed, trained, evaluated, its result written down. Any process that sees the folder can do it;
 * whatever is there already is gone on with.
 */
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { openTrained } from '../sample/draw.ts';
import { writeJson } from '../train/checkpoint.ts';
import { readEvents } from '../train/event-log.ts';
import { readManifest } from '../train/manifest.ts';
import { done, type Outcome, type Refusal, refuseFor, wordsOf } from '../train/refusal.ts';
import { type RunRequest, trainRun } from '../train/run-folder.ts';
import { withSystem } from '../weights/system-problem.ts';
import { claimFolder, type Holder } from './claim.ts';
import { type Evaluation, type EvaluationOptions, evaluateRun } from './evaluation.ts';
import type { FeatureNet } from './feature-net.ts';
import type { StudyPoint } from './study-plan.ts';

export const resultSchema = z.object({
  schema: z.literal(1),
  digest: z.string(),
  ending: z.enum(['finished', 'failed']),
  /** why it failed */
  problem: z.string().optional(),
  step: z.number().optional(),
  /** mean of the last tenth of the steps */
  loss: z.number().optional(),
  train_seconds: z.number().optional(),
  frechet: z.number().optional(),
  kernel: z.number().optional(),
  precision: z.number().optional(),
  recall: z.number().optional(),
  accuracy: z.number().optional(),
  /** why it was not evaluated */
  unevaluated: z.string().optional(),
});

export type PointResult = z.output<typeof resultSchema>;

const resultFile = (folder: string): string => path.join(folder, 'result.json');

export function readResult(folder: string): PointResult | undefined {
  try {
    return resultSchema.parse(JSON.parse(readFileSync(resultFile(folder), 'utf8')));
  } catch {
    return undefined;
  }
}

export const writeResult = (folder: string, result: PointResult) => writeJson(resultFile(folder), result);

/** Whether the point is done as planned. */
export const isDone = (study: string, { folder, digest }: StudyPoint): boolean => {
  const result = readResult(path.join(study, folder));
  return result?.ending === 'finished' && result.digest === digest;
};

export type PointRequest = Omit<RunRequest, 'job' | 'run' | 'resume'> & {
  readonly study: string;
  readonly point: StudyPoint;
  readonly evaluation: Omit<EvaluationOptions, 'engine' | 'threads' | 'interrupted'>;
  /** none with the reason */
  readonly net: FeatureNet | string;
};

export type PointEnding =
  | { readonly kind: 'finished' | 'interrupted' | 'there already' }
  | { readonly kind: 'failed'; readonly refusal: Refusal }
  | { readonly kind: 'claimed'; readonly by: Holder };

export async function runPoint(request: PointRequest): Promise<PointEnding> {
  const { study, point } = request;
  const folder = path.join(study, point.folder);
  if (isDone(study, point)) return { kind: 'there already' };
  const claim = claimFolder(folder);
  if (!('release' in claim)) return { kind: 'claimed', by: claim };
  try {
    const ran = await trainAndEvaluate(request, folder);
    if (!ran.ok) {
      await writeResult(folder, { schema: 1, digest: point.digest, ending: 'failed', problem: wordsOf(ran.refusal) });
      return { kind: 'failed', refusal: ran.refusal };
    }
    if (ran.value === undefined) return { kind: 'interrupted' };
    const written = await writeResult(folder, ran.value);
    return written.ok ? { kind: 'finished' } : { kind: 'failed', refusal: { problem: written.problem } };
  } finally {
    claim.release();
  }
}

async function trainAndEvaluate(request: PointRequest, folder: string): Promise<Outcome<PointResult | undefined>> {
  const { study, point, net, engine, threads, interrupted } = request;
  const aside = putAside(study, point, folder);
  if (!aside.ok) return aside;
  const trained = await trainRun({ ...request, job: point.job, run: folder, resume: true });
  if (!trained.ok) return trained;
  if (trained.value.ending === 'interrupted') return done(undefined);
  const { step, seconds } = trained.value;
  const base: PointResult = {
    schema: 1,
    digest: point.digest,
    ending: 'finished',
    step,
    loss: lossOf(folder, step),
    train_seconds: seconds,
  };
  if (typeof net === 'string') return done({ ...base, unevaluated: net });
  const manifest = readManifest(folder);
  if (!manifest.ok) return refuseFor(manifest.problem);
  const drawing = await openTrained(folder, [], {});
  if (!drawing.ok) return drawing;
  const evaluated = await evaluateRun(folder, manifest.value, drawing.value, net, {
    ...request.evaluation,
    engine,
    threads,
    interrupted,
  });
  if (!evaluated.ok) return evaluated;
  return done(evaluated.value === undefined ? undefined : { ...base, ...summary(evaluated.value) });
}

const summary = ({ scores, accuracy }: Evaluation): Partial<PointResult> => ({
  frechet: scores.frechet,
  kernel: scores.kernel.mean,
  precision: scores.precision,
  recall: scores.recall,
  ...(accuracy !== undefined && { accuracy }),
});

function lossOf(folder: string, last: number): number | undefined {
  const losses = readEvents(folder).flatMap(({ event, step, loss }) =>
    event === 'step' && typeof step === 'number' && typeof loss === 'number' && step > 0.9 * last ? [loss] : [],
  );
  return losses.length === 0 ? undefined : losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

/** Where what was in the folder of a point is kept. */
export function replacedFolder(study: string, { name }: StudyPoint): string {
  const replaced = path.join(study, 'replaced');
  mkdirSync(replaced, { recursive: true });
  return path.join(replaced, `${name} ${new Date().toISOString().replaceAll(':', '.')}`);
}

/** What another model, recipe or seed left in the folder is kept, elsewhere. The claim stays. */
function putAside(study: string, point: StudyPoint, folder: string): Outcome<void> {
  const manifest = readManifest(folder);
  if (!manifest.ok || manifest.value.digest === point.training_digest) return done(undefined);
  const moved = withSystem(folder, () => {
    const to = replacedFolder(study, point);
    mkdirSync(to);
    for (const file of [
      'manifest.json',
      'events.jsonl',
      'checkpoints',
      'samples',
      'weights.safetensors',
      'evaluation.json',
      'result.json',
    ])
      if (existsSync(path.join(folder, file))) renameSync(path.join(folder, file), path.join(to, file));
  });
  return moved.ok ? done(undefined) : refuseFor(moved.problem);
}
