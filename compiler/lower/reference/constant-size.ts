/** What evaluating a closed graph would take, known before anything is allocated: a constant from a stranger's spec must
 * neither fill the memory nor run for hours. */

import { perGraph } from '../../ir/callees.ts';
import type { Graph, Node, Value } from '../../ir/graph.ts';
import { bindShape, countElements } from '../../ir/type.ts';
import { isOpName, opNamed } from '../../ops/registry.ts';

const BYTES_EACH = { f32: 8, int: 4, bool: 1 } as const;

/** 4 GiB at a time, and 30 000 million operations: minutes */
const LIMIT_BYTES = 2 ** 32;
const LIMIT_FLOPS = 3e10;

export interface Effort {
  /** the most that is held at a time, beside the operands */
  readonly bytes: number;
  /** floating point operations, and one for every element made */
  readonly flops: number;
}

export const operandsOf = (node: Node): readonly Value[] =>
  node.kind === 'op' || node.kind === 'call' ? node.operands : [];

/** What running a closed graph in 64 bit takes. */
const evaluationEffort = perGraph<Effort>(computeEffort);

function nodeEffort(graph: Graph, node: Node, of: (graph: Graph) => Effort): Effort {
  if (node.kind === 'call') return of(node.callee);
  if (node.kind === 'const' && typeof node.value !== 'number') return of(node.value);
  if (node.kind !== 'op' || !isOpName(node.op)) return { bytes: 0, flops: 0 };
  const bound = (value: Value) => {
    const { dtype, shape } = graph.values[value]!.type;
    return { dtype, shape: bindShape(shape, 1) };
  };
  const { flops } = opNamed(node.op).work(node.operands.map(bound), bound(node.results[0]!), node.attributes);
  return { bytes: 0, flops };
}

function computeEffort(graph: Graph, of: (graph: Graph) => Effort): Effort {
  const elementsOf = (value: Value): number => countElements(graph.values[value]!.type.shape, 1);
  const bytesOf = (value: Value): number => elementsOf(value) * BYTES_EACH[graph.values[value]!.type.dtype];
  const sum = (values: Iterable<Value>, of: (value: Value) => number): number =>
    [...values].reduce((total, value) => total + of(value), 0);

  const lastUse = new Map<Value, number>();
  for (const [at, node] of graph.nodes.entries()) for (const value of operandsOf(node)) lastUse.set(value, at);
  for (const { value } of graph.results) lastUse.set(value, graph.nodes.length);
  const given = new Set(graph.inputs.map(({ value }) => value));

  let [held, bytes, flops] = [0, 0, 0];
  for (const [at, node] of graph.nodes.entries()) {
    const inside = nodeEffort(graph, node, of);
    bytes = Math.max(bytes, held + inside.bytes);
    flops += inside.flops + sum(node.results, elementsOf);
    held += sum(node.results, bytesOf);
    bytes = Math.max(bytes, held);
    const seen = [...new Set([...operandsOf(node), ...node.results])].filter((value) => !given.has(value));
    held -= sum(
      seen.filter((value) => (lastUse.get(value) ?? at) <= at),
      bytesOf,
    );
  }
  return { bytes, flops };
}

/** Why a constant is not evaluated, or none. */
export function constantProblem(graph: Graph): string | undefined {
  const { bytes, flops } = evaluationEffort(graph);
  const refuse = (need: string, limit: string): string =>
    `the constant \`${graph.name}\` takes ${need} to evaluate, and ${limit} is the limit`;
  const gibibytes = (size: number): string => `${Number((size / 2 ** 30).toPrecision(3))} GiB`;
  if (bytes > LIMIT_BYTES) return refuse(gibibytes(bytes), gibibytes(LIMIT_BYTES));
  if (flops > LIMIT_FLOPS) return refuse(`${flops.toPrecision(2)} operations`, LIMIT_FLOPS.toPrecision(2));
  return undefined;
}
