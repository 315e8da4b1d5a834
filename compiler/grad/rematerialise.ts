/**
 * Rematerialisation (Chen et al. 2016, "Training deep nets with sublinear memory cost"): a call keeps its operands alone,
 * and its backward graph runs the forward part again that what it needs comes from.
 */
import { createBuilder } from '../ir/builder.ts';
import { calledGraphs } from '../ir/callees.ts';
import type { CallNode, Graph } from '../ir/graph.ts';
import { ownsWeights } from '../ir/weights.ts';
import { emitForward, liveValues } from './emit.ts';
import { createInputs, finishBorrowing, namedAfter } from './naming.ts';
import type { Pullback } from './pullback.ts';

/** Whether a call keeps only its operands, and its backward graph runs it again. */
export type Rematerialise = (call: CallNode, caller: Graph) => boolean;

const layerLists = new WeakMap<Graph, ReadonlyMap<CallNode, number>>();

/** A linear map or a norm alone keeps its input anyway: a layer is made of others, or has more than a weight and a bias. */
const isLayer = (callee: Graph): boolean =>
  ownsWeights(callee) && (callee.owns.length > 2 || callee.owns.some(({ kind }) => kind === 'call'));

/** Calls of such a block that a graph calls more than once, each with its place among them. */
function layersOf(graph: Graph): ReadonlyMap<CallNode, number> {
  let layers = layerLists.get(graph);
  if (layers === undefined) {
    const calls = graph.nodes.filter((node): node is CallNode => node.kind === 'call');
    const counts = new Map<string, number>();
    for (const { callee } of calls) counts.set(callee.name, (counts.get(callee.name) ?? 0) + 1);
    const repeated = calls.filter(({ callee }) => counts.get(callee.name)! > 1 && isLayer(callee));
    layerLists.set(graph, (layers = new Map(repeated.map((call, place) => [call, place]))));
  }
  return layers;
}

/** All layers of a model. */
export const repeatedBlocks: Rematerialise = (call, caller) => layersOf(caller).has(call);

/**
 * The first layers alone: their backward graphs come last, so that what is made again for them is made when the values of
 * the later layers are gone.
 */
export const firstLayers =
  (count: number): Rematerialise =>
  (call, caller) =>
    (layersOf(caller).get(call) ?? Infinity) < count;

/** The most layers that one graph has, of those that run when `graph` does. */
export const countLayers = (graph: Graph): number =>
  calledGraphs(graph).reduce((most, each) => Math.max(most, layersOf(each).size), 0);

/** The same gradients from the callee's operands alone: what `base` keeps is computed again before it is used. */
export function runAgain(callee: Graph, base: Pullback): Pullback {
  const again = recomputation(base);
  const used = [...callee.inputs.keys()].filter(
    (i) => again.inputs.includes(i) || base.kept.some(({ kind, index }) => kind === 'input' && index === i),
  );
  const build = createBuilder();
  const input = createInputs(build);
  const operands = new Map(
    used.map((i) => [i, input(callee.inputs[i]!.name, callee.values[callee.inputs[i]!.value]!.type)]),
  );
  const cotangents = base.backward.inputs
    .slice(base.kept.length)
    .map(({ name, value }) => input(name, base.backward.values[value]!.type));
  const made = build.call(
    again.graph,
    again.inputs.map((i) => operands.get(i)!),
    '',
  );
  let next = 0;
  const kept = base.kept.map(({ kind, index }) => (kind === 'input' ? operands.get(index)! : made[next++]!));
  const results = build.call(base.backward, [...kept, ...cotangents], '');
  const backward = finishBorrowing(build, results, namedAfter(callee, 'backward_again'));
  return { ...base, forward: callee, backward, kept: used.map((index) => ({ kind: 'input', index })) };
}

/** The forward variant without what only its own results need, and without inputs that are then unused. */
function recomputation({ forward, kept }: Pullback): { readonly graph: Graph; readonly inputs: readonly number[] } {
  const wanted = kept.flatMap(({ kind, index }) => (kind === 'result' ? [forward.results[index]!.value] : []));
  const live = liveValues(forward, wanted);
  const inputs = [...forward.inputs.keys()].filter((i) => live.has(forward.inputs[i]!.value));
  const build = createBuilder();
  const given = new Map(
    inputs.map((i) => {
      const { name, value } = forward.inputs[i]!;
      return [value, build.input(name, forward.values[value]!.type)];
    }),
  );
  const nothing = { pullbacks: new Map(), extras: [] };
  const find = emitForward(build, forward, nothing, (value) => given.get(value)!, wanted);
  return { graph: finishBorrowing(build, wanted.map(find), namedAfter(forward, 'again')), inputs };
}
