/** Closed graphs: no inputs, no weights, one result that can be evaluated before the batch is known. They are constants. */
import { calledGraphs, perGraph } from './callees.ts';
import type { FoldedGraph, FoldedNode, Graph, Node, Value, ValueInfo } from './graph.ts';
import { isBatch } from './type.ts';
import { usesWeights } from './weights.ts';

/** Whether N occurs in a graph. */
export const dependsOnBatch = perGraph<boolean, FoldedGraph>(
  (graph, of) =>
    graph.values.some(({ type }) => type.shape.some(isBatch)) ||
    graph.nodes.some((node) => node.kind === 'call' && of(node.callee)),
  calledGraphs,
);

/** Why a graph is no constant. */
export function closedProblem(graph: Graph): string | undefined {
  if (graph.results.length !== 1) return `the constant ${graph.name} has ${graph.results.length} results`;
  if (graph.values[graph.results[0]!.value] === undefined) return `the constant ${graph.name} has no value`;
  if (graph.inputs.length > 0) return `the constant ${graph.name} reads an input`;
  if (usesWeights(graph)) return `the constant ${graph.name} has a weight`;
  return dependsOnBatch(graph) ? `the constant ${graph.name} depends on the batch` : undefined;
}

/** For each value whether it reads no input, no weight and no N: then it is the same whenever it is computed. */
export function constantValues({ nodes, values }: Pick<FoldedGraph, 'nodes' | 'values'>): readonly boolean[] {
  const constant: boolean[] = new Array(values.length).fill(false);
  const sized = (value: Value) => values[value]!.type.shape.some(isBatch);
  for (const node of nodes) {
    if (!isConstant(node, constant) || node.results.some(sized)) continue;
    for (const result of node.results) constant[result] = true;
  }
  return constant;
}

function isConstant(node: FoldedNode, constant: readonly boolean[]): boolean {
  if (node.kind === 'const') return true;
  if (node.kind === 'weight' || !node.operands.every((operand) => constant[operand])) return false;
  return node.kind === 'op' || !(usesWeights(node.callee) || dependsOnBatch(node.callee));
}

/** Which node defines each value. */
export function definitionsOf({
  nodes,
  values,
}: Pick<FoldedGraph, 'nodes' | 'values'>): readonly (number | undefined)[] {
  const by: (number | undefined)[] = new Array(values.length).fill(undefined);
  nodes.forEach((node, index) => {
    for (const result of node.results) by[result] = index;
  });
  return by;
}

/** The nodes that compute one constant value, as a graph of their own. Runs have weights, so none is among them. */
export function closedGraph(
  { nodes, values }: Pick<FoldedGraph, 'nodes' | 'values'>,
  value: Value,
  by: readonly (number | undefined)[],
): Graph {
  const needed = new Set<number>();
  const waiting = [by[value]!];
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    if (needed.has(index)) continue;
    needed.add(index);
    const node = nodes[index]!;
    if (node.kind === 'const' || node.kind === 'weight') continue;
    for (const operand of node.operands) waiting.push(by[operand]!);
  }
  const own: ValueInfo[] = [];
  const inside = new Map<Value, Value>();
  const define = (result: Value): Value => {
    inside.set(result, own.push(values[result]!) - 1);
    return own.length - 1;
  };
  const use = (operand: Value): Value => inside.get(operand)!;
  const made = [...needed]
    .sort((a, b) => a - b)
    .map((index): Node => {
      const node = nodes[index] as Node;
      if (node.kind === 'const' || node.kind === 'weight') return { ...node, results: node.results.map(define) };
      const operands = node.operands.map(use);
      return { ...node, operands, results: node.results.map(define) };
    });
  const name = nameOf({ nodes, values }, value, by);
  return { name, settings: '', inputs: [], results: [{ value: use(value) }], nodes: made, values: own, owns: [] };
}

/** The name of the value or of the block that computes it, or of what it was made from: `freq` for `freq[_, :]`. */
function nameOf(
  { nodes, values }: Pick<FoldedGraph, 'nodes' | 'values'>,
  value: Value,
  by: readonly (number | undefined)[],
): string {
  for (let at: Value | undefined = value; at !== undefined; ) {
    const node: FoldedNode = nodes[by[at]!]!;
    const name = node.kind === 'call' ? node.callee.name : values[at]!.name;
    if (name !== undefined) return name;
    const from: Value | undefined = node.kind === 'op' ? node.operands[0] : undefined;
    at = from;
  }
  return 'constant';
}
