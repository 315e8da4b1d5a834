/**
 * What a block keeps for its backward graph. Forward values that the gradient mentions are either kept or made again from
 * kept ones, where that is cheap: by ops that take a few steps an element (views, activations, norms, and no products),
 * and by calls made of these alone. Which to keep so that the fewest bytes are held is a minimum cut between what can't
 * be made again and what is mentioned.
 */
import { perGraph } from '../ir/callees.ts';
import type { Graph, Node, Value } from '../ir/graph.ts';
import { BYTES, bindShape, countElements, type TensorType } from '../ir/type.ts';
import { usesWeights } from '../ir/weights.ts';
import { opNamed } from '../ops/registry.ts';
import { operandsOf } from './emit.ts';
import { minCut, type Vertex } from './min-cut.ts';
import type { Forward, Sketch } from './sketch.ts';

/** Stands for N when values with and without a batch are weighed against each other. */
const TYPICAL_BATCH = 32;
/** Where keeping a value costs 1: what making it again costs, so that it is not done for nothing, and with every FLOP. */
const AGAIN = 0.04;
const AGAIN_A_FLOP = 0.01;
/** of an element, above which a value is not made again */
const MOST_FLOPS = 12;
/** of ops one after the other: what is further away is not made again, whatever is saved */
const DEEPEST = 32;
/** What keeping an operand costs: its maker, or another block, often keeps it anyway. */
const OPERAND = 0.9;

const bytesOf = ({ dtype, shape }: TensorType): number => countElements(shape, TYPICAL_BATCH) * BYTES[dtype];

/** What running a node again costs, on the scale of bytes kept; Infinity for what is never run again. */
function costAgain(graph: Graph, node: Node, of: (callee: Graph) => number): number {
  if (node.kind === 'call') return of(node.callee);
  if (node.kind !== 'op') return 0;
  const bound = (value: Value) => {
    const { dtype, shape } = graph.values[value]!.type;
    return { dtype, shape: bindShape(shape, TYPICAL_BATCH) };
  };
  const [result] = node.results;
  const { type } = graph.values[result!]!;
  const { macs, flops } = opNamed(node.op).work(node.operands.map(bound), bound(result!), node.attributes);
  const each = flops / countElements(type.shape, TYPICAL_BATCH);
  return macs > 0 || each > MOST_FLOPS ? Infinity : bytesOf(type) * (AGAIN + AGAIN_A_FLOP * each);
}

const costOfGraph = perGraph<number>((graph, of) =>
  graph.nodes.reduce((sum, node) => sum + costAgain(graph, node, of), 0),
);

/** The forward values to keep (inputs of the graph among them), ascending. */
export function chooseKept(graph: Graph, extras: Sketch['extras'], mentioned: Iterable<Forward>): readonly Forward[] {
  const bytes = [...graph.values, ...extras].map(({ type }) => bytesOf(type));
  const vertices: Vertex[] = bytes.map((keep) => ({ keep, make: Infinity, from: [] }));
  for (const { value } of graph.inputs) vertices[value] = { keep: OPERAND * bytes[value]!, make: Infinity, from: [] };

  const constant = new Set<Forward>();
  const depths = new Int32Array(bytes.length);
  for (const node of graph.nodes) {
    const from = operandsOf(node);
    const depth = 1 + from.reduce((most, value) => Math.max(most, depths[value]!), 0);
    if (depth > DEEPEST) continue;
    const reads = node.kind === 'weight' || (node.kind === 'call' && usesWeights(node.callee));
    const isConstant = !reads && from.every((value) => constant.has(value));
    const isFree = isConstant || node.kind === 'weight';
    const make = isFree ? 0 : costAgain(graph, node, costOfGraph);
    for (const value of node.results) {
      if (isConstant) constant.add(value);
      if (make < Infinity) depths[value] = depth;
      vertices[value] = { keep: isFree ? Infinity : bytes[value]!, make, from };
    }
  }
  return minCut(vertices, mentioned);
}
