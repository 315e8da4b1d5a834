/**
 * A study folder: `study.json` is the plan, `points/NAME/` a run folder a point with `evaluation.json` and `result.json`,
 * `results.json` the table of what is known so far, `events.jsonl` what happened. Points are done by processes of their own,
 * so that one that crashes takes no other with it. See docs/training.md.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeJson } from '../train/checkpoint.ts';
import type { EventLog } from '../train/event-log.ts';
import type { SpecRecord } from '../train/spec-record.ts';
import type { Result } from '../weights/problem.ts';
import { withSystem } from '../weights/system-problem.ts';
import { holderOf } from './claim.ts';
import { isDone, readResult, writeResult } from './run-point.ts';
import type { EvaluationChoice, StudyPlan, StudyPoint } from './study-plan.ts';

export interface StudyAbout {
  readonly spec: SpecRecord;
  readonly data?: string;
  readonly evaluation: EvaluationChoice;
  readonly versions: Readonly<Record<string, string>>;
  readonly engine: { readonly name: string; readonly version?: string; readonly device?: string };
}

export const plainPoint = ({ job: _, ...point }: StudyPoint) => point;

/** The plan as it is kept. */
export async function writeStudy(study: string, plan: StudyPlan, about: StudyAbout): Promise<Result<unknown>> {
  const made = withSystem(study, () => mkdirSync(path.join(study, 'points'), { recursive: true }));
  if (!made.ok) return made;
  const { grid, points, rejected, duplicates } = plan;
  return writeJson(path.join(study, 'study.json'), {
    schema: 1,
    kind: 'study',
    grid,
    ...about,
    points: points.map(plainPoint),
    rejected,
    duplicates,
  });
}

/** What is known of every point. */
export const resultsOf = (study: string, { points }: StudyPlan) =>
  points.map((point) => {
    const result = readResult(path.join(study, point.folder));
    const current = result?.digest === point.digest ? result : undefined;
    return { ...plainPoint(point), ...(current ?? { ending: 'missing' as const }), digest: point.digest };
  });

export const writeResults = (study: string, plan: StudyPlan) =>
  writeJson(path.join(study, 'results.json'), { schema: 1, grid: plan.grid, points: resultsOf(study, plan) });

export interface PointProcess {
  /** how it ended: an exit code, or the signal that ended it */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null; readonly log: string }>;
}

export interface StudyRun {
  readonly study: string;
  readonly plan: StudyPlan;
  readonly jobs: number;
  readonly log: EventLog;
  /** `slot`: which of the jobs does it */
  readonly start: (point: StudyPoint, slot: number) => PointProcess;
  readonly interrupted: () => boolean;
  readonly onPoint?: (
    point: StudyPoint,
    ending: 'finished' | 'failed' | 'interrupted' | 'elsewhere',
    problem?: string,
  ) => void;
}

/** Does what is not done; true when every point is. */
export async function runStudy(run: StudyRun): Promise<boolean> {
  const { study, plan, jobs } = run;
  const queue = plan.points.filter((point) => !isDone(study, point));
  const worker = async (slot: number): Promise<void> => {
    for (let point = queue.shift(); point !== undefined && !run.interrupted(); point = queue.shift())
      await one(run, point, slot);
  };
  await Promise.all(Array.from({ length: Math.max(1, jobs) }, (_, slot) => worker(slot)));
  await writeResults(study, plan);
  return plan.points.every((point) => isDone(study, point));
}

async function one(run: StudyRun, point: StudyPoint, slot: number): Promise<void> {
  const { study, plan, log, start, onPoint } = run;
  const folder = path.join(study, point.folder);
  if (holderOf(folder) !== undefined) {
    onPoint?.(point, 'elsewhere');
    return;
  }
  log.add('point started', { index: point.index, name: point.name });
  const { code, signal, log: text } = await start(point, slot).ended;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'log.txt'), text);
  if (isDone(study, point)) {
    log.add('point finished', { index: point.index, name: point.name });
    onPoint?.(point, 'finished');
  } else if (run.interrupted() || code === 130) {
    log.add('point interrupted', { index: point.index, name: point.name });
    onPoint?.(point, 'interrupted');
  } else {
    const said = readResult(folder);
    const problem =
      said?.ending === 'failed' && said.digest === point.digest
        ? said.problem
        : `its process ended with ${signal ?? `code ${code}`}`;
    if (said?.digest !== point.digest || said.ending !== 'failed')
      await writeResult(folder, { schema: 1, digest: point.digest, ending: 'failed', problem });
    log.add('point failed', { index: point.index, name: point.name, problem });
    onPoint?.(point, 'failed', problem);
  }
  await writeResults(study, plan);
}
