/**
 * Which values a gradient can flow back from: floats that depend, through ops with a gradient, on a trained weight or on
 * an input of which the gradient is wanted. Everything else (ints, frozen weights, constants, what is detached) is left
 * out of the backward graph.
 */
import type { Graph, Value } from '../ir/graph.ts';
import { opNamed } from '../ops/registry.ts';

/** For each value of a graph, whether it is active. */
export type Activity = readonly boolean[];

export type ActivityOf = (graph: Graph, inputs: readonly boolean[]) => Activity;

/** Remembers by graph and by which inputs are active, so that 28 calls are asked once. */
export function createActivity(weights: boolean): ActivityOf {
  const known = new WeakMap<Graph, Map<string, Activity>>();

  const compute = (graph: Graph, inputs: readonly boolean[]): Activity => {
    const active = graph.values.map(() => false);
    for (const [i, { value }] of graph.inputs.entries()) active[value] = inputs[i]!;
    const anyOf = (values: readonly Value[]): boolean => values.some((value) => active[value]);
    for (const node of graph.nodes) {
      if (node.kind === 'weight') active[node.results[0]!] = weights && node.weight.trained;
      if (node.kind === 'op') active[node.results[0]!] = opNamed(node.op).gradient !== 'none' && anyOf(node.operands);
      if (node.kind !== 'call') continue;
      const inside = activityOf(
        node.callee,
        node.operands.map((value) => active[value]!),
      );
      for (const [i, { value }] of node.callee.results.entries()) active[node.results[i]!] = inside[value]!;
    }
    return active.map((is, value) => is && graph.values[value]!.type.dtype === 'f32');
  };

  const activityOf: ActivityOf = (graph, inputs) => {
    let sets = known.get(graph);
    if (sets === undefined) known.set(graph, (sets = new Map()));
    const key = inputs.map(Number).join('');
    let activity = sets.get(key);
    if (activity === undefined) sets.set(key, (activity = compute(graph, inputs)));
    return activity;
  };
  return activityOf;
}
