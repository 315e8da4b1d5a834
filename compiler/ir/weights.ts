/**
 * The weights of a graph by full path: the keys of its state_dict, in the order of the text. A weight that several
 * calls share stands once, at its first place.
 */
import { calledGraphs, perGraph } from './callees.ts';
import type { FoldedGraph, FoldedOwned, Weight } from './graph.ts';
import { createMemo } from './memo.ts';
import { prefixesOf } from './run.ts';
import { countElements } from './type.ts';

export interface OwnedWeight {
  /** from the graph that was asked: `blocks.3.attn.qkv.weight` */
  readonly path: string;
  readonly weight: Weight;
  /** made under `as shared`: another call may read it too */
  readonly shared: boolean;
}

export interface ParamCount {
  readonly trained: number;
  readonly frozen: number;
}

/** `blocks.3` and `attn` make `blocks.3.attn`; either may be empty. */
export const joinPath = (prefix: string, path: string): string =>
  prefix === '' ? path : path === '' ? prefix : `${prefix}.${path}`;

interface Frame {
  readonly owns: readonly FoldedOwned[];
  readonly prefix: string;
  readonly shared: boolean;
  at: number;
}

/** Every weight in the order of the text; shared ones as often as they are made. Graphs that `skip` says are not entered. */
function* enumerate(root: FoldedGraph, skip: (graph: FoldedGraph, shared: boolean) => boolean): Generator<OwnedWeight> {
  const stack: Frame[] = [{ owns: root.owns, prefix: '', shared: false, at: 0 }];
  while (stack.length > 0) {
    const frame = stack[stack.length - 1]!;
    const owned = frame.owns[frame.at++];
    if (owned === undefined) {
      stack.pop();
      continue;
    }
    const shared = frame.shared || owned.shared;
    if (owned.kind === 'weight') {
      yield { path: joinPath(frame.prefix, owned.weight.path), weight: owned.weight, shared };
    } else if (!skip(owned.callee, shared)) {
      for (const prefix of [...prefixesOf(owned.prefix, owned.times)].reverse())
        stack.push({ owns: owned.callee.owns, prefix: joinPath(frame.prefix, prefix), shared, at: 0 });
    }
  }
}

const listed = createMemo<readonly OwnedWeight[]>();

export function weightsOf(graph: FoldedGraph): readonly OwnedWeight[] {
  let list = listed.get(graph);
  if (list === undefined) {
    const seen = new Set<string>();
    const found: OwnedWeight[] = [];
    for (const weight of enumerate(graph, () => false)) {
      if (weight.shared && seen.has(weight.path)) continue;
      seen.add(weight.path);
      found.push(weight);
    }
    listed.set(graph, (list = found));
  }
  return list;
}

/** Whether anything inside is made under `as shared`. */
const shares = perGraph<boolean, FoldedGraph>(
  (graph, of) => graph.owns.some((owned) => owned.shared || (owned.kind === 'call' && of(owned.callee))),
  calledGraphs,
);

/** Whether a graph owns any weight, itself or inside a call. */
export const ownsWeights = perGraph<boolean, FoldedGraph>(
  (graph, of) => graph.owns.some((owned) => owned.kind === 'weight' || of(owned.callee)),
  calledGraphs,
);

/** Whether a graph reads weights, its own or borrowed ones: then the prefix of a call of it means something. */
export const usesWeights = (graph: FoldedGraph): boolean => graph.borrows === true || ownsWeights(graph);

/** How many weights a graph makes, shared ones as often as they are made: what listing them takes. */
export const countMade = perGraph<number, FoldedGraph>(
  (graph, of) =>
    graph.owns.reduce((sum, owned) => sum + (owned.kind === 'weight' ? 1 : (owned.times ?? 1) * of(owned.callee)), 0),
  calledGraphs,
);

interface Counts {
  readonly tensors: number;
  readonly trained: number;
  readonly frozen: number;
}

/** What is owned but not under `as shared`: counted per distinct graph, whatever the depth of the model. */
const unshared = perGraph<Counts, FoldedGraph>((graph, of) => {
  const total = { tensors: 0, trained: 0, frozen: 0 };
  for (const owned of graph.owns) {
    if (owned.shared) continue;
    if (owned.kind === 'weight') {
      total.tensors += 1;
      total[owned.weight.trained ? 'trained' : 'frozen'] += countElements(owned.weight.type.shape, 1);
    } else {
      const inner = of(owned.callee);
      const { times = 1 } = owned;
      total.tensors += inner.tensors * times;
      total.trained += inner.trained * times;
      total.frozen += inner.frozen * times;
    }
  }
  return total;
}, calledGraphs);

const counted = createMemo<Counts>();

function countsOf(graph: FoldedGraph): Counts {
  let counts = counted.get(graph);
  if (counts === undefined) {
    const total = { ...unshared(graph) };
    if (shares(graph)) {
      const seen = new Set<string>();
      for (const { path, weight, shared } of enumerate(graph, (callee, under) => !under && !shares(callee))) {
        if (!shared || seen.has(path)) continue;
        seen.add(path);
        total.tensors += 1;
        total[weight.trained ? 'trained' : 'frozen'] += countElements(weight.type.shape, 1);
      }
    }
    counted.set(graph, (counts = total));
  }
  return counts;
}

/** Numbers in the weights, shared ones once. Grows with distinct graphs, not with depth, where nothing is shared. */
export function countParams(graph: FoldedGraph): ParamCount {
  const { trained, frozen } = countsOf(graph);
  return { trained, frozen };
}

/** How many tensors `weightsOf` would list. */
export const countWeights = (graph: FoldedGraph): number => countsOf(graph).tensors;
