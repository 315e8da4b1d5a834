/**
 * What a block keeps for its backward graph. Forward values that the gradient mentions are either kept or made again from
 * kept ones, where that costs next to nothing: views, elementwise ops, and calls made of these alone. Which to keep so
 * that the fewest bytes are held is a minimum cut between what can't be made again and what is mentioned.
 */
import { perGraph } from '../ir/callees.ts';
import type { Graph, Node } from '../ir/graph.ts';
import { BYTES, countElements, type TensorType } from '../ir/type.ts';
import { opNamed } from '../ops/registry.ts';
import { operandsOf } from './emit.ts';
import { minCut } from './min-cut.ts';
import type { Forward, Sketch } from './sketch.ts';

/** Stands for N when bytes of values with and without a batch are weighed against each other. */
const TYPICAL_BATCH = 32;

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
  const costs = types.map(bytesOf);
  const madeFrom: (readonly Forward[])[] = types.map(() => []);
  const sources = new Set<Forward>(extras.map((_, i) => graph.values.length + i));
  for (const { value } of graph.inputs) sources.add(value);

  const constant = new Set<Forward>();
  for (const node of graph.nodes) {
    const operands = operandsOf(node);
    const isConstant = node.kind === 'const' || (node.kind === 'op' && operands.every((value) => constant.has(value)));
    for (const value of node.results) {
      madeFrom[value] = operands;
      if (isConstant) constant.add(value);
      if (isConstant || node.kind === 'weight') costs[value] = Infinity;
      else if (!isCheap(node)) sources.add(value);
    }
  }
  return minCut({ costs, madeFrom, sources, sinks: mentioned });
}
