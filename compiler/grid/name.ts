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
  const taken = new Map<string, number>();
  return (assignments) => {
    const last = new Map(assignments.map((assignment) => [axisName(assignment), assignment.shown]));
    const parts = [...last].filter(([axis]) => differs(axis));
    const name = shortened(parts) || 'base';
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    return count === 1 ? name : `${name}~${count}`;
  };
}

function shortened(parts: readonly (readonly [axis: string, shown: string])[]): string {
  const whole = parts.map(([axis, shown]) => `${axis}=${safe(shown)}`);
  const name = whole.join(',');
  if (name.length <= LONGEST) return name;
  // as many whole parts as there is room for
  const room = LONGEST - HEX - 1;
  let kept = '';
  for (const part of whole) {
    const more = kept === '' ? part : `${kept},${part}`;
    if (more.length > room) break;
    kept = more;
  }
  return `${kept || name.slice(0, room)}~${hexOf(parts.map((part) => part.join('=')).join())}`;
}

const hexOf = (text: string): string => sha256(text).slice(0, HEX);

function safe(shown: string): string {
  const text = shown.replaceAll(/["\s]/g, '').replaceAll(/[^A-Za-z0-9_.+()=:-]/g, '-');
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE - HEX - 1)}~${hexOf(shown)}`;
}
