/**
 * A flat graph with every dim a number becomes a list of steps, each a few kernels. Forward and backward are graphs alike,
 * so there is no tape; every tensor is let go after the step that needs it last, so there is no tidying up either.
 * Numbers and constants are uploaded once.
 */
import type { Graph, Value } from '../../ir/graph.ts';
import type { BoundType } from '../../ops/op.ts';
import { isOpName } from '../../ops/registry.ts';
import type { BoundGraph, BoundNode, BoundOp } from '../bind-batch.ts';
import { liveness } from '../liveness.ts';
import { evaluateConstant, roundTensor } from '../reference/evaluate.ts';
import { type Backend, type ConstantSlot, type Constants, createConstants } from './kernels.ts';
import { type Operand, product, type Step } from './lowering.ts';
import { LOWERINGS } from './table.ts';

export interface LoweredStep {
  readonly operands: readonly Value[];
  readonly result: Value;
  /** of the result */
  readonly elements: number;
  readonly run: Step;
  /** values that nobody needs after it, but for inputs, state and constants */
  readonly frees: readonly Value[];
}

export interface LoweredGraph {
  readonly steps: readonly LoweredStep[];
  readonly inputs: readonly { readonly name: string; readonly value: Value; readonly type: BoundType }[];
  /** state that is read: full path and value */
  readonly state: readonly { readonly path: string; readonly value: Value; readonly type: BoundType }[];
  readonly results: readonly { readonly name: string; readonly value: Value; readonly type: BoundType }[];
  readonly constants: Constants;
  /** values that are constants */
  readonly constantAt: ReadonlyMap<Value, ConstantSlot>;
}

/** The nodes that some result needs. */
function neededNodes(graph: BoundGraph): Set<BoundNode> {
  const values = new Set(graph.results.map(({ value }) => value));
  const nodes = new Set<BoundNode>();
  for (const node of graph.nodes.toReversed()) {
    if (!node.results.some((value) => values.has(value))) continue;
    nodes.add(node);
    if (node.kind === 'op') for (const value of node.operands) values.add(value);
  }
  return nodes;
}

export function lowerGraph(whole: BoundGraph, backend: Backend): LoweredGraph {
  const needed = neededNodes(whole);
  const graph: BoundGraph = { ...whole, nodes: whole.nodes.filter((node) => needed.has(node)) };
  const { frees } = liveness(graph);
  const constants = createConstants();
  const numbers = new Map<Value, number>();
  const constantAt = new Map<Value, ConstantSlot>();
  const slots = new Map<Graph, ConstantSlot>();
  const state: { path: string; value: Value; type: BoundType }[] = [];
  const steps: LoweredStep[] = [];
  const made = new Set<Value>();
  const typeOf = (value: Value): BoundType => graph.values[value]!.type;

  const operandOf = (value: Value): Operand => {
    const number = numbers.get(value);
    return number === undefined ? { type: typeOf(value) } : { type: typeOf(value), number };
  };
  const slotOf = (closed: Graph): ConstantSlot => {
    let slot = slots.get(closed);
    if (slot === undefined) slots.set(closed, (slot = constants.add(roundTensor(evaluateConstant(closed)))));
    return slot;
  };
  const stepOf = ({ op, operands, attributes, results }: BoundOp): Step => {
    if (!isOpName(op)) throw new Error(`no op is called ${op}`);
    const result = typeOf(results[0]!);
    return LOWERINGS[op]({ operands: operands.map(operandOf), result, attributes, constants, backend });
  };

  for (const [at, node] of graph.nodes.entries()) {
    const result = node.results[0]!;
    if (node.kind === 'weight') state.push({ path: node.weight.path, value: result, type: typeOf(result) });
    else if (node.kind === 'op') {
      made.add(result);
      const run = stepOf(node);
      const elements = product(typeOf(result).shape);
      steps.push({
        operands: node.operands,
        result,
        elements,
        run,
        frees: frees[at]!.filter((value) => made.has(value)),
      });
    } else if (typeof node.value === 'number') numbers.set(result, node.value);
    else constantAt.set(result, slotOf(node.value));
  }

  const results = graph.results.map(({ name, value }, at) => ({
    name: name ?? String(at),
    value,
    type: typeOf(value),
  }));
  for (const { value, type } of results) {
    const number = numbers.get(value);
    if (number !== undefined) constantAt.set(value, constants.filled(number, type.dtype, type.shape));
  }
  const inputs = graph.inputs.map(({ name, value }) => ({ name, value, type: typeOf(value) }));
  return { steps, inputs, state, results, constants, constantAt };
}
