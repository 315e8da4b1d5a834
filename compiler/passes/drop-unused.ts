/**
 * What no result needs is dropped, through calls: a block whose caller leaves out some of its results becomes a block
 * without them, and inputs that a block does not read (a conditioning strategy that ignores the memory) are not computed
 * for it. The graph that is asked keeps its inputs and results, and every graph what it owns.
 */
import type { FoldedCall, FoldedGraph, FoldedNode, FoldedOwned, Run, Value, ValueInfo } from '../ir/graph.ts';
import { createMemo } from '../ir/memo.ts';
import { type FoldingPass, onValues, operandsOf } from './pass.ts';
import { type Mask, maskOf, peeled } from './peel.ts';

interface Trimmed {
  readonly graph: FoldedGraph;
  /** which inputs are left */
  readonly inputs: readonly boolean[];
}

const roots = createMemo<FoldedGraph>();
const blocks = createMemo<Map<string, Trimmed>>();

export const dropUnused: FoldingPass = {
  name: 'drop-unused',
  doc: 'what no result needs is dropped, in callees too',
  run<G extends FoldedGraph>(graph: G): G {
    let made = roots.get(graph);
    if (made === undefined) {
      roots.set(graph, (made = trim(graph, '1'.repeat(graph.results.length), true).graph));
    }
    return made as G;
  },
};

function trimmed(graph: FoldedGraph, needed: Mask): Trimmed {
  let memo = blocks.get(graph);
  if (memo === undefined) blocks.set(graph, (memo = new Map()));
  let made = memo.get(needed);
  if (made === undefined) memo.set(needed, (made = trim(graph, needed, false)));
  return made;
}

function trim(whole: FoldedGraph, needed: Mask, keepInputs: boolean): Trimmed {
  const graph = peeled(whole, needed, (callee, asked) => trimmed(callee, asked).inputs);
  const live = new Uint8Array(graph.values.length);
  const results = graph.results.filter((_, index) => needed[index] === '1');
  for (const { value } of results) live[value] = 1;

  const calls = new Map<FoldedCall, Trimmed>();
  const kept: FoldedNode[] = [];
  for (let index = graph.nodes.length - 1; index >= 0; index--) {
    const node = graph.nodes[index]!;
    if (!node.results.some((value) => live[value] === 1)) continue;
    kept.push(node);
    if (node.kind === 'op') for (const operand of node.operands) live[operand] = 1;
    if (node.kind !== 'call') continue;
    const inner = trimmed(node.callee, maskOf(node.results, live));
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
  const nodes = kept.map((node): FoldedNode => {
    if (node.kind !== 'call') return onValues(node, operandsOf(node).map(use), node.results.map(define));
    const inner = calls.get(node)!;
    const operands = node.operands.filter((_, at) => inner.inputs[at]).map(use);
    const results = node.results.filter((value) => live[value] === 1).map(define);
    const run = node.run && trimmedRun(node, node.run, inner, live);
    return { kind: 'call', callee: inner.graph, operands, prefix: node.prefix, results, place: node.place, run };
  });
  const made = { ...graph, inputs: left, results: results.map((result) => ({ ...result, value: use(result.value) })) };
  return { graph: { ...made, nodes, values, owns: withTrimmed(graph.owns, calls) }, inputs };
}

/** All turns ask for the same results (`peel.ts`), so those that are carried are among the ones that are left. */
function trimmedRun({ results, operands }: FoldedCall, { times, carries }: Run, inner: Trimmed, live: Uint8Array): Run {
  const left = results.flatMap((value, at) => (live[value] === 1 ? [at] : []));
  const carried = operands.flatMap((_, at) => {
    const result = carries[at];
    return inner.inputs[at] ? [result === undefined ? undefined : left.indexOf(result)] : [];
  });
  return { times, carries: carried };
}

/** What is owned by calls that are left, by the graphs that are called now: they own the same. */
function withTrimmed(owns: readonly FoldedOwned[], calls: ReadonlyMap<FoldedCall, Trimmed>): readonly FoldedOwned[] {
  const waiting = new Map<string, [FoldedCall, Trimmed][]>();
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
