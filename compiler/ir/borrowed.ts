/** What a backward graph reads of the graph it differentiates, by path. Empty for graphs that do not borrow. */
import { calledGraphs, perGraph } from './callees.ts';
import type { Graph, Weight } from './graph.ts';
import { joinPath, weightsOf } from './weights.ts';

export const borrowedWeights = perGraph<ReadonlyMap<string, Weight>>((graph, of) => {
  const found = new Map<string, Weight>();
  if (!graph.borrows) return found;
  for (const node of graph.nodes) {
    if (node.kind === 'weight') found.set(node.weight.path, node.weight);
    if (node.kind !== 'call') continue;
    const inside: Iterable<readonly [string, Weight]> = node.callee.borrows
      ? of(node.callee)
      : weightsOf(node.callee).map(({ path, weight }) => [path, weight] as const);
    for (const [path, weight] of inside) found.set(joinPath(node.prefix, path), weight);
  }
  return found;
}, calledGraphs);

/** Weights by full path, for those who look them up. */
export const weightTable = (graph: Graph): ReadonlyMap<string, Weight> =>
  new Map(weightsOf(graph).map(({ path, weight }) => [path, weight]));
