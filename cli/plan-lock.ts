/** The lock file of `ditc grid plan --lock`: written when there is none, else compared with, and replaced on demand. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Spec } from '../compiler/elaborate/spec.ts';
import type { Scope } from '../compiler/elaborate/symbol.ts';
import { type Lock, type Locked, lockText } from '../compiler/grid/lock.ts';
import { axesText, type Change, changesSince } from '../compiler/grid/lock-changes.ts';
import { readLock } from '../compiler/grid/lock-read.ts';
import { cannotMake, replaceFile } from './replace-file.ts';

export interface LockReport {
  readonly file: string;
  /** `renamed`: the same work under other names, which are not in the file yet */
  readonly state: 'written' | 'equal' | 'renamed' | 'changed' | 'updated';
  readonly changes: readonly Change[];
}

const MAX_BYTES = 256 << 20;

/** A file by its way from the spec, with `/`; the standard library by its own name. */
export function fileNames(spec: Spec): (scope: Scope) => string {
  const folder = path.dirname(spec.entry.file.source.path);
  return ({ id, file }) =>
    id.startsWith('std.')
      ? file.source.path
      : path.relative(folder, file.source.path).split(path.sep).join('/') || path.basename(file.source.path);
}

export interface LockProblem {
  readonly problem: string;
  readonly help?: string;
  /** it is the place that is wrong, not what is there */
  readonly isMissing?: true;
}

/** A lock file before the plan is made: what is wrong with it need not wait for that. */
export interface OpenLock {
  readonly file: string;
  readonly before?: { readonly text: string; readonly lock: Lock };
}

export function openLock(file: string, grid: string): OpenLock | LockProblem {
  if (!existsSync(file)) {
    const why = cannotMake(file);
    return why === undefined ? { file } : { problem: `cannot write \`${file}\`: ${why}`, isMissing: true };
  }
  const read = readText(file);
  if ('problem' in read) return read;
  const lock = readLock(read.text);
  if ('problem' in lock) {
    const help = 'another file? delete it to write the lock anew';
    return { problem: `\`${file}\` cannot be read as a lock: ${lock.problem}`, help };
  }
  if (lock.grid !== grid)
    return {
      problem: `\`${file}\` locks the grid \`${lock.grid}\`, and this is \`${grid}\``,
      help: 'each grid has a lock of its own',
    };
  return { file, before: { text: read.text, lock } };
}

export function settleLock(
  { file, before }: OpenLock,
  now: Locked,
  axes: readonly string[],
  rejected: ReadonlyMap<string, string>,
  update: boolean,
): LockReport | LockProblem {
  const text = lockText(now.lock);
  const write = (state: LockReport['state'], changes: readonly Change[]): ReturnType<typeof settleLock> => {
    const problem = replaceFile(file, text);
    return problem === undefined
      ? { file, state, changes }
      : { problem: `cannot write \`${file}\`: ${problem}`, isMissing: true };
  };
  if (before === undefined) return write('written', []);
  if (before.text === text) return { file, state: 'equal', changes: [] };
  const changes = changesSince(before.lock, now, axes, (set) => rejected.get(set));
  if (update) return write('updated', changes);
  const state =
    changes.length === 0 ? 'equal' : changes.every(({ kind }) => kind === 'renamed') ? 'renamed' : 'changed';
  return { file, state, changes };
}

function readText(file: string): { readonly text: string } | LockProblem {
  const cannot = (why: string): LockProblem => ({ problem: `cannot read \`${file}\`: ${why}`, isMissing: true });
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) return cannot('it is a folder');
    // a device may never end
    if (!stat.isFile()) return cannot('it is no regular file');
    if (stat.size > MAX_BYTES) return { problem: `\`${file}\` is too large for a lock` };
    return { text: readFileSync(file, 'utf8') };
  } catch (error) {
    return cannot(`${(error as NodeJS.ErrnoException).code}`);
  }
}

/** By what a rejected combination is found again. */
export const rejectedKey = (set: ReadonlyMap<string, string>, axes: readonly string[]): string =>
  axesText(Object.fromEntries(set), axes);

const NAMES = 6;

/** One paragraph for each reason, with the points that it is the reason for. */
export function changesText(changes: readonly Change[]): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const { kind, point, was, because } of changes) {
    const head = `${kind}: ${because.join('; ')}`;
    groups.set(head, [...(groups.get(head) ?? []), was === undefined ? point : `${was} → ${point}`]);
  }
  return [...groups].flatMap(([head, points]) => [
    `${points.length === 1 ? '1 point' : `${points.length} points`} ${head}`,
    ...points.slice(0, NAMES).map((point) => `  ${point}`),
    ...(points.length > NAMES ? [`  and ${points.length - NAMES} more`] : []),
  ]);
}
