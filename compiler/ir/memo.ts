/**
 * What is remembered of a graph. All that is known of one graph hangs on one weak entry: dozens of weak maps, each with
 * an entry for every graph of a large grid, would keep the collector of garbage busier than the compiler.
 */
import type { FoldedGraph } from './graph.ts';

export interface Memo<T> {
  get(graph: FoldedGraph): T | undefined;
  set(graph: FoldedGraph, value: T): T;
}

const slots = new WeakMap<FoldedGraph, unknown[]>();
let count = 0;

// most questions come one after the other about one graph
let last: FoldedGraph | undefined;
let lastSlots: unknown[] = [];

function slotsOf(graph: FoldedGraph): unknown[] {
  if (graph === last) return lastSlots;
  let found = slots.get(graph);
  if (found === undefined) slots.set(graph, (found = []));
  last = graph;
  lastSlots = found;
  return found;
}

/** Values must not be undefined. */
export function createMemo<T>(): Memo<T> {
  const slot = count++;
  return {
    get: (graph) => slotsOf(graph)[slot] as T | undefined,
    set(graph, value) {
      slotsOf(graph)[slot] = value;
      return value;
    },
  };
}
