/**
 * Rematerialisation (Chen et al. 2016, "Training deep nets with sublinear memory cost"): a call keeps its operands alone,
 * and its backward graph runs the forward part again that what it needs comes from.
 */
import { createBuilder } from '../ir/builder.ts';
import type { CallNode, Graph } from '../ir/graph.ts';
import { ownsWeights } from '../ir/weights.ts';
import { emitForward, liveValues } from './emit.ts';
import { createInputs, finishBorrowing, namedAfter } from './naming.ts';
import type { Pullback } from './pullback.ts';

/** Whether a call keeps only its operands, and its backward graph runs it again. */
export type Rematerialise = (call: CallNode, caller: Graph) => boolean;

const callCounts = new WeakMap<Graph, ReadonlyMap<string, number>>();

/** How often a graph calls blocks of each name. */
function callsByName(graph: Graph): ReadonlyMap<string, number> {
  let counts = callCounts.get(graph);
  if (counts === undefined) {
    const found = new Map<string, number>();
    for (const node of graph.nodes) {
      if (node.kind === 'call') found.set(node.callee.name, (found.get(node.callee.name) ?? 0) + 1);
    }
    callCounts.set(graph, (counts = found));
  }
  return counts;
}

/** Calls of a block with weights that its caller calls more than once: the layers of a model. */
export const repeatedBlocks: Rematerialise = ({ callee }, caller) =>
  ownsWeights(callee) && callsByName(caller).get(callee.name)! > 1;

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
