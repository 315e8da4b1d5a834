/**
 * What no result needs is dropped, through calls: a block whose caller leaves out some of its results becomes a block
 * without them, and inputs that a block does not read (a conditioning strategy that ignores the memory) are not computed
 * for it. The graph that is asked keeps its inputs and results, and every graph what it owns.
 */
import type { CallNode, Graph, Node, Owned, Value, ValueInfo } from '../ir/graph.ts';
import { createMemo } from '../ir/memo.ts';
import { onValues, operandsOf, type Pass } from './pass.ts';

interface Trimmed {
  readonly graph: Graph;
  /** which inputs are left */
  readonly inputs: readonly boolean[];
}

const roots = createMemo<Graph>();
const blocks = createMemo<Map<string, Trimmed>>();

export const dropUnused: Pass = {
  name: 'drop-unused',
  doc: 'what no result needs is dropped, in callees too',
  run(graph) {
    let made = roots.get(graph);
    if (made === undefined) {
      const all = graph.results.map(() => true);
      roots.set(graph, (made = trim(graph, all, true).graph));
    }
    return made;
  },
};

function trimmed(graph: Graph, needed: readonly boolean[]): Trimmed {
  const key = needed.map(Number).join('');
  let memo = blocks.get(graph);
  if (memo === undefined) blocks.set(graph, (memo = new Map()));
  let made = memo.get(key);
  if (made === undefined) memo.set(key, (made = trim(graph, needed, false)));
  return made;
}

function trim(graph: Graph, needed: readonly boolean[], keepInputs: boolean): Trimmed {
  const live = new Uint8Array(graph.values.length);
  const results = graph.results.filter((_, index) => needed[index]);
  for (const { value } of results) live[value] = 1;

  const calls = new Map<CallNode, Trimmed>();
  const kept: Node[] = [];
  for (let index = graph.nodes.length - 1; index >= 0; index--) {
    const node = graph.nodes[index]!;
    if (!node.results.some((value) => live[value] === 1)) continue;
    kept.push(node);
    if (node.kind === 'op') for (const operand of node.operands) live[operand] = 1;
    if (node.kind !== 'call') continue;
    const inner = trimmed(
      node.callee,
      node.results.map((value) => live[value] === 1),
    );
    calls.set(node, inner);
    node.operands.forEach((operand, at) => {
      if (inner.inputs[at]) live[operand] = 1;
    });
  }
  kept.reverse();

  const inputs = graph.inputs.map(({ value }) => keepInputs || live[value] === 1);
  const same =
    kept.length === graph.nodes.length &&
    results.length === graph.results.length &&
    inputs.every(Boolean) &&
    [...calls].every(([node, inner]) => inner.graph === node.callee);
  if (same) return { graph, inputs };

  const values: ValueInfo[] = [];
  const renamed = new Int32Array(graph.values.length).fill(-1);
  const define = (value: Value): Value => (renamed[value] = values.push(graph.values[value]!) - 1);
  const use = (value: Value): Value => renamed[value]!;
  const left = graph.inputs.filter((_, at) => inputs[at]).map((input) => ({ ...input, value: define(input.value) }));
  const nodes = kept.map((node): Node => {
    if (node.kind !== 'call') return onValues(node, operandsOf(node).map(use), node.results.map(define));
    const inner = calls.get(node)!;
    const operands = node.operands.filter((_, at) => inner.inputs[at]).map(use);
    const results = node.results.filter((value) => live[value] === 1).map(define);
    return { kind: 'call', callee: inner.graph, operands, prefix: node.prefix, results, place: node.place };
  });
  const made = { ...graph, inputs: left, results: results.map((result) => ({ ...result, value: use(result.value) })) };
  return { graph: { ...made, nodes, values, owns: withTrimmed(graph.owns, calls) }, inputs };
}

/** What is owned by calls that are left, by the graphs that are called now: they own the same. */
function withTrimmed(owns: readonly Owned[], calls: ReadonlyMap<CallNode, Trimmed>): readonly Owned[] {
  const waiting = new Map<string, [CallNode, Trimmed][]>();
  for (const call of [...calls].reverse()) {
    const same = waiting.get(call[0].prefix);
    if (same === undefined) waiting.set(call[0].prefix, [call]);
    else same.push(call);
  }
  return owns.map((owned) => {
    if (owned.kind === 'weight') return owned;
    const same = waiting.get(owned.prefix);
    const at = same?.findIndex(([node]) => node.callee === owned.callee) ?? -1;
    return at < 0 ? owned : { ...owned, callee: same!.splice(at, 1)[0]![1].graph };
  });
}
