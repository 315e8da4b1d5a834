/** Graphs whose settings are put together when somebody looks: of a plan's thousands few are shown. */
import type { FoldedGraph } from './graph.ts';
import { createMemo } from './memo.ts';

const texts = createMemo<() => string>();

/** One getter for all of them: an object with a getter of its own is slow to make and to read. */
const SETTINGS: PropertyDescriptor = {
  enumerable: true,
  get(this: FoldedGraph): string {
    return texts.get(this)!();
  },
};

export function shownLater(
  { name, inputs, results, nodes, values, owns, place }: Omit<FoldedGraph, 'settings'>,
  settings: () => string,
): FoldedGraph {
  const graph = { name, inputs, results, nodes, values, owns, place };
  Object.defineProperty(graph, 'settings', SETTINGS);
  texts.set(graph as FoldedGraph, settings);
  return graph as FoldedGraph;
}
