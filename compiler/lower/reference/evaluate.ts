/**
 * Runs a graph in 64 bit, node by node, calls as calls: the oracle that every engine is compared with, and what folds
 * constants. Floats stay `Float64Array` inside and in what is returned (`roundTensor` makes them f32); a value is let go
 * after its last use.
 */
import type { CallNode, ConstNode, Graph, Node, Value } from '../../ir/graph.ts';
import type { HostTensor } from '../../ir/tensor.ts';
import { bindShape, type Shape, showShape, type TensorType } from '../../ir/type.ts';
import { joinPath } from '../../ir/weights.ts';
import { isOpName } from '../../ops/registry.ts';
import { constantProblem, operandsOf } from './constant-size.ts';
import { count, emptyData } from './kernels/kernel.ts';
import { KERNELS } from './kernels/table.ts';

/** What was just computed: a value of `graph`, which was reached by `calls` and whose weights have `path` before them. */
export interface Observation {
  readonly graph: Graph;
  readonly node: Node;
  readonly value: Value;
  /** the name the spec gives the value */
  readonly name?: string;
  /** the prefix of the weights here: `blocks.3.attn` */
  readonly path: string;
  /** from the root: unique, while a path is not (calls without weights have none of their own) */
  readonly calls: readonly CallNode[];
  readonly tensor: HostTensor;
}

export interface EvaluateOptions {
  readonly inputs?: Readonly<Record<string, HostTensor>>;
  /** by full path */
  readonly weights?: ReadonlyMap<string, HostTensor>;
  /** what N stands for; 1 unless said */
  readonly batch?: number;
  readonly observe?: (observation: Observation) => void;
}

interface Frame {
  readonly path: string;
  readonly calls: readonly CallNode[];
}

const widen = (tensor: HostTensor): HostTensor =>
  tensor.data instanceof Float32Array ? { ...tensor, data: Float64Array.from(tensor.data) } : tensor;

/** Floats as engines store them. */
export const roundTensor = (tensor: HostTensor): HostTensor =>
  tensor.data instanceof Float64Array ? { ...tensor, data: Float32Array.from(tensor.data) } : tensor;

function accept(what: string, tensor: HostTensor | undefined, type: TensorType, batch: number): HostTensor {
  if (tensor === undefined) throw new Error(`${what} is missing`);
  const shape: Shape = bindShape(type.shape, batch);
  const floats = type.dtype === 'f32' && tensor.dtype === 'int';
  if (showShape(tensor.shape) !== showShape(shape) || (tensor.dtype !== type.dtype && !floats)) {
    const given = `${tensor.dtype}${showShape(tensor.shape)}`;
    throw new Error(`${what} is ${given}, not ${type.dtype}${showShape(shape)}`);
  }
  return widen(floats ? { ...tensor, dtype: 'f32', data: Float64Array.from(tensor.data) } : tensor);
}

const constantOf = ({ value }: ConstNode, type: TensorType, batch: number): HostTensor => {
  if (typeof value !== 'number') return evaluateConstant(value);
  const shape = bindShape(type.shape, batch);
  return { dtype: type.dtype, shape, data: emptyData(type.dtype, count(shape)).fill(value) };
};

const useCounts = new WeakMap<Graph, Int32Array>();

/** How often each value is read; a result counts as one that never ends. */
function usesOf(graph: Graph): Int32Array {
  let uses = useCounts.get(graph);
  if (uses === undefined) {
    uses = new Int32Array(graph.values.length);
    for (const node of graph.nodes) for (const value of operandsOf(node)) uses[value]!++;
    for (const { value } of graph.results) uses[value]!++;
    useCounts.set(graph, uses);
  }
  return uses;
}

/** Runs `graph` on operands in the order of its inputs. */
function run(graph: Graph, operands: readonly HostTensor[], options: EvaluateOptions, frame: Frame): HostTensor[] {
  const { batch = 1, weights, observe } = options;
  const values = new Map<Value, HostTensor>();
  const uses = usesOf(graph).slice();
  for (const [i, { value }] of graph.inputs.entries()) values.set(value, operands[i]!);

  const compute = (node: Node): HostTensor[] => {
    const type = graph.values[node.results[0]!]?.type;
    const given = operandsOf(node).map((value) => values.get(value)!);
    switch (node.kind) {
      case 'call': {
        const path = joinPath(frame.path, node.prefix);
        return run(node.callee, given, options, { path, calls: [...frame.calls, node] });
      }
      case 'weight': {
        const path = joinPath(frame.path, node.weight.path);
        return [accept(`weight ${path}`, weights?.get(path), type!, batch)];
      }
      case 'const':
        return [constantOf(node, type!, batch)];
      case 'op': {
        if (!isOpName(node.op)) throw new Error(`no op is called ${node.op}`);
        const result = { dtype: type!.dtype, shape: bindShape(type!.shape, batch) };
        const data = KERNELS[node.op]({ operands: given, result, attributes: node.attributes, batch });
        return [{ ...result, data }];
      }
    }
  };

  for (const node of graph.nodes) {
    for (const [i, tensor] of compute(node).entries()) {
      const value = node.results[i]!;
      observe?.({ graph, node, value, name: graph.values[value]!.name, ...frame, tensor });
      if (uses[value]! > 0) values.set(value, tensor);
    }
    for (const value of operandsOf(node)) if (--uses[value]! === 0) values.delete(value);
  }
  return graph.results.map(({ value }) => values.get(value)!);
}

/** The results of a graph by name; one without a name by its place, from 0. */
export function evaluate(graph: Graph, options: EvaluateOptions = {}): Record<string, HostTensor> {
  const { inputs = {}, batch = 1 } = options;
  const operands = graph.inputs.map(({ name, value }) =>
    accept(`input ${name}`, inputs[name], graph.values[value]!.type, batch),
  );
  const results = run(graph, operands, options, { path: '', calls: [] });
  return Object.fromEntries(graph.results.map(({ name }, i) => [name ?? String(i), results[i]!]));
}

const folded = new WeakMap<Graph, HostTensor>();

/**
 * The one result of a closed graph (no inputs, no weights, no N), in 64 bit, computed once as long as the graph lives.
 * Throws what `constantProblem` says of one that is too large: whoever holds a stranger's spec asks that first.
 */
export function evaluateConstant(graph: Graph): HostTensor {
  let tensor = folded.get(graph);
  if (tensor === undefined) {
    const problem = constantProblem(graph);
    if (problem !== undefined) throw new RangeError(problem);
    folded.set(graph, (tensor = run(graph, [], {}, { path: '', calls: [] })[0]!));
  }
  return tensor;
}
