/**
 * How much memory the values of a graph take when its nodes run in order and each value is freed after its last use, as
 * all engines here do. Worked out for each distinct graph and each pattern of inputs that may be freed inside, so that
 * depth costs nothing. Weights and constants are not activations.
 */
import type { Graph, Value } from '../ir/graph.ts';
import { BYTES, countElements } from '../ir/type.ts';
import { opNamed } from '../ops/registry.ts';

/** Relative to the moment before a graph runs, when its inputs are there. */
interface Profile {
  /** the most bytes at any moment, beside the inputs */
  readonly peak: number;
  /** bytes afterwards: results, without the inputs that were freed */
  readonly end: number;
  /** for each result: the input whose memory it is, if it is one's */
  readonly sources: readonly (number | undefined)[];
}

const profiles = new WeakMap<Graph, Map<string, Profile>>();

/** The most bytes of inputs, intermediate values and results at any moment of a run with batch `n`. */
export function activationBytes(graph: Graph, n: number): number {
  const inputs = graph.inputs.reduce((sum, { value }) => sum + bytesOf(graph, value, n), 0);
  const { peak } = profileOf(
    graph,
    graph.inputs.map(() => true),
    n,
  );
  return inputs + peak;
}

export function bytesOf(graph: Graph, value: Value, n: number): number {
  const { dtype, shape } = graph.values[value]!.type;
  return countElements(shape, n) * BYTES[dtype];
}

function profileOf(graph: Graph, dying: readonly boolean[], n: number): Profile {
  const key = `${n} ${dying.map(Number).join('')}`;
  let known = profiles.get(graph);
  if (known === undefined) profiles.set(graph, (known = new Map()));
  let profile = known.get(key);
  if (profile === undefined) known.set(key, (profile = measure(graph, dying, n)));
  return profile;
}

const KEPT = Number.POSITIVE_INFINITY;

function measure(graph: Graph, dying: readonly boolean[], n: number): Profile {
  const { root, sources } = storageOf(graph, n);
  const lastUse = new Float64Array(graph.values.length).fill(-1);
  const use = (value: Value, at: number): void => {
    const storage = root[value]!;
    lastUse[storage] = Math.max(lastUse[storage]!, at);
  };
  for (const [index, node] of graph.nodes.entries()) {
    if (node.kind === 'op' || node.kind === 'call') for (const operand of node.operands) use(operand, index);
    // what nobody uses goes as soon as it is made
    for (const result of node.results) use(result, index);
  }
  for (const { value } of graph.results) lastUse[root[value]!] = KEPT;
  let live = 0;
  let peak = 0;
  const inputAt = new Map(graph.inputs.map(({ value }, index) => [value, index]));
  const mayFree = (storage: Value): boolean => dying[inputAt.get(storage) ?? -1] ?? true;
  const freed = new Uint8Array(graph.values.length);
  const free = (storage: Value): void => {
    if (freed[storage] === 1 || !mayFree(storage)) return;
    freed[storage] = 1;
    live -= sizes[storage]!;
  };
  const sizes = graph.values.map((_, value) => bytesOf(graph, value, n));
  for (const node of graph.nodes)
    if (node.kind === 'weight' || node.kind === 'const') for (const result of node.results) sizes[result] = 0;
  for (const { value } of graph.inputs) if (lastUse[value] === -1) free(value);
  for (const [index, node] of graph.nodes.entries()) {
    if (node.kind === 'weight' || node.kind === 'const') continue;
    const ending = new Set(
      node.operands.map((operand) => root[operand]!).filter((storage) => lastUse[storage] === index),
    );
    if (node.kind === 'call') {
      const seen = new Set<Value>();
      const mask = node.operands.map((operand) => {
        const storage = root[operand]!;
        const dies = ending.has(storage) && mayFree(storage) && operand === storage && !seen.has(storage);
        if (dies) seen.add(storage);
        return dies && node.operands.filter((other) => root[other] === storage).length === 1 && sizes[storage]! > 0;
      });
      const inner = profileOf(node.callee, mask, n);
      peak = Math.max(peak, live + inner.peak);
      live += inner.end;
      for (const [at, operand] of node.operands.entries()) if (mask[at]) freed[root[operand]!] = 1;
    } else if (root[node.results[0]!] === node.results[0]) {
      live += sizes[node.results[0]!]!;
    }
    peak = Math.max(peak, live);
    for (const storage of ending) free(storage);
    for (const result of node.results) if (lastUse[root[result]!] === index) free(root[result]!);
  }
  return { peak, end: live, sources };
}

/** Which value's memory each value is, and which input's memory each result is. */
function storageOf(
  graph: Graph,
  n: number,
): { readonly root: readonly Value[]; readonly sources: readonly (number | undefined)[] } {
  const root = graph.values.map((_, value) => value);
  for (const node of graph.nodes) {
    if (node.kind === 'op') {
      const types = node.operands.map((operand) => graph.values[operand]!.type);
      if (opNamed(node.op).aliases?.(types, node.attributes)) root[node.results[0]!] = root[node.operands[0]!]!;
    } else if (node.kind === 'call') {
      const { sources } = profileOf(
        node.callee,
        node.callee.inputs.map(() => false),
        n,
      );
      for (const [index, result] of node.results.entries()) {
        const source = sources[index];
        if (source !== undefined) root[result] = root[node.operands[source]!]!;
      }
    }
  }
  const inputAt = new Map(graph.inputs.map(({ value }, index) => [value, index]));
  return { root, sources: graph.results.map(({ value }) => inputAt.get(root[value]!)) };
}
