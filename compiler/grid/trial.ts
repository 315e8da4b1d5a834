/**
 * A few combinations of a grid, to find what is wrong with all of them before any is looked at: all where they are few,
 * else some that are spread over the moves of every group. What fails on each of these is a mistake of the grid.
 */
import { type Settings, settleSettings } from '../elaborate/model.ts';
import { type ResolvedPoint, setDotted } from '../elaborate/point.ts';
import type { Spec } from '../elaborate/spec.ts';
import { seedIn } from './candidate.ts';
import { combinations } from './combinations.ts';
import type { Assignment, Group } from './move.ts';

export interface Trial {
  readonly assignments: readonly Assignment[];
  readonly seed: number;
  /** every parameter with its value; none where one has none */
  readonly settings: () => Settings | undefined;
}

const FEW = 256;

export function trialsOf(spec: Spec, base: ResolvedPoint, groups: readonly Group[]): readonly Trial[] {
  const size = groups.reduce((product, group) => product * group.moves.length, 1);
  const all = size <= FEW ? [...combinations(groups)] : spread(groups);
  return all.map((assignments) => {
    let known: { readonly settings?: Settings } | undefined;
    return {
      assignments,
      seed: seedIn(assignments),
      settings: () => (known ??= { settings: settled(spec, base, assignments) }).settings,
    };
  });
}

/** The first moves, and then moves of each group as if by chance. */
function spread(groups: readonly Group[]): readonly (readonly Assignment[])[] {
  const pick = (index: number, group: number): number =>
    index === 0 ? 0 : Math.imul(index ^ Math.imul(group + 1, 0x85ebca6b), 0x9e3779b1) >>> 8;
  return Array.from({ length: FEW }, (_, index) =>
    groups.flatMap(({ moves }, group) => moves[pick(index, group) % moves.length]!),
  );
}

function settled(spec: Spec, { model, settings }: ResolvedPoint, assignments: readonly Assignment[]) {
  let given = settings;
  for (const { target, path, term } of assignments) {
    if (target !== 'parameter') continue;
    const [first] = path;
    if (path.length > 1 && !given.has(first!)) {
      const whole = settleSettings(model, given, '', spec.instances).settings?.get(first!);
      if (whole !== undefined) given = new Map([...given, [first!, whole]]);
    }
    const changed = setDotted(given, path, term);
    if (changed === undefined) return undefined;
    given = changed;
  }
  return settleSettings(model, given, '', spec.instances).settings;
}
