/**
 * A flat graph with every dim a number becomes an ONNX model. State that a caller gives is stored in the model; all
 * other state is fed like an input, so that the engine can keep it where it likes.
 */
import type { Graph, Value } from '../../ir/graph.ts';
import type { HostTensor } from '../../ir/tensor.ts';
import type { BoundType } from '../../ops/op.ts';
import { isOpName } from '../../ops/registry.ts';
import type { BoundGraph, BoundNode, BoundOp } from '../bind-batch.ts';
import { evaluateConstant } from '../reference/evaluate.ts';
import { createEmitter, type Emitter, type Name } from './emitter.ts';
import type { Operand } from './lowering.ts';
import { ELEMENT_OF, type OnnxModel, type OnnxValue } from './model.ts';
import { type Audience, RECOGNISERS } from './patterns.ts';
import type { Match, View } from './recognise.ts';
import { LOWERINGS } from './table.ts';

export interface LowerOptions {
  /** by full path; stored as initialisers */
  readonly stored?: ReadonlyMap<string, HostTensor>;
  readonly metadata?: Readonly<Record<string, string>>;
  /** `any` unless said */
  readonly audience?: Audience;
}

export interface LoweredGraph {
  readonly model: OnnxModel;
  /** the ONNX name of every input of the graph */
  readonly inputs: ReadonlyMap<string, Name>;
  /** the ONNX name of all state that is fed, by full path */
  readonly state: ReadonlyMap<string, Name>;
  /** the ONNX name of every result, by its name or else its place */
  readonly results: ReadonlyMap<string, Name>;
}

function viewOf(graph: BoundGraph): View {
  const makers = new Map<Value, BoundNode>();
  const uses = new Map<Value, number>();
  const use = (value: Value) => uses.set(value, (uses.get(value) ?? 0) + 1);
  for (const node of graph.nodes) {
    for (const value of node.results) makers.set(value, node);
    if (node.kind === 'op') node.operands.forEach(use);
  }
  for (const { value } of graph.results) use(value);
  return {
    definition: (value) => makers.get(value),
    uses: (value) => uses.get(value) ?? 0,
    type: (value) => graph.values[value]!.type,
  };
}

const recognise = (view: View, node: BoundOp, audience: Audience): Match | undefined => {
  for (const look of RECOGNISERS[audience]) {
    const match = look(view, node);
    if (match) return match;
  }
  return undefined;
};

/** The op by itself, as the table has it. */
function single(view: View, node: BoundOp): Match {
  const { op, attributes } = node;
  if (!isOpName(op)) throw new Error(`no op is called ${op}`);
  const result = view.type(node.results[0]!);
  return {
    operands: node.operands,
    lower: (emit, operands) => LOWERINGS[op]({ emit, operands, result, attributes }),
  };
}

/** What is lowered for each op node that some result needs. */
function chooseMatches(
  graph: BoundGraph,
  view: View,
  audience: Audience,
): { matches: Map<BoundNode, Match>; needed: Set<Value> } {
  const needed = new Set(graph.results.map(({ value }) => value));
  const matches = new Map<BoundNode, Match>();
  for (const node of graph.nodes.toReversed()) {
    if (node.kind !== 'op' || !needed.has(node.results[0]!)) continue;
    const match = recognise(view, node, audience) ?? single(view, node);
    matches.set(node, match);
    for (const value of match.operands) needed.add(value);
  }
  return { matches, needed };
}

/** A number as an operand: nothing is made before somebody asks for it as a tensor. */
function numberOperand(emit: Emitter, number: number, type: BoundType): Operand {
  return {
    type,
    number,
    get name() {
      const scalar = emit.scalar(number, ELEMENT_OF[type.dtype]);
      return type.shape.length === 0 ? scalar : emit.node('Expand', [scalar, emit.ints(type.shape)]);
    },
  };
}

export function lowerGraph(
  graph: BoundGraph,
  { stored = new Map(), metadata = {}, audience = 'any' }: LowerOptions = {},
): LoweredGraph {
  const emit = createEmitter();
  const view = viewOf(graph);
  const { matches, needed } = chooseMatches(graph, view, audience);
  const operands = new Map<Value, Operand>();
  const given: OnnxValue[] = [];
  const inputs = new Map<string, Name>();
  const state = new Map<string, Name>();

  const declare = (wish: string, type: BoundType): Name => {
    const name = emit.unique(wish);
    given.push({ name, type: ELEMENT_OF[type.dtype], dims: type.shape });
    return name;
  };

  for (const { name, value } of graph.inputs) {
    const type = view.type(value);
    inputs.set(name, declare(name, type));
    operands.set(value, { name: inputs.get(name)!, type });
  }

  const results = new Map(
    graph.results.map(({ name }, at) => [name ?? String(at), emit.unique(name ?? `result.${at}`)]),
  );

  const weight = (path: string, type: BoundType): Name => {
    const known = state.get(path);
    if (known !== undefined) return known;
    const tensor = stored.get(path);
    const name = tensor ? emit.constant(tensor, path, ELEMENT_OF[type.dtype]) : declare(path, type);
    state.set(path, name);
    return name;
  };

  const constants = new Map<Graph, Name>();
  const constant = (closed: Graph, { dtype }: BoundType): Name => {
    const known = constants.get(closed);
    if (known !== undefined) return known;
    const name = emit.constant(evaluateConstant(closed), `constant.${closed.name}`, ELEMENT_OF[dtype]);
    constants.set(closed, name);
    return name;
  };

  for (const node of graph.nodes) {
    const value = node.results[0]!;
    if (!needed.has(value)) continue;
    const type = view.type(value);
    if (node.kind === 'weight') operands.set(value, { name: weight(node.weight.path, type), type });
    else if (node.kind === 'op') {
      const { operands: read, lower } = matches.get(node)!;
      operands.set(value, {
        name: lower(
          emit,
          read.map((operand) => operands.get(operand)!),
        ),
        type,
      });
    } else if (typeof node.value === 'number') operands.set(value, numberOperand(emit, node.value, type));
    else operands.set(value, { name: constant(node.value, type), type });
  }

  const outputs = graph.results.map(({ name, value }, at): OnnxValue => {
    const output = results.get(name ?? String(at))!;
    const { name: made, type } = operands.get(value)!;
    emit.publish(made, output);
    return { name: output, type: ELEMENT_OF[type.dtype], dims: type.shape };
  });
  for (const path of stored.keys()) state.delete(path);
  return {
    model: {
      name: graph.name,
      nodes: emit.nodes,
      inputs: given,
      outputs,
      initialisers: emit.initialisers,
      metadata,
    },
    inputs,
    state,
    results,
  };
}
