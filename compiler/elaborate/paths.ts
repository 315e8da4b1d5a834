/** Paths of weights: what `as` says, and the check that each path is made once. */
import type { Path } from '../../dsl/tree.ts';
import { digestOf } from '../ir/digest.ts';
import type { FoldedGraph, FoldedOwned, Init, Weight } from '../ir/graph.ts';
import { createMemo } from '../ir/memo.ts';
import { indexIn, prefixesOf } from '../ir/run.ts';
import { sameType, showType } from '../ir/type.ts';
import { joinPath } from '../ir/weights.ts';
import { type Frame, fail, type Prefix, placeOf } from './context.ts';
import { intOf } from './indexing.ts';

/** The prefix that a written path stands for. */
export function prefixOf(path: Path, frame: Frame): Prefix | undefined {
  const segments: string[] = [];
  for (const segment of path.segments) {
    if (segment.kind === 'word') {
      segments.push(segment.text);
      continue;
    }
    const value = intOf(frame.evaluate.expression(segment.expr, frame), 'a segment of a path', segment.span, frame);
    if (value === undefined) return undefined;
    segments.push(String(value));
  }
  const prefix = segments.join('.');
  frame.paths?.push({ path, prefix });
  return { path: prefix, shared: path.shared, span: path.span };
}

/** One text for equal initial values. */
const initText = (init: Init): string => (init.kind === 'tensor' ? digestOf(init.graph) : JSON.stringify(init));

interface Made {
  readonly weight: Weight;
  readonly shared: boolean;
}

const made = createMemo<ReadonlyMap<string, Made>>();

/** All weights of a graph by path. */
function weightsIn(graph: FoldedGraph): ReadonlyMap<string, Made> {
  let paths = made.get(graph);
  if (paths === undefined) {
    const all = new Map<string, Made>();
    for (const owned of graph.owns.flatMap(turnsOf)) for (const [path, entry] of pathsOf(owned)) all.set(path, entry);
    made.set(graph, (paths = all));
  }
  return paths;
}

/** Whether only that owner has weights below a path, which may then get more of them. */
export function isAlone(owns: readonly FoldedOwned[], owner: number, path: string): boolean {
  const under = path === '' ? '' : `${path}.`;
  return owns.every((owned, at) => {
    if (at === owner) return true;
    const root = rootOf(owned);
    const apart = root !== '' && under !== '' && !`${root}.`.startsWith(under) && !under.startsWith(`${root}.`);
    if (apart) return true;
    for (const each of turnsOf(owned)) for (const [found] of pathsOf(each)) if (found.startsWith(under)) return false;
    return true;
  });
}

function* pathsOf(owned: FoldedOwned): Iterable<[string, Made]> {
  if (owned.kind === 'weight') {
    yield [owned.weight.path, { weight: owned.weight, shared: owned.shared }];
    return;
  }
  for (const [path, entry] of weightsIn(owned.callee)) {
    yield [joinPath(owned.prefix, path), owned.shared && !entry.shared ? { ...entry, shared: true } : entry];
  }
}

/** A run as what each of its turns owns. */
const turnsOf = (owned: FoldedOwned): readonly FoldedOwned[] =>
  owned.kind === 'weight' || owned.times === undefined
    ? [owned]
    : prefixesOf(owned.prefix, owned.times).map((prefix) => ({ ...owned, prefix, times: undefined }));

/** Above all paths of a run; empty if it has no such segment. */
export function rootOf(owned: FoldedOwned): string {
  if (owned.kind === 'weight') return owned.weight.path;
  return owned.times === undefined ? owned.prefix : indexIn(owned.prefix)!.stem.slice(0, -1);
}

/**
 * Says where one path is made twice in this body. Only calls whose prefixes overlap are looked into, so that a model of
 * 10,000 blocks is checked without listing its weights.
 */
export function checkPaths(all: readonly FoldedOwned[], frame: Frame): void {
  if (areApart(all)) return;
  const owns = all.flatMap(turnsOf);
  const overlapping = overlapsIn(owns.map(rootOf));
  if (overlapping.size === 0) return;
  const touches = (root: string): boolean => {
    if (overlapping.has(root) || overlapping.has('')) return true;
    for (let dot = root.lastIndexOf('.'); dot > 0; dot = root.lastIndexOf('.', dot - 1))
      if (overlapping.has(root.slice(0, dot))) return true;
    return false;
  };
  const first = new Map<string, Made & { readonly owner: FoldedOwned }>();
  for (const owner of owns) {
    if (!touches(rootOf(owner))) continue;
    for (const [path, entry] of pathsOf(owner)) {
      const earlier = first.get(path);
      if (earlier === undefined) first.set(path, { ...entry, owner });
      else if (!sayClash(path, earlier, entry, owner, frame)) return;
    }
  }
}

/** Whether no path can be made twice: by the roots, or by those below what is called, as `as _` is above all others. */
export const areApart = (owns: readonly FoldedOwned[]): boolean =>
  owns.length < 2 || overlapsIn(owns.map(rootOf)).size === 0 || areApartBelow(owns);

const areApartBelow = (owns: readonly FoldedOwned[]): boolean =>
  overlapsIn(
    owns.flatMap((owned) =>
      owned.kind === 'weight' || owned.times !== undefined
        ? [rootOf(owned)]
        : owned.callee.owns.map((inner) => joinPath(owned.prefix, rootOf(inner))),
    ),
  ).size === 0;

/** Roots that stand twice, or with others below them. */
function overlapsIn(all: readonly string[]): ReadonlySet<string> {
  const roots = new Set<string>();
  const overlapping = new Set<string>();
  for (const root of all) {
    if (roots.has(root)) overlapping.add(root);
    roots.add(root);
  }
  for (const root of roots) {
    for (let dot = root.lastIndexOf('.'); dot > 0; dot = root.lastIndexOf('.', dot - 1)) {
      const outer = root.slice(0, dot);
      if (roots.has(outer)) overlapping.add(outer);
    }
    if (root !== '' && roots.has('')) overlapping.add('');
  }
  return overlapping;
}

/** False when something was said: one message for one pair of calls. */
function sayClash(
  path: string,
  earlier: Made & { readonly owner: FoldedOwned },
  later: Made,
  owner: FoldedOwned,
  frame: Frame,
): boolean {
  const spanOf = (owned: FoldedOwned, weight: Weight) =>
    (owned.kind === 'call' ? owned.place?.span : weight.place?.span) ?? { start: 0, end: 0 };
  const span = spanOf(owner, later.weight);
  const labels = [{ place: placeOf(frame, spanOf(earlier.owner, earlier.weight)), text: 'first made here' }];
  if (!earlier.shared || !later.shared) {
    fail(
      frame,
      'D0402',
      span,
      { path },
      { labels, help: 'give the two calls different paths, or write `as shared` at both to share the weights' },
    );
    return false;
  }
  const [a, b] = [earlier.weight, later.weight];
  const why = !sameType(a.type, b.type)
    ? `\`${showType(a.type)}\` and \`${showType(b.type)}\``
    : a.trained !== b.trained
      ? 'one is trained and the other is not'
      : initText(a.init) !== initText(b.init)
        ? 'their initial values'
        : undefined;
  if (why === undefined) return true;
  fail(frame, 'D0403', span, { path, why }, { labels });
  return false;
}
