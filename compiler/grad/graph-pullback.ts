/**
 * The gradients of a whole graph as two graphs, for who runs them apart: forward, with what is kept as further results,
 * and backward from that and cotangents. What a call of the graph becomes when it is differentiated, with no call around.
 */
import type { Graph, Value } from '../ir/graph.ts';
import { createPullbacks } from './backward.ts';
import type { Pullback } from './pullback.ts';

/**
 * Against all float results, inputs and trained weights; nothing where no gradient flows. `recompute` keeps the inputs
 * alone, and the backward graph runs the forward one again.
 */
export function graphPullback(graph: Graph, recompute: boolean): Pullback | undefined {
  const { pullbackOf } = createPullbacks({ weights: true, rematerialise: () => recompute });
  const isFloat = ({ value }: { readonly value: Value }): boolean => graph.values[value]!.type.dtype === 'f32';
  const call = { kind: 'call', callee: graph, operands: [], prefix: '', results: [] } as const;
  return pullbackOf(call, graph, graph.inputs.map(isFloat), graph.results.map(isFloat));
}
