/** Calls of one graph at consecutive places of a list (`blocks.0` … `blocks.27`) are shown as one: `blocks[0..27]`. */
import type { FoldedCall, FoldedGraph } from '../ir/graph.ts';
import { indexIn, prefixesOf, timesOf } from '../ir/run.ts';

export interface Repeat {
  /** the path that stands for all: `blocks[0..27]`; the prefix itself where there is one */
  readonly label: string;
  /** how often the graph is run, where it is */
  readonly calls: number;
  /** how many places there are, each with weights of its own; fewer than calls where they are shared */
  readonly places: number;
}

export interface Repeats {
  /** for the first call of each; the others are in `joined` */
  readonly first: ReadonlyMap<FoldedCall, Repeat>;
  /** the repeat that a prefix belongs to; a run stands under that of its first turn */
  readonly byPrefix: ReadonlyMap<string, Repeat>;
  /** those of `first` that are layers: at several places, or of a stage among others: `up.0.attn`, `up.1.attn` */
  readonly layers: ReadonlySet<FoldedCall>;
}

const known = new WeakMap<FoldedGraph, Repeats>();

/** Joins calls of equal graphs whose prefixes differ in their last segment, an int, or not at all. */
export function repeatsOf(graph: FoldedGraph): Repeats {
  let repeats = known.get(graph);
  if (repeats === undefined) known.set(graph, (repeats = find(graph)));
  return repeats;
}

/** A call or a run of them; or what only stands among what the graph owns, and is not called. */
interface Place {
  readonly callee: FoldedGraph;
  readonly prefix: string;
  readonly times: number;
  readonly node?: FoldedCall;
}

function placesOf({ nodes, owns }: FoldedGraph): readonly Place[] {
  const places = nodes.flatMap((node): Place[] =>
    node.kind === 'call' ? [{ callee: node.callee, prefix: node.prefix, times: timesOf(node), node }] : [],
  );
  const called = new Set(places.map(({ prefix }) => prefix));
  for (const owned of owns)
    if (owned.kind === 'call' && !called.has(owned.prefix))
      places.push({ callee: owned.callee, prefix: owned.prefix, times: owned.times ?? 1 });
  return places;
}

function find(graph: FoldedGraph): Repeats {
  const groups = new Map<string, Place[]>();
  const ids = new Map<FoldedGraph, number>();
  for (const place of placesOf(graph)) {
    let id = ids.get(place.callee);
    if (id === undefined) ids.set(place.callee, (id = ids.size));
    const stem = indexIn(place.prefix)?.stem;
    const key = `${id} ${stem === undefined ? place.prefix : `${stem}[]`} ${place.node !== undefined}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [place]);
    else group.push(place);
  }
  const first = new Map<FoldedCall, Repeat>();
  const layers = new Set<FoldedCall>();
  const stages = stagesOf([...groups.values()].flat());
  const byPrefix = new Map<string, Repeat>();
  for (const group of groups.values()) {
    const repeat = repeatOf(group);
    const [{ node }] = group as [Place];
    if (node !== undefined) {
      first.set(node, repeat);
      const stage = STAGE.exec(node.prefix)?.[1];
      if (repeat.places > 1 || (stage !== undefined && stages.get(stage)!.size > 1)) layers.add(node);
    }
    for (const { prefix } of group) if (!byPrefix.has(prefix)) byPrefix.set(prefix, repeat);
  }
  return { first, byPrefix, layers };
}

/** `up` and 0 of `up.0.attn` */
const STAGE = /^(.+?)\.(\d+)\../;

/** The numbers of the stages of each list. */
function stagesOf(places: readonly Place[]): ReadonlyMap<string, ReadonlySet<string>> {
  const stages = new Map<string, Set<string>>();
  for (const { prefix } of places) {
    const [, stem, index] = STAGE.exec(prefix) ?? [];
    if (stem !== undefined) stages.set(stem, (stages.get(stem) ?? new Set()).add(index!));
  }
  return stages;
}

function repeatOf(group: readonly Place[]): Repeat {
  const [{ prefix, times }] = group as [Place];
  if (group.length === 1 && times > 1) {
    const { stem, index } = indexIn(prefix)!;
    return { label: bracketed(stem, `${index}..${index + times - 1}`), calls: times, places: times };
  }
  const prefixes = [...new Set(group.flatMap((place) => prefixesOf(place.prefix, place.times)))];
  const calls = group.reduce((sum, place) => sum + place.times, 0);
  return { label: labelOf(prefixes), calls, places: prefixes.length };
}

function labelOf(prefixes: readonly string[]): string {
  if (prefixes.length === 1) return prefixes[0]!;
  const parts = prefixes.map((prefix) => indexIn(prefix)!);
  return bracketed(parts[0]!.stem, ranges(parts.map(({ index }) => index)));
}

/** `blocks.` becomes `blocks[0..27]` */
const bracketed = (stem: string, indices: string): string => `${stem.slice(0, -1)}[${indices}]`;

/** 0,1,2,3,7 → `0..3, 7`; even steps: `0, 2 .. 26` */
export function ranges(indices: readonly number[]): string {
  const sorted = [...new Set(indices)].sort((a, b) => a - b);
  const step = sorted.length > 2 ? sorted[1]! - sorted[0]! : 1;
  if (step > 1 && sorted.every((value, i) => i === 0 || value - sorted[i - 1]! === step))
    return `${sorted[0]}, ${sorted[1]} .. ${sorted.at(-1)}`;
  const parts: string[] = [];
  for (let i = 0; i < sorted.length; ) {
    let j = i;
    while (j + 1 < sorted.length && sorted[j + 1] === sorted[j]! + 1) j++;
    parts.push(j > i ? `${sorted[i]}..${sorted[j]}` : `${sorted[i]}`);
    i = j + 1;
  }
  return parts.join(', ');
}

const SEGMENT = /[^.[]+(\[[^\]]*\])?|\[[^\]]*\]/g;

/** `x_embedder.proj` → two; `blocks[0..27]` is one */
export const segmentsOf = (label: string): readonly string[] => label.match(SEGMENT) ?? [];
