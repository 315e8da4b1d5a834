/**
 * Cuts a graph in two: what does not wait for its late inputs, and the rest. In sampling x is late: the early half is all
 * conditioning, and can run once for many samples or steps. Blocks are cut as the graph is, so both halves call halves of
 * blocks, and blocks that are called alike share them.
 *
 * Only rows may be left out or repeated, so early is what works row by row (`compiler/ops/row-wise.ts`). The cut goes behind
 * the last matrix product: what follows it and is only moved, added or scaled is done again in the late half, where it costs
 * less than carrying it.
 */
import { workOf, workOfOp } from '../cost/work.ts';
import { calledGraphs, perGraph } from '../ir/callees.ts';
import type { Graph, GraphInput, Node, Value } from '../ir/graph.ts';
import { createMemo } from '../ir/memo.ts';
import type { TensorType } from '../ir/type.ts';
import { isRowWise } from '../ops/row-wise.ts';
import { assemble, type Cut, type Halves, isWork } from './halves.ts';
import { operandsOf } from './pass.ts';

export function hoist(graph: Graph, isLate: (input: GraphInput) => boolean): Halves {
  const { early, late } = halvesOf(graph, graph.inputs.map(isLate));
  return { early, late };
}

const cuts = createMemo<Map<string, Cut>>();

function halvesOf(graph: Graph, late: readonly boolean[]): Cut {
  const memo = cuts.get(graph) ?? cuts.set(graph, new Map());
  const key = late.map(Number).join('');
  let cut = memo.get(key);
  if (cut === undefined) memo.set(key, (cut = cutGraph(graph, late)));
  return cut;
}

const rowWise = (graph: Graph, node: Node): boolean => {
  if (node.kind !== 'op') return true;
  const typeOf = (value: Value): TensorType => graph.values[value]!.type;
  return isRowWise(node.op, node.operands.map(typeOf), typeOf(node.results[0]!), node.attributes);
};

const allRowWise = perGraph<boolean>(
  (graph, of) => graph.nodes.every((node) => (node.kind === 'call' ? of(node.callee) : rowWise(graph, node))),
  calledGraphs,
);

const multiplies = (graph: Graph, node: Node): boolean =>
  node.kind === 'call' ? workOf(node.callee, 1).macs > 0 : node.kind === 'op' && workOfOp(graph, node, 1).macs > 0;

function cutGraph(graph: Graph, late: readonly boolean[]): Cut {
  const waits = new Uint8Array(graph.values.length);
  graph.inputs.forEach(({ value }, at) => {
    waits[value] = late[at] ? 1 : 0;
  });
  /** calls that have a late half */
  const inner = new Map<Node, Cut>();
  for (const node of graph.nodes) {
    const mask = operandsOf(node).map((value) => waits[value] === 1);
    const waiting = mask.some(Boolean);
    if (node.kind === 'call' && (waiting || !allRowWise(node.callee))) inner.set(node, halvesOf(node.callee, mask));
    if (waiting || inner.has(node) || !rowWise(graph, node)) for (const value of node.results) waits[value] = 1;
  }

  const backwards = graph.nodes.toReversed();
  const early = new Set<Node>();
  const wanted = new Uint8Array(graph.values.length);
  for (const node of backwards) {
    const cut = inner.get(node);
    const paid =
      cut === undefined
        ? waits[node.results[0]!] === 0 &&
          (node.results.some((value) => wanted[value] === 1) || multiplies(graph, node))
        : cut.early !== undefined;
    if (!paid) continue;
    early.add(node);
    for (const value of readBy(node, cut?.earlyInputs)) wanted[value] = 1;
  }
  const all = graph.inputs.map((_, at) => at);
  if (early.size === 0) return { late: graph, earlyInputs: [], lateInputs: all, carried: [] };

  const needed = new Uint8Array(graph.values.length);
  for (const { value } of graph.results) needed[value] = 1;
  const rest = new Set<Node>();
  for (const node of backwards) {
    if (!node.results.some((value) => needed[value] === 1)) continue;
    const cut = inner.get(node);
    if (early.has(node) && isWork(node) && cut === undefined) continue;
    rest.add(node);
    for (const value of readBy(node, cut?.lateInputs)) needed[value] = 1;
  }
  return assemble(graph, { inner, early, wanted, rest, needed });
}

const readBy = (node: Node, inputs: readonly number[] | undefined): readonly Value[] =>
  inputs === undefined ? operandsOf(node) : inputs.map((at) => operandsOf(node)[at]!);
