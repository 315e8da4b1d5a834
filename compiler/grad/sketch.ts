/**
 * The reverse sweep over one graph (reverse accumulation, Griewank & Walther 2008, ch. 3): from the last node to the first,
 * each op's gradient rule, and each call's backward graph, turns the cotangent of a result into those of the operands.
 * A sketch mentions forward values without saying where they come from; what is not mentioned need not be kept, and
 * that is known only when the sweep is done.
 */
import { type Builder, createBuilder } from '../ir/builder.ts';
import type { CallNode, Graph, OpNode, Value } from '../ir/graph.ts';
import type { TensorType } from '../ir/type.ts';
import { joinPath } from '../ir/weights.ts';
import { opNamed } from '../ops/registry.ts';
import type { Activity } from './active.ts';
import { joinPads } from './join-pads.ts';
import type { Pullback, PullbackOf } from './pullback.ts';

/** A forward value: of the graph, or, from `graph.values.length` on, an entry of `extras`. */
export type Forward = number;

/** A value inside of a call that its backward graph needs: one more result of the call. */
export interface Extra {
  readonly call: CallNode;
  /** the place among the results of the call's forward variant */
  readonly result: number;
  readonly type: TensorType;
}

export interface Sketch {
  /** takes forward values and cotangents; returns the gradients of `inputs`, then of `weights` */
  readonly graph: Graph;
  /** which forward value an input of `graph` stands for */
  readonly mentions: ReadonlyMap<Value, Forward>;
  /** which result's cotangent an input of `graph` is */
  readonly cotangents: ReadonlyMap<Value, number>;
  readonly inputs: readonly number[];
  /** by path from the graph */
  readonly weights: readonly string[];
  readonly pullbacks: ReadonlyMap<CallNode, Pullback>;
  readonly extras: readonly Extra[];
}

/** `cotangents`: which results have one. Nothing is returned where no gradient arrives anywhere. */
export function sketchGradient(
  graph: Graph,
  activity: Activity,
  cotangents: readonly boolean[],
  pullbackOf: PullbackOf,
): Sketch | undefined {
  const build = createBuilder();
  const mentions = new Map<Value, Forward>();
  const mentioned = new Map<Forward, Value>();
  const given = new Map<Value, number>();
  const gradients = new Map<Value, Value>();
  const weights = new Map<string, Value>();
  const pullbacks = new Map<CallNode, Pullback>();
  const extras: Extra[] = [];

  const mention = (forward: Forward): Value => {
    let value = mentioned.get(forward);
    if (value === undefined) {
      const type = (graph.values[forward] ?? extras[forward - graph.values.length]!).type;
      mentioned.set(forward, (value = build.input(`v${forward}`, type)));
      mentions.set(value, forward);
    }
    return value;
  };
  const flow = (to: Value, gradient: Value): void => {
    if (!activity[to]) return;
    const sum = addTo(build, gradients, to, gradient);
    const name = graph.values[to]!.name;
    if (name !== undefined) build.nameValue(sum, `d_${name}`);
  };

  const throughOp = (node: OpNode, gradient: Value): void => {
    const rule = opNamed(node.op).gradient;
    if (rule === 'none') return;
    const [result] = node.results;
    const { attributes } = node;
    const operands = node.operands.map(mention);
    const flows = rule({ build, operands, result: mention(result!), gradient, attributes });
    for (const [i, value] of flows.entries()) if (value !== undefined) flow(node.operands[i]!, value);
  };

  const throughCall = (node: CallNode): void => {
    const arrives = node.results.map((value) => gradients.has(value));
    const pullback = pullbackOf(
      node,
      graph,
      node.operands.map((value) => activity[value]!),
      arrives,
    );
    if (pullback === undefined) return;
    pullbacks.set(node, pullback);
    const kept = pullback.kept.map((source) => {
      if (source.kind === 'input') return mention(node.operands[source.index]!);
      const type = pullback.forward.values[pullback.forward.results[source.index]!.value]!.type;
      return mention(graph.values.length + extras.push({ call: node, result: source.index, type }) - 1);
    });
    const arriving = pullback.cotangents.map((i) => gradients.get(node.results[i]!)!);
    const prefix = pullback.backward.borrows ? node.prefix : '';
    const results = build.call(pullback.backward, [...kept, ...arriving], prefix, node.place);
    for (const [i, input] of pullback.inputs.entries()) flow(node.operands[input]!, results[i]!);
    for (let i = pullback.weights.length - 1; i >= 0; i--) {
      const path = joinPath(node.prefix, pullback.weights[i]!);
      addTo(build, weights, path, results[pullback.inputs.length + i]!);
    }
  };

  for (const [i, { value, name }] of graph.results.entries()) {
    if (!cotangents[i] || !activity[value]) continue;
    const cotangent = build.input(`d_${name ?? graph.values[value]!.name ?? i}`, graph.values[value]!.type);
    given.set(cotangent, i);
    flow(value, cotangent);
  }
  for (let at = graph.nodes.length - 1; at >= 0; at--) {
    const node = graph.nodes[at]!;
    if (node.kind === 'const') continue;
    if (node.kind === 'call') {
      if (node.results.some((value) => gradients.has(value))) throughCall(node);
      continue;
    }
    const gradient = gradients.get(node.results[0]!);
    if (gradient === undefined) continue;
    if (node.kind === 'op') throughOp(node, gradient);
    else addTo(build, weights, node.weight.path, gradient);
  }

  const inputs = [...graph.inputs.keys()].filter((i) => gradients.has(graph.inputs[i]!.value));
  const paths = [...weights.keys()].reverse();
  if (inputs.length + paths.length === 0) return undefined;
  const results = [...inputs.map((i) => gradients.get(graph.inputs[i]!.value)!), ...paths.map((p) => weights.get(p)!)];
  const sketch = build.finish(
    results.map((value) => ({ value })),
    { name: graph.name },
  );
  return { graph: joinPads(sketch), mentions, cotangents: given, inputs, weights: paths, pullbacks, extras };
}

/** Gradients of several uses add up. */
function addTo<Key>(build: Builder, sums: Map<Key, Value>, key: Key, gradient: Value): Value {
  const before = sums.get(key);
  const sum = before === undefined ? gradient : build.op('add', [before, gradient]);
  sums.set(key, sum);
  return sum;
}
