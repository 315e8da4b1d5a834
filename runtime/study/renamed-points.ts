/**
 * Points that have another name than when they were trained: an axis was cut down to one value, a const is called
 * otherwise. A name says what differs within a grid, a digest what was done: a folder that no point of the plan is called
 * like is that of the point whose work it holds.
 */
import { existsSync, readdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { manifestFile, readManifest } from '../train/manifest.ts';
import { withSystem } from '../weights/system-problem.ts';
import { holderOf } from './claim.ts';
import { readResult, replacedFolder } from './run-point.ts';
import type { StudyPoint } from './study-plan.ts';

export interface Renamed {
  readonly point: StudyPoint;
  /** the folder of its work, below the study */
  readonly from: string;
  /** trained and evaluated as planned; else it is gone on with */
  readonly isDone: boolean;
}

/** `wanted`: only these of the plan's points. */
export function renamedPoints(
  study: string,
  points: readonly StudyPoint[],
  wanted: readonly StudyPoint[] = points,
): readonly Renamed[] {
  const planned = new Set(points.map(({ folder }) => folder));
  const free = foldersOf(study)
    .filter((from) => !planned.has(from) && holderOf(path.join(study, from)) === undefined)
    .map((from) => {
      const result = readResult(path.join(study, from));
      const manifest = readManifest(path.join(study, from));
      return {
        from,
        finished: result?.ending === 'finished' ? result.digest : undefined,
        trained: manifest.ok ? manifest.value.digest : undefined,
      };
    });
  if (free.length === 0) return [];
  return wanted.flatMap((point) => {
    const own = path.join(study, point.folder);
    if (existsSync(manifestFile(own)) || holderOf(own) !== undefined) return [];
    const whole = free.find(({ finished }) => finished === point.digest);
    const found = whole ?? free.find(({ trained }) => trained === point.training_digest);
    if (found === undefined) return [];
    free.splice(free.indexOf(found), 1);
    return [{ point, from: found.from, isDone: found === whole }];
  });
}

/** Gives the folders the names of their points; those for which it could be done. */
export function takeOver(study: string, renamed: readonly Renamed[]): readonly Renamed[] {
  return renamed.filter(({ point, from }) => {
    const to = path.join(study, point.folder);
    return withSystem(to, () => {
      // without a run: the log of a process that ended at once
      if (existsSync(to)) renameSync(to, replacedFolder(study, point));
      renameSync(path.join(study, from), to);
    }).ok;
  });
}

function foldersOf(study: string): readonly string[] {
  const found = withSystem(study, () => readdirSync(path.join(study, 'points'), { withFileTypes: true }));
  if (!found.ok) return [];
  return found.value
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `points/${name}`)
    .sort();
}
