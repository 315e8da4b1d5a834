/** Calls of one graph at consecutive places of a list (`blocks.0` … `blocks.27`) are shown as one: `blocks[0..27]`. */
import type { CallNode, Graph } from '../ir/graph.ts';

export interface Repeat {
  /** the path that stands for all: `blocks[0..27]`; the prefix itself where there is one */
  readonly label: string;
  /** how often the graph is run */
  readonly calls: number;
  /** how many places there are, each with weights of its own; fewer than calls where they are shared */
  readonly places: number;
}

export interface Repeats {
  /** for the first call of each; the others are in `joined` */
  readonly first: ReadonlyMap<CallNode, Repeat>;
  /** the repeat that a prefix belongs to */
  readonly byPrefix: ReadonlyMap<string, Repeat>;
}

const INDEXED = /^(.*?)(?:^|\.)(\d+)$/;

const known = new WeakMap<Graph, Repeats>();

/** Joins calls of equal graphs whose prefixes differ in their last segment, an int, or not at all. */
export function repeatsOf(graph: Graph): Repeats {
  let repeats = known.get(graph);
  if (repeats === undefined) known.set(graph, (repeats = find(graph)));
  return repeats;
}

function find(graph: Graph): Repeats {
  const groups = new Map<string, CallNode[]>();
  const ids = new Map<Graph, number>();
  for (const node of graph.nodes) {
    if (node.kind !== 'call') continue;
    let id = ids.get(node.callee);
    if (id === undefined) ids.set(node.callee, (id = ids.size));
    const stem = INDEXED.exec(node.prefix)?.[1];
    const key = `${id} ${stem === undefined ? node.prefix : `${stem}[]`}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [node]);
    else group.push(node);
  }
  const first = new Map<CallNode, Repeat>();
  const byPrefix = new Map<string, Repeat>();
  for (const group of groups.values()) {
    const prefixes = [...new Set(group.map(({ prefix }) => prefix))];
    const repeat = { label: labelOf(prefixes), calls: group.length, places: prefixes.length };
    first.set(group[0]!, repeat);
    for (const prefix of prefixes) if (!byPrefix.has(prefix)) byPrefix.set(prefix, repeat);
  }
  return { first, byPrefix };
}

function labelOf(prefixes: readonly string[]): string {
  if (prefixes.length === 1) return prefixes[0]!;
  const parts = prefixes.map((prefix) => INDEXED.exec(prefix)!);
  return `${parts[0]![1]}[${ranges(parts.map((part) => Number(part[2])))}]`;
}

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
