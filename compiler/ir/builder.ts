/**
 * Makes graphs node by node. Types are always asked of the op's shape rule; a misfit is returned, never thrown, by
 * `tryOp`, and is a bug of the caller in `op`.
 */

import type { Place } from '../../dsl/span.ts';
import { isMisfit, type Misfit } from '../ops/op.ts';
import { opNamed } from '../ops/registry.ts';
import type {
  Attributes,
  FoldedCall,
  FoldedGraph,
  FoldedNode,
  FoldedOwned,
  FoldedOwnedCall,
  Graph,
  GraphInput,
  GraphResult,
  Role,
  Run,
  Value,
  ValueInfo,
  Weight,
} from './graph.ts';
import { shownLater } from './shown-later.ts';
import type { TensorType } from './type.ts';

export interface Builder<G extends FoldedGraph = Graph> {
  input(name: string, type: TensorType, role?: Role): Value;
  /** the op's result, or why the operands do not fit */
  tryOp(op: string, operands: readonly Value[], attributes?: Attributes, place?: Place): Value | Misfit;
  op(op: string, operands: readonly Value[], attributes?: Attributes, place?: Place): Value;
  /** a tensor filled with a number; shape [] unless said */
  number(value: number, type?: TensorType): Value;
  constant(graph: Graph): Value;
  call(callee: G, operands: readonly Value[], prefix: string, place?: Place): Value[];
  /** reads a weight; `own` puts it (and calls with weights) into the list of what the graph owns */
  weight(weight: Weight): Value;
  own(owned: G['owns'][number]): void;
  nameValue(value: Value, name: string): void;
  typeOf(value: Value): TensorType;
  /** the number that fills a value made by `number` */
  numberOf(value: Value): number | undefined;
  /** how much was made so far */
  mark(): Mark;
  /** what was made since then, apart from inputs */
  since(mark: Mark): Made;
  /** makes the same again, where the same was made before it */
  again(made: Made): void;
  finish(results: readonly GraphResult[], about: About): G;
}

/** Makes graphs with runs in them. */
export interface FoldingBuilder extends Builder<FoldedGraph> {
  /** the last call, and what it owns, go on as a run */
  fold(run: Run): void;
}

export interface Mark {
  readonly values: number;
  readonly nodes: number;
  readonly owns: number;
}

export interface Made {
  readonly values: readonly ValueInfo[];
  readonly nodes: readonly FoldedNode[];
  readonly owns: readonly FoldedOwned[];
}

export interface About {
  readonly name: string;
  /** a function where few of the graphs are shown */
  readonly settings?: string | (() => string);
  readonly place?: Place;
  readonly borrows?: boolean;
}

export const isValue = (value: Value | Misfit): value is Value => typeof value === 'number';

/** What is not folded has no runs. */
export const createBuilder = (): Builder => createFoldingBuilder() as unknown as Builder;

export function createFoldingBuilder(): FoldingBuilder {
  const inputs: GraphInput[] = [];
  const nodes: FoldedNode[] = [];
  const values: ValueInfo[] = [];
  const owns: FoldedOwned[] = [];
  const numbers = new Map<Value, number>();

  const define = (type: TensorType): Value => values.push({ type }) - 1;

  const tryOp: Builder['tryOp'] = (name, operands, attributes = {}, place) => {
    const type = opNamed(name).shape(
      operands.map((value) => values[value]!.type),
      attributes,
    );
    if (isMisfit(type)) return type;
    const result = define(type);
    nodes.push({ kind: 'op', op: name, operands, attributes, results: [result], place });
    return result;
  };

  return {
    input(name, type, role) {
      const value = define(type);
      inputs.push(role ? { name, value, role } : { name, value });
      return value;
    },
    tryOp,
    op(name, operands, attributes, place) {
      const result = tryOp(name, operands, attributes, place);
      if (isValue(result)) return result;
      throw new Error(`${name}: ${result.misfit}`);
    },
    number(value, type = { dtype: 'f32', shape: [] }) {
      const result = define(type);
      nodes.push({ kind: 'const', value, results: [result] });
      numbers.set(result, value);
      return result;
    },
    constant(graph) {
      const result = define(graph.values[graph.results[0]!.value]!.type);
      nodes.push({ kind: 'const', value: graph, results: [result] });
      return result;
    },
    call(callee, operands, prefix, place) {
      const results = callee.results.map((result) => define(callee.values[result.value]!.type));
      nodes.push({ kind: 'call', callee, operands, prefix, results, place });
      return results;
    },
    weight(weight) {
      const result = define(weight.type);
      nodes.push({ kind: 'weight', weight, results: [result], place: weight.place });
      return result;
    },
    own(owned) {
      owns.push(owned);
    },
    nameValue(value, name) {
      const info = values[value]!;
      if (info.name === undefined) values[value] = { type: info.type, name };
    },
    typeOf: (value) => values[value]!.type,
    numberOf: (value) => numbers.get(value),
    mark: () => ({ values: values.length, nodes: nodes.length, owns: owns.length }),
    since: (mark) => ({
      values: values.slice(mark.values),
      nodes: nodes.slice(mark.nodes),
      owns: owns.slice(mark.owns),
    }),
    fold(run) {
      const call = nodes.pop() as FoldedCall;
      nodes.push({ ...call, run });
      const owned = owns.pop() as FoldedOwnedCall;
      owns.push({ ...owned, times: run.times });
    },
    again(made) {
      for (const value of made.values) values.push(value);
      for (const owned of made.owns) owns.push(owned);
      for (const node of made.nodes) {
        nodes.push(node);
        if (node.kind === 'const' && typeof node.value === 'number') numbers.set(node.results[0]!, node.value);
      }
    },
    finish(results, { name, settings = '', place, borrows = false }) {
      const parts = { name, place, inputs, results, nodes, values, owns };
      const graph = typeof settings === 'string' ? { ...parts, settings } : shownLater(parts, settings);
      return borrows ? { ...graph, borrows } : graph;
    },
  };
}
