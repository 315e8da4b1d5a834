/** Puts nodes of finished graphs into a graph that is being built. */
import type { Builder } from '../ir/builder.ts';
import type { CallNode, Graph, Node, Value } from '../ir/graph.ts';
import type { Extra, Forward, Sketch } from './sketch.ts';

/** One node again, on other operands; a call may be of another graph. */
export function emitNode(build: Builder, from: Graph, node: Node, operands: readonly Value[], callee?: Graph): Value[] {
  const { type } = from.values[node.results[0]!] ?? {};
  const emit = (): Value[] => {
    switch (node.kind) {
      case 'op':
        return [build.op(node.op, operands, node.attributes, node.place)];
      case 'call':
        return build.call(callee ?? node.callee, operands, node.prefix, node.place);
      case 'weight':
        return [build.weight(node.weight)];
      case 'const':
        return [typeof node.value === 'number' ? build.number(node.value, type) : build.constant(node.value)];
    }
  };
  const results = emit();
  for (const [i, value] of node.results.entries()) {
    const { name } = from.values[value]!;
    if (name !== undefined) build.nameValue(results[i]!, name);
  }
  return results;
}

export const operandsOf = (node: Node): readonly Value[] =>
  node.kind === 'op' || node.kind === 'call' ? node.operands : [];

/** The values that are needed to make `wanted`, themselves included. */
export function liveValues(
  graph: Graph,
  wanted: Iterable<Value>,
  extrasOf: (call: CallNode) => readonly Value[] = () => [],
): Set<Value> {
  const live = new Set(wanted);
  for (let at = graph.nodes.length - 1; at >= 0; at--) {
    const node = graph.nodes[at]!;
    const made = node.kind === 'call' ? [...node.results, ...extrasOf(node)] : node.results;
    if (made.some((value) => live.has(value))) for (const value of operandsOf(node)) live.add(value);
  }
  return live;
}

/** What of a sketch is needed for its results, in its order; `given` finds the inputs, when they are first used. */
export function emitSketch(build: Builder, { graph }: Sketch, given: (input: Value) => Value): Value[] {
  const wanted = graph.results.map(({ value }) => value);
  const live = liveValues(graph, wanted);
  const emitted = new Map<Value, Value>();
  const find = (value: Value): Value => emitted.get(value) ?? given(value);
  for (const node of graph.nodes) {
    if (!node.results.some((value) => live.has(value))) continue;
    const results = emitNode(build, graph, node, operandsOf(node).map(find));
    for (const [i, value] of node.results.entries()) emitted.set(value, results[i]!);
  }
  return wanted.map(find);
}

export const extrasByCall = (graph: Graph, extras: readonly Extra[]): ((call: CallNode) => readonly Forward[]) => {
  const byCall = new Map<CallNode, Forward[]>();
  for (const [i, { call }] of extras.entries()) {
    const list = byCall.get(call) ?? [];
    if (list.push(graph.values.length + i) === 1) byCall.set(call, list);
  }
  return (call) => byCall.get(call) ?? [];
};

/**
 * The forward nodes of a graph, its calls replaced by those that also return what their backward graphs need. Only what
 * `wanted` needs, where that is said.
 */
export function emitForward(
  build: Builder,
  graph: Graph,
  { pullbacks, extras }: Pick<Sketch, 'pullbacks' | 'extras'>,
  given: (input: Value) => Value,
  wanted?: readonly Forward[],
): (forward: Forward) => Value {
  const extrasOf = extrasByCall(graph, extras);
  const live = wanted && liveValues(graph, wanted, extrasOf);
  const emitted = new Map<Forward, Value>();
  const find = (forward: Forward): Value => emitted.get(forward) ?? given(forward);
  for (const node of graph.nodes) {
    const inside = node.kind === 'call' ? extrasOf(node) : [];
    if (live && ![...node.results, ...inside].some((value) => live.has(value))) continue;
    const variant = node.kind === 'call' ? pullbacks.get(node)?.forward : undefined;
    const results = emitNode(build, graph, node, operandsOf(node).map(find), variant);
    for (const [i, value] of node.results.entries()) emitted.set(value, results[i]!);
    for (const extra of inside) emitted.set(extra, results[extras[extra - graph.values.length]!.result]!);
  }
  return find;
}
