/**
 * What a block keeps for its backward graph. Forward values that the gradient mentions are either kept or made again from
 * kept ones, where that costs next to nothing: views, elementwise ops, and calls made of these alone. Which to keep so
 * that the fewest bytes are held is a minimum cut between what can't be made again and what is mentioned.
 */
import { perGraph } from '../ir/callees.ts';
import type { Graph, Node } from '../ir/graph.ts';
import { BYTES, countElements, type TensorType } from '../ir/type.ts';
import { usesWeights } from '../ir/weights.ts';
import { opNamed } from '../ops/registry.ts';
import { operandsOf } from './emit.ts';
import { minCut, type Vertex } from './min-cut.ts';
import type { Forward, Sketch } from './sketch.ts';

/** Stands for N when bytes of values with and without a batch are weighed against each other. */
const TYPICAL_BATCH = 32;
/** What making a value again costs, where keeping it costs 1: enough not to do it for nothing. */
const AGAIN = 0.05;
/** What keeping an operand costs: its maker, or another block, often keeps it anyway. */
const OPERAND = 0.9;

const bytesOf = ({ dtype, shape }: TensorType): number => countElements(shape, TYPICAL_BATCH) * BYTES[dtype];

const isCheapGraph = perGraph<boolean>((graph, of) =>
  graph.nodes.every((node) => {
    if (node.kind === 'call') return of(node.callee);
    if (node.kind === 'op') return isCheapOp(node.op);
    return node.kind === 'const';
  }),
);

const isCheapOp = (name: string): boolean => {
  const { view, elementwise } = opNamed(name);
  return view === true || elementwise === true;
};

/** Costs next to nothing to make again from its operands. */
const isCheap = (node: Node): boolean =>
  node.kind === 'call' ? isCheapGraph(node.callee) : node.kind === 'op' && isCheapOp(node.op);

/** The forward values to keep (inputs of the graph among them), ascending. */
export function chooseKept(graph: Graph, extras: Sketch['extras'], mentioned: Iterable<Forward>): readonly Forward[] {
  const types = [...graph.values, ...extras].map(({ type }) => type);
  const bytes = types.map(bytesOf);
  const vertices: Vertex[] = bytes.map((keep) => ({ keep, make: Infinity, from: [] }));
  for (const { value } of graph.inputs) vertices[value]!.keep *= OPERAND;

  const constant = new Set<Forward>();
  for (const node of graph.nodes) {
    const from = operandsOf(node);
    const reads = node.kind === 'weight' || (node.kind === 'call' && usesWeights(node.callee));
    const isConstant = !reads && from.every((value) => constant.has(value));
    const isFree = isConstant || node.kind === 'weight';
    for (const value of node.results) {
      if (isConstant) constant.add(value);
      if (isFree) vertices[value] = { keep: Infinity, make: 0, from };
      else if (isCheap(node)) vertices[value] = { keep: bytes[value]!, make: AGAIN * bytes[value]!, from };
    }
  }
  return minCut(vertices, mentioned);
}
