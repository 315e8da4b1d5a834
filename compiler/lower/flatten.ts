/**
 * A graph without calls: what engines lower from, since calls cost them and hide what can be fused. Every call is
 * replaced by the nodes of its callee, in an order in which they run; a weight is read once, by its full path, whoever
 * asked for it; equal numbers are one node. Names of values survive, and `scope` says in which call a node was.
 * `bindBatch` then puts a number in the place of N, so that whoever lowers sees only numbers.
 */

import { calledGraphs, perGraph } from '../ir/callees.ts';
import type { CallNode, ConstNode, Graph, OpNode, Owned, Value, ValueInfo, WeightNode } from '../ir/graph.ts';
import { showType } from '../ir/type.ts';
import { joinPath, weightsOf } from '../ir/weights.ts';

/** Where a node was: the path of the calls around it, `blocks.3.attn`; empty in the model itself. */
interface Scoped {
  readonly scope: string;
}

export type FlatOp = OpNode & Scoped;
/** A number fills the type of the result; a closed graph still has its calls. */
export type FlatConst = ConstNode & Scoped;
/** Its weight has the full path: `blocks.3.attn.qkv.weight`, the name of the state. */
export type FlatWeight = WeightNode & Scoped;
export type FlatNode = FlatOp | FlatConst | FlatWeight;

/** A graph like others: it prints, verifies and runs. It owns all weights of the model by full path, read or not. */
export interface FlatGraph extends Graph {
  readonly nodes: readonly FlatNode[];
}

/** Nodes to walk to make a graph flat: its own, and those of every call. The flat graph has no more. */
export const countFlatNodes = perGraph<number>(
  (graph, of) => graph.nodes.reduce((sum, node) => sum + (node.kind === 'call' ? 1 + of(node.callee) : 1), 0),
  calledGraphs,
);

/** Nested calls can multiply beyond any memory; who takes strangers' specs asks `countFlatNodes` first. */
export const MOST_FLAT_NODES = 4_000_000;

interface Frame {
  readonly graph: Graph;
  readonly scope: string;
  /** flat values of the graph's values */
  readonly values: Int32Array;
  readonly call?: CallNode;
  at: number;
}

const flattened = new WeakMap<Graph, FlatGraph>();

export function flatten(graph: Graph): FlatGraph {
  let flat = flattened.get(graph);
  if (flat === undefined) {
    const count = countFlatNodes(graph);
    if (count > MOST_FLAT_NODES) throw new RangeError(`${graph.name} has ${count} nodes, more than ${MOST_FLAT_NODES}`);
    flattened.set(graph, (flat = inline(graph)));
  }
  return flat;
}

function inline(root: Graph): FlatGraph {
  const owns = weightsOf(root).map(({ path, weight, shared }): Owned => {
    return { kind: 'weight', weight: { ...weight, path }, shared };
  });
  const owned = new Map(owns.flatMap((own) => (own.kind === 'weight' ? [[own.weight.path, own.weight] as const] : [])));
  const nodes: FlatNode[] = [];
  const values: ValueInfo[] = [];
  const reads = new Map<string, Value>();
  const numbers = new Map<string, Value>();

  const frameOf = (graph: Graph, scope: string, call?: CallNode): Frame => {
    return { graph, scope, values: new Int32Array(graph.values.length).fill(-1), call, at: 0 };
  };
  const define = (frame: Frame, value: Value): Value => {
    return (frame.values[value] = values.push(frame.graph.values[value]!) - 1);
  };
  /** what a caller calls the result, where the callee has no name for it */
  const nameValue = (value: Value, name: string | undefined) => {
    const info = values[value]!;
    if (name !== undefined && info.name === undefined) values[value] = { ...info, name };
  };
  const reuse = (known: Map<string, Value>, key: string, frame: Frame, value: Value): boolean => {
    const before = known.get(key);
    if (before === undefined) known.set(key, define(frame, value));
    else frame.values[value] = before;
    return before !== undefined;
  };
  const putOp = (frame: Frame, { op, operands, attributes, results, place }: OpNode) => {
    const from = operands.map((operand) => frame.values[operand]!);
    nodes.push({
      kind: 'op',
      op,
      operands: from,
      attributes,
      results: [define(frame, results[0]!)],
      scope: frame.scope,
      place,
    });
  };
  const putConst = (frame: Frame, { value, results, place }: ConstNode) => {
    const result = results[0]!;
    const { scope } = frame;
    if (typeof value === 'number') {
      const key = `${Object.is(value, -0) ? '-0' : value} ${showType(frame.graph.values[result]!.type)}`;
      if (reuse(numbers, key, frame, result)) return;
    } else define(frame, result);
    nodes.push({ kind: 'const', value, results: [frame.values[result]!], scope, place });
  };
  const putWeight = (frame: Frame, { weight, results, place }: WeightNode) => {
    const { scope } = frame;
    const path = joinPath(scope, weight.path);
    if (reuse(reads, path, frame, results[0]!)) return;
    const read = owned.get(path) ?? { ...weight, path };
    nodes.push({ kind: 'weight', weight: read, results: [frame.values[results[0]!]!], scope, place });
  };

  const top = frameOf(root, '');
  for (const input of root.inputs) define(top, input.value);
  const stack = [top];
  while (stack.length > 0) {
    const frame = stack[stack.length - 1]!;
    const node = frame.graph.nodes[frame.at++];
    if (node === undefined) {
      stack.pop();
      const caller = stack[stack.length - 1];
      frame.call?.results.forEach((result, index) => {
        const value = frame.values[frame.graph.results[index]!.value]!;
        caller!.values[result] = value;
        nameValue(value, caller!.graph.values[result]!.name);
      });
    } else if (node.kind === 'op') putOp(frame, node);
    else if (node.kind === 'const') putConst(frame, node);
    else if (node.kind === 'weight') putWeight(frame, node);
    else {
      const inner = frameOf(node.callee, joinPath(frame.scope, node.prefix), node);
      node.callee.inputs.forEach((input, index) => {
        inner.values[input.value] = frame.values[node.operands[index]!]!;
      });
      stack.push(inner);
    }
  }
  const results = root.results.map((result) => ({ ...result, value: top.values[result.value]! }));
  const inputs = root.inputs.map((input) => ({ ...input, value: top.values[input.value]! }));
  return { ...root, inputs, results, nodes, values, owns };
}
