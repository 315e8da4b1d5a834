/** The lock file of `ditc grid plan --lock`: written when there is none, else compared with, and replaced on demand. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Spec } from '../compiler/elaborate/spec.ts';
import type { Scope } from '../compiler/elaborate/symbol.ts';
import { type Locked, lockText } from '../compiler/grid/lock.ts';
import { axesText, type Change, changesSince } from '../compiler/grid/lock-changes.ts';
import { readLock } from '../compiler/grid/lock-read.ts';
import { replaceFile } from './replace-file.ts';

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

export function settleLock(
  file: string,
  now: Locked,
  axes: readonly string[],
  rejected: ReadonlyMap<string, string>,
  update: boolean,
): LockReport | { readonly problem: string; readonly help?: string } {
  const text = lockText(now.lock);
  const write = (state: LockReport['state'], changes: readonly Change[]): ReturnType<typeof settleLock> => {
    const problem = replaceFile(file, text);
    return problem === undefined ? { file, state, changes } : { problem: `cannot write \`${file}\`: ${problem}` };
  };
  if (!existsSync(file)) return write('written', []);
  const before = read(file);
  if ('problem' in before) return before;
  if (before.text === text) return { file, state: 'equal', changes: [] };
  const old = readLock(before.text);
  if ('problem' in old) {
    const help = 'another file? delete it to write the lock anew';
    return { problem: `\`${file}\` cannot be read as a lock: ${old.problem}`, help };
  }
  if (old.grid !== now.lock.grid)
    return {
      problem: `\`${file}\` locks the grid \`${old.grid}\`, and this is \`${now.lock.grid}\``,
      help: 'each grid has a lock of its own',
    };
  const changes = changesSince(old, now, axes, (set) => rejected.get(set));
  if (update) return write('updated', changes);
  const state =
    changes.length === 0 ? 'equal' : changes.every(({ kind }) => kind === 'renamed') ? 'renamed' : 'changed';
  return { file, state, changes };
}

function read(file: string): { readonly text: string } | { readonly problem: string } {
  try {
    const { size } = statSync(file);
    if (size > MAX_BYTES) return { problem: `\`${file}\` is too large for a lock` };
    return { text: readFileSync(file, 'utf8') };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { problem: `cannot read \`${file}\`${code === 'EISDIR' ? ': it is a folder' : ` (${code})`}` };
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
