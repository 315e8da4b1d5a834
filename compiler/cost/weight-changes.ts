/** Weights of two models beside each other: those that only one has or that have another type, and how they start. */
import { structureDigest } from '../ir/digest.ts';
import type { FoldedGraph, Init } from '../ir/graph.ts';
import { showNumber } from '../ir/number-text.ts';
import { showType } from '../ir/type.ts';
import { type OwnedWeight, weightsOf } from '../ir/weights.ts';
import { ranges } from './repeats.ts';

/** One of the two may be missing: then it is only in the other. */
export interface Change<T> {
  readonly name: string;
  readonly before?: T;
  readonly after?: T;
}

export interface WeightChanges {
  /** types by path, equal neighbours together: `blocks[0..11].attn.qkv.weight` */
  readonly types: readonly Change<string>[];
  /** initial values of weights that both have with one type, or of another kind: `normal(0.02)` */
  readonly starts: readonly Change<string>[];
}

export function changedWeights(a: FoldedGraph, b: FoldedGraph): WeightChanges {
  const [before, after] = [byPath(a), byPath(b)];
  const types: Change<string>[] = [];
  const starts: Change<string>[] = [];
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(name), after.get(name)];
    const [typeBefore, typeAfter] = [was && typeOf(was), is && typeOf(is)];
    if (typeBefore !== typeAfter) types.push({ name, before: typeBefore, after: typeAfter });
    if (was !== undefined && is !== undefined) {
      const [first, then] = [was.init, is.init];
      // of another size the bounds are others too
      if (typeBefore === typeAfter ? startOf(first) !== startOf(then) : first.kind !== then.kind)
        starts.push({ name, ...startsOf(first, then) });
    }
  }
  return { types: together(types), starts: together(starts) };
}

const byPath = (graph: FoldedGraph): ReadonlyMap<string, OwnedWeight['weight']> =>
  new Map(weightsOf(graph).map(({ path, weight }) => [path, weight]));

const typeOf = ({ trained, type }: OwnedWeight['weight']): string => `${trained ? '' : 'frozen '}${showType(type)}`;

function startsOf(before: Init, after: Init): { readonly before: string; readonly after: string } {
  const [a, b] = [showStart(before), showStart(after)];
  return a === b ? { before: startOf(before), after: startOf(after) } : { before: a, after: b };
}

function showStart(init: Init): string {
  switch (init.kind) {
    case 'fill':
      return showNumber(init.value);
    case 'normal':
      return `normal(${showNumber(init.std)})`;
    case 'uniform':
      return `uniform(${showNumber(init.bound)})`;
    case 'xavier_uniform':
      return `xavier_uniform(${init.fanIn}, ${init.fanOut})`;
    case 'tensor':
      return init.graph.name;
  }
}

/** Equal for equal starts alone. */
function startOf(init: Init): string {
  switch (init.kind) {
    case 'fill':
      return showNumber(init.value, 'exact');
    case 'normal':
      return `normal(${showNumber(init.std, 'exact')})`;
    case 'uniform':
      return `uniform(${showNumber(init.bound, 'exact')})`;
    case 'xavier_uniform':
      return showStart(init);
    case 'tensor':
      return `${init.graph.name} ${structureDigest(init.graph).slice(0, 12)}`;
  }
}

/** Weights that differ only in the first number of their path and change alike are one. */
function together(list: readonly Change<string>[]): readonly Change<string>[] {
  const groups = new Map<string, { change: Change<string>; indices: number[]; stem: string; rest: string }>();
  for (const change of list) {
    const match = /^(.*?)\.(\d+)(\..*)?$/.exec(change.name);
    const stem = match?.[1] ?? change.name;
    const rest = match?.[3] ?? '';
    const key = JSON.stringify([stem, rest, change.before, change.after, match === null]);
    const group = groups.get(key) ?? { change, indices: [], stem, rest };
    groups.set(key, group);
    if (match !== null) group.indices.push(Number(match[2]));
  }
  return [...groups.values()].map(({ change, indices, stem, rest }) =>
    indices.length < 2 ? change : { ...change, name: `${stem}[${ranges(indices)}]${rest}` },
  );
}
