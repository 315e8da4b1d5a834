/**
 * What is remembered of a graph hangs on it, behind a symbol: weak maps with an entry for every graph of a large grid
 * would keep the collector of garbage busier than the compiler.
 */
import type { FoldedGraph } from './graph.ts';

export interface Memo<T> {
  get(graph: FoldedGraph): T | undefined;
  set(graph: FoldedGraph, value: T): T;
}

/** A copy of a graph is another one: what it got of the entry of the first is not its own. */
interface Slots {
  readonly owner: FoldedGraph;
  readonly values: unknown[];
}

const SLOTS = Symbol('what is remembered of a graph');
type Remembered = FoldedGraph & { [SLOTS]?: Slots };

let count = 0;

function slotsOf(graph: Remembered): unknown[] {
  const own = graph[SLOTS];
  if (own !== undefined && own.owner === graph) return own.values;
  const values: unknown[] = [];
  graph[SLOTS] = { owner: graph, values };
  return values;
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
