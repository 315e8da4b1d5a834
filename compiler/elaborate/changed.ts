/** A graph that is another but for some of its calls. */
import type { FoldedGraph } from '../ir/graph.ts';
import { setLike } from '../ir/like.ts';
import { shownLater } from '../ir/shown-later.ts';
import type { Instance } from './context.ts';
import { setField } from './set-field.ts';
import { number } from './term.ts';
import type { Read } from './watch.ts';

/** `at`: the nodes that are not the same. */
export function changed(
  graph: FoldedGraph,
  { nodes, owns, at }: Pick<FoldedGraph, 'nodes' | 'owns'> & { readonly at: readonly number[] },
  settings: () => string,
): FoldedGraph {
  const { name, inputs, results, values, place } = graph;
  const now = shownLater({ name, inputs, results, nodes, values, owns, place }, settings);
  setLike(now, { graph, at });
  return now;
}

export function withCount(terms: Instance['terms'], { name, field }: Read, value: number): Instance['terms'] {
  const term = field === undefined ? number(value) : setField(terms.get(name)!, [field], number(value));
  return new Map(terms).set(name, term!);
}
