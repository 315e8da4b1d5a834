/**
 * The weights of a graph by full path: the keys of its state_dict, in the order of the text. A weight that several
 * calls share stands once, at its first place.
 */
import { calledGraphs, perGraph } from './callees.ts';
import type { FoldedGraph, FoldedOwned, Weight } from './graph.ts';
import { createMemo } from './memo.ts';
import { prefixesOf } from './run.ts';
import { BYTES, countElements } from './type.ts';

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

/** What a graph owns, itself or inside a call. Shared weights are made here, and counted where the whole is known. */
interface Census {
  /** shared ones as often as they are made */
  made: number;
  /** whether anything is made under `as shared` */
  shares: boolean;
  tensors: number;
  trained: number;
  frozen: number;
  bytes: number;
}

/** Per distinct graph, whatever the depth of the model. */
const census = perGraph<Readonly<Census>, FoldedGraph>((graph, of) => {
  const total: Census = { made: 0, shares: false, tensors: 0, trained: 0, frozen: 0, bytes: 0 };
  for (const owned of graph.owns) {
    if (owned.shared) total.shares = true;
    if (owned.kind === 'weight') {
      total.made += 1;
      if (!owned.shared) addWeight(total, owned.weight);
      continue;
    }
    const { times = 1 } = owned;
    const inner = of(owned.callee);
    total.made += inner.made * times;
    if (owned.shared) continue;
    if (inner.shares) total.shares = true;
    total.tensors += inner.tensors * times;
    total.trained += inner.trained * times;
    total.frozen += inner.frozen * times;
    total.bytes += inner.bytes * times;
  }
  return total;
}, calledGraphs);

function addWeight(total: Census, { type, trained }: Weight): void {
  const elements = countElements(type.shape, 1);
  total.tensors += 1;
  total[trained ? 'trained' : 'frozen'] += elements;
  total.bytes += elements * BYTES[type.dtype];
}

/** How many weights a graph makes, shared ones as often as they are made: what listing them takes. */
export const countMade = (graph: FoldedGraph): number => census(graph).made;

/** Whether a graph owns any weight, itself or inside a call. */
export const ownsWeights = (graph: FoldedGraph): boolean => countMade(graph) > 0;

/** Whether a graph reads weights, its own or borrowed ones: then the prefix of a call of it means something. */
export const usesWeights = (graph: FoldedGraph): boolean => graph.borrows === true || ownsWeights(graph);

const withShared = createMemo<Readonly<Census>>();

/** Each shared weight once. */
function countsOf(graph: FoldedGraph): Readonly<Census> {
  const unshared = census(graph);
  if (!unshared.shares) return unshared;
  let counts = withShared.get(graph);
  if (counts === undefined) {
    const total = { ...unshared };
    const seen = new Set<string>();
    const skip = (callee: FoldedGraph, under: boolean) => !under && !census(callee).shares;
    for (const { path, weight, shared } of enumerate(graph, skip)) {
      if (!shared || seen.has(path)) continue;
      seen.add(path);
      addWeight(total, weight);
    }
    counts = withShared.set(graph, total);
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

/** Bytes of all weights as engines store them, shared ones once. */
export const weightBytes = (graph: FoldedGraph): number => countsOf(graph).bytes;
