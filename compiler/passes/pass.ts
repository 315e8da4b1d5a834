/**
 * A pass makes a graph into another that computes the same. Passes work on each distinct graph once, callees first, and
 * remember what they made of it: 28 calls of a block, and all models of a grid that have it, share one rewriting. What
 * a pass does not change it returns as it is. Weights are nobody's business here: `owns` stays, whatever is dropped.
 */
import { calledGraphs, perGraph } from '../ir/callees.ts';
import type { FoldedCall, FoldedGraph, FoldedNode, Graph, Value, ValueInfo } from '../ir/graph.ts';

export interface Pass {
  /** an imperative: `share-equal` */
  readonly name: string;
  /** one sentence for people */
  readonly doc: string;
  readonly run: (graph: Graph) => Graph;
}

/** A pass that leaves runs as they are; it makes none. */
export interface FoldingPass extends Pass {
  readonly run: <G extends FoldedGraph>(graph: G) => G;
}

/** A pass that rewrites one graph at a time; its callees have already been rewritten. */
export function perBlock(name: string, doc: string, rewrite: (graph: FoldedGraph) => FoldedGraph): FoldingPass {
  const run = perGraph<FoldedGraph, FoldedGraph>((graph, of) => rewrite(withCallees(graph, of)), calledGraphs);
  return { name, doc, run: run as FoldingPass['run'] };
}

/** The graph with other graphs in the places of its callees. */
function withCallees(graph: FoldedGraph, of: (callee: FoldedGraph) => FoldedGraph): FoldedGraph {
  const changed = <T extends { readonly kind: string }>(item: T & { readonly callee?: FoldedGraph }): boolean =>
    item.callee !== undefined && of(item.callee) !== item.callee;
  if (!graph.nodes.some(changed) && !graph.owns.some(changed)) return graph;
  return {
    ...graph,
    nodes: graph.nodes.map((node) => (node.kind === 'call' ? calling(node, of(node.callee)) : node)),
    owns: graph.owns.map((owned) => (owned.kind === 'call' ? { ...owned, callee: of(owned.callee) } : owned)),
  };
}

const calling = ({ kind, operands, prefix, results, place, run }: FoldedCall, callee: FoldedGraph): FoldedCall => ({
  kind,
  callee,
  operands,
  prefix,
  results,
  place,
  run,
});

/** The node on other values. Spelled out: spreading is what most of the time of a pass would go to. */
export function onValues<N extends FoldedNode>(node: N, operands: readonly Value[], results: readonly Value[]): N {
  return moved(node, operands, results) as N;
}

function moved(node: FoldedNode, operands: readonly Value[], results: readonly Value[]): FoldedNode {
  const { place } = node;
  switch (node.kind) {
    case 'op':
      return { kind: 'op', op: node.op, operands, attributes: node.attributes, results, place };
    case 'call':
      return { kind: 'call', callee: node.callee, operands, prefix: node.prefix, results, place, run: node.run };
    case 'weight':
      return { kind: 'weight', weight: node.weight, results, place };
    case 'const':
      return { kind: 'const', value: node.value, results, place };
  }
}

export const operandsOf = (node: FoldedNode): readonly Value[] =>
  node.kind === 'op' || node.kind === 'call' ? node.operands : NO_OPERANDS;

const NO_OPERANDS: readonly Value[] = [];

/** The graph with these nodes, which speak of its values, and no values but theirs. `instead` says what stands for what. */
export function withNodes(
  graph: FoldedGraph,
  nodes: readonly FoldedNode[],
  instead: ReadonlyMap<Value, Value> = new Map(),
): FoldedGraph {
  const values: ValueInfo[] = [];
  const renamed = new Int32Array(graph.values.length).fill(-1);
  const define = (value: Value): Value => (renamed[value] = values.push(graph.values[value]!) - 1);
  const use = (value: Value): Value => renamed[instead.get(value) ?? value]!;
  const inputs = graph.inputs.map((input) => ({ ...input, value: define(input.value) }));
  const made = nodes.map((node) => {
    const operands = operandsOf(node).map(use);
    return onValues(node, operands, node.results.map(define));
  });
  const results = graph.results.map((result) => ({ ...result, value: use(result.value) }));
  return { ...graph, inputs, results, nodes: made, values };
}
