/** Graphs that are another but for some of their calls: what is known of that one need not be found again. */
import type { FoldedGraph } from './graph.ts';
import { createMemo } from './memo.ts';

export interface Like {
  readonly graph: FoldedGraph;
  /** the nodes that are not the same: calls that turn more or less often, or call another graph with the same results */
  readonly at: readonly number[];
}

const known = createMemo<Like>();

export const likeOf = (graph: FoldedGraph): Like | undefined => known.get(graph);

export function setLike(graph: FoldedGraph, like: Like): void {
  known.set(graph, like);
}
