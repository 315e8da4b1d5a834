/** What changed between a lock and the plan at hand, point by point, and which line of which spec is to blame. */
import { positionOf } from '../../dsl/span.ts';
import { showQuantity } from '../check/quantity.ts';
import type { Flat } from './flat.ts';
import type { Lock, Locked, LockedPoint } from './lock.ts';

export interface Change {
  readonly kind: 'new' | 'gone' | 'changed';
  readonly point: string;
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
  const before = new Map(old.points.map((point) => [point.name, point]));
  const after = new Set(lock.points.map((point) => point.name));
  const common = createReasons(old, now);
  const changes: Change[] = [];
  for (const point of lock.points) {
    const was = before.get(point.name);
    if (was === undefined) changes.push({ kind: 'new', point: point.name, because: ['the plan did not have it'] });
    else if (was.digest !== point.digest)
      changes.push({ kind: 'changed', point: point.name, because: common(was, point) });
    else if (was.params !== point.params || was.macs !== point.macs)
      changes.push({ kind: 'changed', point: point.name, because: factsChanged(was, point) });
  }
  for (const point of old.points) {
    if (after.has(point.name)) continue;
    const why = whyRejected(axesText(point.set, axes));
    changes.push({
      kind: 'gone',
      point: point.name,
      because: [why === undefined ? 'the grid does not have it any more' : `it is rejected: ${why}`],
    });
  }
  return changes;
}

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
  const { lock } = now;
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
    const because = [
      ...differing(was.set, is.set).map(([name, a, b]) => `${name} ${arrow(a, b)}`),
      ...base.filter(([name]) => !sets(name)).map(([name, a, b]) => `${name} of the base ${arrow(a, b)}`),
      ...recipe.filter(([name]) => !sets(`recipe.${name}`)).map(([name, a, b]) => `recipe.${name} ${arrow(a, b)}`),
      ...values.filter(([name]) => used.has(name)).map(([name, a, b]) => `${name} ${arrow(a, b)}`),
      ...declarations.filter(([key]) => reach.has(key)).map(([key, a]) => declarationChanged(key, a, now)),
    ];
    if (because.length > 0) return because;
    return version.length > 0 ? version : ['what it is compiled to differs'];
  };
}

function declarationChanged(key: string, before: string | undefined, { symbolOf }: Locked): string {
  const symbol = symbolOf(key)!;
  const { source } = symbol.scope.file;
  const { line } = positionOf(source, symbol.decl.name.span.start);
  const name = `\`${symbol.decl.name.text}\` (${source.path}:${line})`;
  return before === undefined ? `${name} is part of it now` : `${name} changed`;
}
