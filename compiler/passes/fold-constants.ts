/**
 * What reads no input, no weight and no N becomes a constant: a closed graph behind one node, evaluated in 64 bit by
 * whoever runs the program. Tables of positions and frequencies are computed once this way and not in every step. Numbers
 * stay as they are. Nothing is evaluated here.
 */
import { closedGraph, constantValues, definitionsOf } from '../ir/closed.ts';
import type { FoldedNode, Value } from '../ir/graph.ts';
import { type FoldingPass, perBlock, withNodes } from './pass.ts';

export const foldConstants: FoldingPass = perBlock(
  'fold-constants',
  'what reads no input and no weight becomes a constant',
  (graph) => {
    const constant = constantValues(graph);
    // all results of a node are constant or none
    const folds = (node: FoldedNode) =>
      (node.kind === 'op' || node.kind === 'call') && constant[node.results[0]!] === true;
    if (!graph.nodes.some(folds)) return graph;

    const wanted = new Set<Value>(graph.results.map(({ value }) => value));
    for (const node of graph.nodes) {
      if (node.kind === 'const' || node.kind === 'weight' || folds(node)) continue;
      for (const operand of node.operands) wanted.add(operand);
    }
    const by = definitionsOf(graph);
    const nodes = graph.nodes.flatMap((node): FoldedNode[] => {
      if (node.kind === 'const') return wanted.has(node.results[0]!) ? [node] : [];
      if (!folds(node)) return [node];
      return node.results
        .filter((value) => wanted.has(value))
        .map((value) => ({ kind: 'const', value: closedGraph(graph, value, by), results: [value], place: node.place }));
    });
    return withNodes(graph, nodes);
  },
);
