/** Names of points: what differs between them, as written, and nothing else. Unique, short, safe as a folder's name. */
import type { Grid } from './grid.ts';
import { type Assignment, axisName } from './move.ts';

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
    const parts = [...last].filter(([axis]) => differs(axis)).map(([axis, shown]) => `${axis}=${safe(shown)}`);
    const name = parts.join(',') || 'base';
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    return count === 1 ? name : `${name}~${count}`;
  };
}

const safe = (text: string): string =>
  text
    .replaceAll(/["\s]/g, '')
    .replaceAll(/[^A-Za-z0-9_.+()=:-]/g, '-')
    .slice(0, 60);
