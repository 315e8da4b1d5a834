/**
 * Which graphs a graph is made of. Everything that works per distinct graph (printing, verifying, digests, passes,
 * cost) walks these lists; none of them recurses over nesting, so deep specs cannot overflow the stack.
 */
import type { Graph } from './graph.ts';
import { createMemo } from './memo.ts';

const called = createMemo<readonly Graph[]>();
const constants = createMemo<readonly Graph[]>();
const mentioned = createMemo<readonly Graph[]>();

/** Graphs that a graph calls, or whose weights it owns: each once, in the order of the text. */
export function calledBy(graph: Graph): readonly Graph[] {
  let list = called.get(graph);
  if (list === undefined) {
    const found = new Set<Graph>();
    let last: Graph | undefined;
    const add = (callee: Graph): void => {
      // of 28 equal calls one counts
      if (callee !== last) found.add((last = callee));
    };
    for (const node of graph.nodes) if (node.kind === 'call') add(node.callee);
    for (const owned of graph.owns) if (owned.kind === 'call') add(owned.callee);
    called.set(graph, (list = [...found]));
  }
  return list;
}

/** Closed graphs that a graph holds: constants and initial values, each once. */
export function constantsOf(graph: Graph): readonly Graph[] {
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

function mentionedBy(graph: Graph): readonly Graph[] {
  const list = mentioned.get(graph);
  if (list !== undefined) return list;
  const closed = constantsOf(graph);
  return mentioned.set(graph, closed.length === 0 ? calledBy(graph) : [...calledBy(graph), ...closed]);
}

interface Walk {
  readonly order: readonly Graph[];
  /** a graph that reaches itself, which no builder makes */
  readonly cyclic?: Graph;
}

function walk(
  root: Graph,
  next: (graph: Graph) => readonly Graph[],
  known: (graph: Graph) => boolean = () => false,
): Walk {
  const order: Graph[] = [];
  const state = new Map<Graph, 'open' | 'done'>([[root, 'open']]);
  const stack = [{ graph: root, at: 0 }];
  let cyclic: Graph | undefined;
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
export const graphsOf = (root: Graph): readonly Graph[] => walk(root, mentionedBy).order;

/** The graphs that run when `root` does: without those that only make constants and initial values. */
export const calledGraphs = (root: Graph): readonly Graph[] => walk(root, calledBy).order;

/** A graph that reaches itself, if there is one. */
export const findCycle = (root: Graph): Graph | undefined => walk(root, mentionedBy).cyclic;

/**
 * Calculates something of a graph from the same of the graphs that it is made of (`graphsOf`), or only of those that it
 * calls (`calledGraphs`): once for each graph object; what is known is not walked again.
 */
export function perGraph<T>(
  compute: (graph: Graph, of: (other: Graph) => T) => T,
  graphs: typeof graphsOf | typeof calledGraphs = graphsOf,
): (graph: Graph) => T {
  const next = graphs === calledGraphs ? calledBy : mentionedBy;
  const known = createMemo<{ readonly value: T }>();
  const isKnown = (graph: Graph): boolean => known.get(graph) !== undefined;
  const of = (graph: Graph): T => known.get(graph)!.value;
  return (root) => {
    const before = known.get(root);
    if (before !== undefined) return before.value;
    // a new graph of known ones, as every call makes it: nothing to walk
    const order = next(root).every(isKnown) ? [root] : walk(root, next, isKnown).order;
    for (const graph of order) known.set(graph, { value: compute(graph, of) });
    return of(root);
  };
}
