/**
 * Which graphs a graph is made of. Everything that works per distinct graph (printing, verifying, digests, passes,
 * cost) walks these lists; none of them recurses over nesting, so deep specs cannot overflow the stack.
 */
import type { FoldedGraph, Graph } from './graph.ts';
import { createMemo } from './memo.ts';

const called = createMemo<readonly FoldedGraph[]>();
const constants = createMemo<readonly Graph[]>();
const mentioned = createMemo<readonly FoldedGraph[]>();

/** Graphs that a graph calls, or whose weights it owns: each once, in the order of the text. */
export function calledBy<G extends FoldedGraph>(graph: G): readonly G[] {
  let list = called.get(graph);
  if (list === undefined) {
    const found = new Set<FoldedGraph>();
    let last: FoldedGraph | undefined;
    const add = (callee: FoldedGraph): void => {
      // of 28 equal calls one counts
      if (callee !== last) found.add((last = callee));
    };
    for (const node of graph.nodes) if (node.kind === 'call') add(node.callee);
    for (const owned of graph.owns) if (owned.kind === 'call') add(owned.callee);
    called.set(graph, (list = [...found]));
  }
  // what is unrolled calls only what is
  return list as readonly G[];
}

/** Closed graphs that a graph holds: constants and initial values, each once. */
export function constantsOf(graph: FoldedGraph): readonly Graph[] {
  let list = constants.get(graph);
  if (list === undefined) {
    const found = new Set<Graph>();
    for (const node of graph.nodes) {
      if (node.kind === 'const' && typeof node.value !== 'number') found.add(node.value);
      if (node.kind === 'weight' && node.weight.init.kind === 'tensor') found.add(node.weight.init.graph);
    }
    for (const owned of graph.owns) {
      if (owned.kind === 'weight' && owned.weight.init.kind === 'tensor') found.add(owned.weight.init.graph);
    }
    constants.set(graph, (list = [...found]));
  }
  return list;
}

function mentionedBy<G extends FoldedGraph>(graph: G): readonly G[] {
  let list = mentioned.get(graph);
  if (list === undefined) {
    const closed: readonly FoldedGraph[] = constantsOf(graph);
    list = mentioned.set(graph, closed.length === 0 ? calledBy(graph) : [...calledBy(graph), ...closed]);
  }
  return list as readonly G[];
}

interface Walk<G> {
  readonly order: readonly G[];
  /** a graph that reaches itself, which no builder makes */
  readonly cyclic?: G;
}

function walk<G extends FoldedGraph>(
  root: G,
  next: (graph: G) => readonly G[],
  known: (graph: G) => boolean = () => false,
): Walk<G> {
  const order: G[] = [];
  const state = new Map<G, 'open' | 'done'>([[root, 'open']]);
  const stack = [{ graph: root, at: 0 }];
  let cyclic: G | undefined;
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    const child = next(top.graph)[top.at++];
    if (child === undefined) {
      stack.pop();
      state.set(top.graph, 'done');
      order.push(top.graph);
    } else if (state.get(child) === 'open') cyclic = child;
    else if (!state.has(child) && !known(child)) {
      state.set(child, 'open');
      stack.push({ graph: child, at: 0 });
    }
  }
  return { order, cyclic };
}

/** Every graph that `root` is made of, closed ones too, each once; callees before callers, so `root` is last. */
export const graphsOf = <G extends FoldedGraph>(root: G): readonly G[] => walk(root, mentionedBy<G>).order;

/** The graphs that run when `root` does: without those that only make constants and initial values. */
export const calledGraphs = <G extends FoldedGraph>(root: G): readonly G[] => walk(root, calledBy<G>).order;

/** A graph that reaches itself, if there is one. */
export const findCycle = (root: Graph): Graph | undefined => walk(root, mentionedBy<Graph>).cyclic;

/** Graphs in each other that are calculated without listing them first; the stack has room for more. */
const NEAR = 64;

/**
 * Calculates something of a graph from the same of the graphs that it is made of (`graphsOf`), or only of those that it
 * calls (`calledGraphs`): once for each graph object; what is known is not calculated again.
 */
export function perGraph<T extends NonNullable<unknown>, G extends FoldedGraph = Graph>(
  compute: (graph: G, of: (other: G) => T) => T,
  graphs: typeof graphsOf | typeof calledGraphs = graphsOf,
): (graph: G) => T {
  const next: (graph: G) => readonly G[] = graphs === calledGraphs ? calledBy : mentionedBy;
  const known = createMemo<T>();
  const isKnown = (graph: G): boolean => known.get(graph) !== undefined;
  const ready = (graph: G): T => known.get(graph)!;
  let depth = 0;
  const of = (graph: G): T => known.get(graph) ?? calculate(graph);
  const calculate = (graph: G): T => {
    if (depth === NEAR) {
      for (const each of walk(graph, next, isKnown).order) known.set(each, compute(each, ready));
      return ready(graph);
    }
    depth++;
    try {
      return known.set(graph, compute(graph, of));
    } finally {
      depth--;
    }
  };
  return of;
}
