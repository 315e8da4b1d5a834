/**
 * What a graph takes when it runs with the batch at a number: MACs, FLOPs, bytes read and written. A called graph is
 * counted once: each call adds its callee's figures, so a model of 10,000 equal blocks costs as much to count as ten.
 */
import type { FoldedGraph, FoldedNode, OpNode, Value } from '../ir/graph.ts';
import { createMemo } from '../ir/memo.ts';
import { timesOf } from '../ir/run.ts';
import { bindShape } from '../ir/type.ts';
import { opNamed } from '../ops/registry.ts';
import { bytesOf } from './memory.ts';

export interface RunWork {
  readonly macs: number;
  readonly flops: number;
  /** bytes of operands, weights among them; every op reads its own */
  readonly read: number;
  /** bytes of results */
  readonly written: number;
}

export const NOTHING: RunWork = { macs: 0, flops: 0, read: 0, written: 0 };

export const addWork = (a: RunWork, b: RunWork, times = 1): RunWork => ({
  macs: a.macs + b.macs * times,
  flops: a.flops + b.flops * times,
  read: a.read + b.read * times,
  written: a.written + b.written * times,
});

const known = createMemo<Map<number, RunWork>>();

/** One run of the graph as it stands, batch `n`. */
export function workOf(graph: FoldedGraph, n: number): RunWork {
  let byBatch = known.get(graph);
  if (byBatch === undefined) known.set(graph, (byBatch = new Map()));
  let work = byBatch.get(n);
  if (work === undefined) byBatch.set(n, (work = count(graph, n)));
  return work;
}

function count(graph: FoldedGraph, n: number): RunWork {
  const total = { ...NOTHING };
  for (const node of graph.nodes) {
    if (node.kind !== 'op' && node.kind !== 'call') continue;
    const { macs, flops, read, written } = node.kind === 'op' ? workOfOp(graph, node, n) : workOf(node.callee, n);
    const times = node.kind === 'op' ? 1 : timesOf(node);
    total.macs += macs * times;
    total.flops += flops * times;
    total.read += read * times;
    total.written += written * times;
  }
  return total;
}

const numbers = createMemo<ReadonlySet<Value>>();

/** Constants that are one number, be it for every element of a tensor: no memory is read for them. */
function isNumber(graph: FoldedGraph, value: Value): boolean {
  const known = numbers.get(graph) ?? numbers.set(graph, new Set(graph.nodes.flatMap(numbersOf(graph))));
  return known.has(value);
}

const numbersOf =
  ({ values }: FoldedGraph) =>
  (node: FoldedNode): readonly Value[] =>
    node.kind === 'const' && (typeof node.value === 'number' || values[node.results[0]!]!.type.shape.length === 0)
      ? node.results
      : [];

export function workOfOp(graph: FoldedGraph, node: OpNode, n: number): RunWork {
  const op = opNamed(node.op);
  const bound = (value: number) => {
    const { dtype, shape } = graph.values[value]!.type;
    return { dtype, shape: bindShape(shape, n) };
  };
  const { macs, flops } = op.work(node.operands.map(bound), bound(node.results[0]!), node.attributes);
  const types = node.operands.map((operand) => graph.values[operand]!.type);
  if (op.aliases?.(types, node.attributes)) return { macs, flops, read: 0, written: 0 };
  const written = bytesOf(graph, node.results[0]!, n);
  let read = 0;
  for (const [index, operand] of node.operands.entries()) {
    const bytes = isNumber(graph, operand) ? 0 : bytesOf(graph, operand, n);
    read += index === 0 && op.partial ? Math.min(bytes, written) : bytes;
  }
  return { macs, flops, read, written };
}
