/**
 * The two graphs that a layer runs when gradients are wanted of it, cut down to the gradients that are: a frozen weight
 * costs no kernel, and what only its gradient needs is not kept.
 */
import { liveValues } from '../../compiler/grad/emit.ts';
import { graphPullback } from '../../compiler/grad/graph-pullback.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import { type FlatGraph, flatten } from '../../compiler/lower/flatten.ts';

/** What a step of training wants of a layer. */
export interface Wish {
  /** paths of weights; the gradients of inputs are always wanted */
  readonly weights: readonly string[];
  /** whether the layer runs again on the way back instead of keeping what that needs */
  readonly recompute: boolean;
}

export interface GradientPlan {
  /** the results of the graph, then what is kept */
  readonly forward: FlatGraph;
  /** its inputs are named by what they take: `input.NAME`, `kept.PLACE`, `cotangent.PLACE`; its results `grad.…` */
  readonly backward: FlatGraph;
}

/** Nothing where no gradient flows. */
export function planGradients(graph: Graph, { weights, recompute }: Wish): GradientPlan | undefined {
  const pullback = graphPullback(graph, recompute);
  if (pullback === undefined) return undefined;
  const own = graph.results.length;
  const names = [
    ...pullback.kept.map(({ kind, index }) =>
      kind === 'input' ? `input.${graph.inputs[index]!.name}` : `kept.${index}`,
    ),
    ...pullback.cotangents.map((index) => `cotangent.${index}`),
  ];
  const gradients = [
    ...pullback.inputs.map((index) => `grad.input.${graph.inputs[index]!.name}`),
    ...pullback.weights.map((path) => `grad.${path}`),
  ];
  const wanted = new Set(weights.map((path) => `grad.${path}`));
  const whole = flatten(pullback.backward);
  const results = whole.results
    .map(({ value }, at) => ({ name: gradients[at]!, value }))
    .filter(({ name }, at) => at < pullback.inputs.length || wanted.has(name));
  const live = liveValues(
    whole,
    results.map(({ value }) => value),
  );
  const inputs = whole.inputs
    .map(({ value }, at) => ({ name: names[at]!, value }))
    .filter(({ value }) => live.has(value));
  const backward = { ...whole, inputs, results };

  const needed = new Set(inputs.map(({ name }) => name));
  const forward = flatten(pullback.forward);
  const kept = forward.results.map(({ value }, at) => ({ name: at < own ? `out.${at}` : `kept.${at}`, value }));
  return { forward: { ...forward, results: kept.filter(({ name }, at) => at < own || needed.has(name)) }, backward };
}
