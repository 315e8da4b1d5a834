/**
 * What `rearrange`, `repeat` and `reduce` do, in the fewest steps that every target has: reshape, transpose, broadcast,
 * reduce over axes, reshape. Axes of size 1 are left out and neighbours that stay neighbours are one axis, so a
 * `permutation` of at most one axis means that nothing moves, and ranks stay small.
 */
import { type Dim, type Shape, showDim } from '../ir/type.ts';
import { productOf } from './dim-product.ts';
import { isMistake, type Misfit } from './op.ts';
import { type Axis, type PatternKind, type Resolved, resolvePattern, type Sizes, shapeOf } from './pattern-sizes.ts';

/** reshape to `split`, transpose by `permutation` (axis i of the result is axis permutation[i]), reshape to `shape` */
export interface RearrangePlan {
  readonly split: Shape;
  readonly permutation: readonly number[];
  readonly shape: Shape;
}

/** reshape to `split`, transpose by `permutation`, reshape to `insert` (1 for each new axis), broadcast to `expand`, reshape to `shape` */
export interface RepeatPlan extends RearrangePlan {
  readonly insert: Shape;
  readonly expand: Shape;
}

/** reshape to `split`, reduce over `axes` (maybe none), transpose what is left by `permutation`, reshape to `shape` */
export interface ReducePlan extends RearrangePlan {
  readonly axes: readonly number[];
  /** sizes of `axes`: their product is how many elements one of the result is made of */
  readonly reduced: Shape;
}

/** Puts neighbours together where `together` says that they are one axis and their sizes have a product. */
function fuse<T extends { readonly dim: Dim }>(items: readonly T[], together: (a: T, b: T) => boolean): T[][] {
  const runs: T[][] = [];
  for (const item of items) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run && last && together(last, item) && sizeOf([...run, item]) !== undefined) run.push(item);
    else runs.push([item]);
  }
  return runs;
}

const sizeOf = (run: readonly { readonly dim: Dim }[]): Dim | undefined => productOf(run.map((item) => item.dim));
const isWide = (axis: Axis): boolean => axis.dim !== 1;

/** An axis on the way from left to right: where it is on the left, or -1 when it is new. */
interface Moved extends Axis {
  readonly from: number;
}

const resolved = (kind: PatternKind, text: string, sizes: Sizes | undefined, shape: Shape) =>
  resolvePattern(kind, text, sizes ?? {}, shape);

/** The axes of the right in order, those of size 1 left out. */
function moved({ left, right }: Resolved): Moved[] {
  const order = new Map(
    left
      .flat()
      .filter(isWide)
      .map((axis, i) => [axis.key, i]),
  );
  return right
    .flat()
    .filter(isWide)
    .map((axis) => ({ ...axis, from: order.get(axis.key) ?? -1 }));
}

/** Runs in the order of the right → the sizes in the order of the left, and where each run of the right stands there. */
function crossing(runs: readonly (readonly Moved[])[]): {
  readonly split: Shape;
  readonly permutation: readonly number[];
} {
  const order = [...runs.keys()].sort((a, b) => runs[a]![0]!.from - runs[b]![0]!.from);
  const permutation = runs.map((_, i) => order.indexOf(i));
  return { split: order.map((i) => sizeOf(runs[i]!)!), permutation };
}

const follows = (a: Moved, b: Moved): boolean => b.from === a.from + 1;

function makeRearrangePlan(pattern: string, sizes: Sizes | undefined, shape: Shape): RearrangePlan | Misfit {
  const found = resolved('rearrange', pattern, sizes, shape);
  if (isMistake(found)) return found;
  const result = shapeOf(found.right, pattern);
  return isMistake(result) ? result : { ...crossing(fuse(moved(found), follows)), shape: result };
}

function makeRepeatPlan(pattern: string, sizes: Sizes | undefined, shape: Shape): RepeatPlan | Misfit {
  const found = resolved('repeat', pattern, sizes, shape);
  if (isMistake(found)) return found;
  const result = shapeOf(found.right, pattern);
  if (isMistake(result)) return result;
  const runs = fuse(moved(found), (a, b) => (a.from < 0 ? b.from < 0 : follows(a, b)));
  const isNew = (run: readonly Moved[]) => run[0]!.from < 0;
  const insert = runs.map((run) => (isNew(run) ? 1 : sizeOf(run)!));
  const expand = runs.map((run) => sizeOf(run)!);
  return { ...crossing(runs.filter((run) => !isNew(run))), insert, expand, shape: result };
}

function makeReducePlan(pattern: string, sizes: Sizes | undefined, shape: Shape): ReducePlan | Misfit {
  const found = resolved('reduce', pattern, sizes, shape);
  if (isMistake(found)) return found;
  const result = shapeOf(found.right, pattern);
  if (isMistake(result)) return result;
  // positions on the right; -1 is reduced
  const order = new Map(
    found.right
      .flat()
      .filter(isWide)
      .map((axis, i) => [axis.key, i]),
  );
  const axes = found.left
    .flat()
    .filter(isWide)
    .map((axis) => ({ ...axis, from: order.get(axis.key) ?? -1 }));
  const runs = fuse(axes, (a, b) => (a.from < 0 ? b.from < 0 : follows(a, b)));
  const split = runs.map((run) => sizeOf(run)!);
  const reduced = [...runs.keys()].filter((i) => runs[i]![0]!.from < 0);
  const kept = runs.filter((run) => run[0]!.from >= 0);
  const permutation = [...kept.keys()].sort((a, b) => kept[a]![0]!.from - kept[b]![0]!.from);
  return { split, axes: reduced, reduced: reduced.map((i) => split[i]!), permutation, shape: result };
}

const MAX_PLANS = 16_384;

/** Each plan is made once: shapes recur through blocks, passes and points of grids. */
function planned<P extends RearrangePlan>(
  make: (pattern: string, sizes: Sizes | undefined, shape: Shape) => P | Misfit,
): (pattern: string, sizes: Sizes | undefined, shape: Shape) => P | Misfit {
  const made = new Map<string, P | Misfit>();
  return (pattern, sizes, shape) => {
    let key = `${pattern}|`;
    for (const dim of shape) key += `${showDim(dim)},`;
    if (sizes !== undefined) for (const name of Object.keys(sizes)) key += `;${name}:${showDim(sizes[name]!)}`;
    let plan = made.get(key);
    if (plan === undefined) {
      if (made.size >= MAX_PLANS) made.clear();
      made.set(key, (plan = make(pattern, sizes, shape)));
    }
    return plan;
  };
}

export const rearrangePlan = planned(makeRearrangePlan);
export const repeatPlan = planned(makeRepeatPlan);
export const reducePlan = planned(makeReducePlan);
