/**
 * Names of points: what differs between them, as written, and nothing else. Unique, safe as a folder's name. One that is
 * too long for that ends in a digest of all that was set, so that it is the same in every plan.
 */
import { sha256 } from '../ir/sha256.ts';
import type { Grid } from './grid.ts';
import { type Assignment, axisName } from './move.ts';

/** Bytes: file systems take 255 for a name, and a run's folder lies below others. */
const LONGEST = 120;
/** of one value */
const LONGEST_VALUE = 60;
const HEX = 12;

export type Namer = (assignments: readonly Assignment[]) => string;

export function createNamer(grid: Grid): Namer {
  const values = new Map<string, Set<string>>();
  for (const group of grid.groups) {
    for (const move of group.moves) {
      for (const assignment of move) {
        const axis = axisName(assignment);
        const seen = values.get(axis) ?? new Set();
        values.set(axis, seen.add(assignment.shown));
      }
    }
  }
  // moves of `path` and `leave_one_out` set different parameters, each of which may have one value only
  const uneven = new Set(
    grid.groups.flatMap((group) =>
      new Set(group.moves.map((move) => move.length)).size > 1 ||
      group.moves.some((move) => move.length !== group.axes.length)
        ? group.axes
        : [],
    ),
  );
  const differs = (axis: string): boolean => (values.get(axis)?.size ?? 0) > 1 || uneven.has(axis);
  const parts = new Map<Assignment, Part>();
  for (const group of grid.groups) {
    for (const move of group.moves) {
      for (const assignment of move) {
        const axis = axisName(assignment);
        const { shown } = assignment;
        if (differs(axis)) parts.set(assignment, { safe: `${axis}=${safe(shown)}`, written: `${axis}=${shown}` });
      }
    }
  }
  const taken = new Map<string, number>();
  return (assignments) => {
    const name = shortened(assignments.flatMap((assignment) => parts.get(assignment) ?? [])) || 'base';
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    return count === 1 ? name : `${name}~${count}`;
  };
}

/** What an assignment adds to a name. */
interface Part {
  readonly safe: string;
  /** as the spec has it */
  readonly written: string;
}

function shortened(parts: readonly Part[]): string {
  const name = parts.map((part) => part.safe).join();
  if (name.length <= LONGEST) return name;
  // as many whole parts as there is room for
  const room = LONGEST - HEX - 1;
  let kept = '';
  for (const part of parts) {
    const more = kept === '' ? part.safe : `${kept},${part.safe}`;
    if (more.length > room) break;
    kept = more;
  }
  return `${kept || name.slice(0, room)}~${hexOf(parts.map((part) => part.written).join())}`;
}

const hexOf = (text: string): string => sha256(text).slice(0, HEX);

function safe(shown: string): string {
  const text = shown.replaceAll(/["\s]/g, '').replaceAll(/[^A-Za-z0-9_.+()=:-]/g, '-');
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE - HEX - 1)}~${hexOf(shown)}`;
}
