/** What changed between a lock and the plan at hand, point by point, and which line of which spec is to blame. */
import { showQuantity } from '../check/quantity.ts';
import { placeIn } from '../elaborate/symbol.ts';
import { showPlace } from './blame.ts';
import type { Flat } from './flat.ts';
import type { Lock, Locked, LockedPoint } from './lock.ts';

export interface Change {
  /** `renamed`: the same work, so nothing that was done is lost */
  readonly kind: 'new' | 'gone' | 'changed' | 'renamed';
  readonly point: string;
  /** what a renamed point was called */
  readonly was?: string;
  /** in words; never empty */
  readonly because: readonly string[];
}

/** `whyRejected` knows what was set, by the axes alone. */
export function changesSince(
  old: Lock,
  now: Locked,
  axes: readonly string[],
  whyRejected: (axesSet: string) => string | undefined,
): readonly Change[] {
  const { lock } = now;
  const pairs = pair(old.points, lock.points);
  const common = createReasons(old, now);
  const lines = changedLines(old, now);
  const changes: Change[] = [];
  for (const point of lock.points) {
    const was = pairs.get(point);
    if (was === undefined) {
      changes.push({ kind: 'new', point: point.name, because: ['the plan did not have it', ...lines] });
      continue;
    }
    const facts = factsChanged(was, point);
    if (was.digest !== point.digest) {
      const moved = axesText(was.set, axes) === axesText(point.set, axes) && differing(was.set, point.set).length > 0;
      changes.push({ kind: 'changed', point: point.name, because: [...common(was, point), ...(moved ? lines : [])] });
    } else if (was.name !== point.name)
      changes.push({ kind: 'renamed', point: point.name, was: was.name, because: ['it is the same work', ...facts] });
    else if (facts.length > 0) changes.push({ kind: 'changed', point: point.name, because: facts });
  }
  const kept = new Set(pairs.values());
  for (const point of old.points) {
    if (kept.has(point)) continue;
    const why = whyRejected(axesText(point.set, axes));
    const because = why === undefined ? 'the grid does not have it any more' : `it is rejected: ${why}`;
    changes.push({ kind: 'gone', point: point.name, because: [because, ...lines] });
  }
  return changes;
}

/** Points as they are now with what they were: equal work first, whatever it is called, then equal names. */
function pair(before: readonly LockedPoint[], now: readonly LockedPoint[]): ReadonlyMap<LockedPoint, LockedPoint> {
  const pairs = new Map<LockedPoint, LockedPoint>();
  const left = new Set(before);
  for (const by of ['digest', 'name'] as const) {
    const known = new Map([...left].map((point) => [point[by], point]));
    for (const point of now) {
      const was = pairs.has(point) ? undefined : known.get(point[by]);
      if (was === undefined || !left.delete(was)) continue;
      pairs.set(point, was);
    }
  }
  return pairs;
}

/** What a grid says otherwise now: by such a line points come, go, and are moved. */
function changedLines(old: Lock, { lock, blame }: Locked): readonly string[] {
  if (old.lines === undefined || lock.lines === undefined) return [];
  const gone = without(old.lines, lock.lines);
  const come = without(lock.lines, old.lines);
  const changed = come.map((line) => {
    const at = gone.findIndex((before) => headOf(before) === headOf(line));
    const [before] = at < 0 ? [] : gone.splice(at, 1);
    const place = showPlace(blame.line(line));
    return before === undefined ? `\`${line}\`${place} is new` : `\`${before}\` → \`${line}\`${place}`;
  });
  return [...changed, ...gone.map((line) => `\`${line}\` is gone`)];
}

const without = (lines: readonly string[], others: readonly string[]): string[] =>
  lines.filter((line) => !others.includes(line));

/** What a line is about: `depth`, `zip`, `where`, `match macs`. */
const headOf = (line: string): string => /^(?:match \w+|[\w.]+)/.exec(line)?.[0] ?? line;

/** What a point sets on the axes of a grid, without what a match chose: one text for equal combinations. */
export const axesText = (set: Flat, axes: readonly string[]): string =>
  axes.map((axis) => `${axis}=${set[axis] ?? ''}`).join('\n');

const factsChanged = (was: LockedPoint, is: LockedPoint): readonly string[] =>
  (['params', 'macs'] as const).flatMap((fact) =>
    was[fact] === is[fact] ? [] : [`${fact} ${showQuantity(was[fact])} → ${showQuantity(is[fact])}`],
  );

/** Differences of two flat lists: name, before, after. */
const differing = (was: Flat, is: Flat): readonly (readonly [string, string | undefined, string | undefined])[] =>
  [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((name) =>
    was[name] === is[name] ? [] : [[name, was[name], is[name]] as const],
  );

const arrow = (before: string | undefined, after: string | undefined): string =>
  before === undefined ? `is ${after} now` : after === undefined ? `${before} is gone` : `${before} → ${after}`;

function createReasons(old: Lock, now: Locked): (was: LockedPoint, is: LockedPoint) => readonly string[] {
  const { lock, blame } = now;
  const base = differing(old.base, lock.base);
  const recipe = differing(old.recipe, lock.recipe);
  const values = differing(old.values, lock.values);
  const declarations = differing(old.declarations, lock.declarations);
  const version = old.ditc === lock.ditc ? [] : [`ditc ${old.ditc} → ${lock.ditc}`];
  return (was, is) => {
    const sets = (name: string): boolean =>
      Object.keys(is.set).some((axis) => axis === name || name.startsWith(`${axis}.`));
    const used = new Set(Object.values(is.set));
    const reach = now.declarationsOf(is.name);
    // what a point's graphs are made of may change without them: a branch that is not taken, say
    const model = was.model === undefined || was.model !== is.model;
    const reached = (key: string): boolean => reach.recipe.has(key) || (model && reach.model.has(key));
    const because = [
      ...differing(was.set, is.set).map(([name, a, b]) => `${name} ${arrow(a, b)}`),
      ...base
        .filter(([name]) => model && !sets(name))
        .map(([name, a, b]) => `${name} of the base ${arrow(a, b)}${showPlace(blame.base(name))}`),
      ...recipe
        .filter(([name]) => !sets(`recipe.${name}`))
        .map(([name, a, b]) => `recipe.${name} ${arrow(a, b)}${showPlace(blame.recipe(name))}`),
      ...values
        .filter(([name]) => used.has(name))
        .map(([name, a, b]) => `${name} ${arrow(a, b)}${showPlace(blame.value(name))}`),
      ...declarations.filter(([key]) => reached(key)).map(([key, a]) => declarationChanged(key, a, now)),
    ];
    if (because.length > 0) return because;
    return version.length > 0 ? version : ['what it is compiled to differs'];
  };
}

function declarationChanged(key: string, before: string | undefined, { symbolOf }: Locked): string {
  const symbol = symbolOf(key)!;
  const { text, span } = symbol.decl.name;
  const name = `\`${text}\`${showPlace(placeIn(symbol.scope, span))}`;
  return before === undefined ? `${name} is part of it now` : `${name} changed`;
}
