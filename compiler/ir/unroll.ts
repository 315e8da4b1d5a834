/** Runs as the calls that they stand for, in called graphs too. */
import { calledGraphs, perGraph } from './callees.ts';
import type { FoldedCall, FoldedGraph, FoldedNode, Graph, Node, Owned, Value, ValueInfo } from './graph.ts';
import { prefixesOf } from './run.ts';

/** What engines, views and gradients work on; the graph itself where nothing is folded in it. */
export const unrolled = unrolling((times) => times);

/**
 * Only the first turns of each run, which take as much memory as all: turns differ by the tensors that they are handed
 * through from before the run, and after as many turns as there are operands none is.
 */
export const shortened = unrolling((times, operands) => Math.min(times, operands + 3));

type TurnsOf = (times: number, operands: number) => number;

/** Callees only: what makes constants has no weights, and so no runs. */
function unrolling(turnsOf: TurnsOf): (graph: FoldedGraph) => Graph {
  return perGraph<Graph, FoldedGraph>(
    (graph, of) => (isUnrolled(graph, of) ? graph : unroll(graph, of, turnsOf)),
    calledGraphs,
  );
}

function isUnrolled(graph: FoldedGraph, of: (callee: FoldedGraph) => Graph): graph is Graph {
  return (
    graph.nodes.every((node) => node.kind !== 'call' || (node.run === undefined && of(node.callee) === node.callee)) &&
    graph.owns.every(
      (owned) => owned.kind === 'weight' || (owned.times === undefined && of(owned.callee) === owned.callee),
    )
  );
}

function unroll(graph: FoldedGraph, of: (callee: FoldedGraph) => Graph, turnsOf: TurnsOf): Graph {
  const values: ValueInfo[] = [];
  const nodes: Node[] = [];
  const renamed = new Int32Array(graph.values.length);
  const define = (value: Value): Value => (renamed[value] = values.push(graph.values[value]!) - 1);
  const use = (value: Value): Value => renamed[value]!;
  const inputs = graph.inputs.map((input) => ({ ...input, value: define(input.value) }));
  const turns = ({ operands, prefix, results, place, run, ...call }: FoldedCall): void => {
    const callee = of(call.callee);
    let given = operands.map(use);
    for (const each of prefixesOf(prefix, run && turnsOf(run.times, operands.length))) {
      const made = results.map(define);
      nodes.push({ kind: 'call', callee, operands: given, prefix: each, results: made, place });
      given = given.map((operand, at) => {
        const carried = run?.carries[at];
        return carried === undefined ? operand : made[carried]!;
      });
    }
  };
  const add = (node: FoldedNode): void => {
    if (node.kind === 'call') turns(node);
    else {
      const operands = node.kind === 'op' ? { operands: node.operands.map(use) } : {};
      nodes.push({ ...node, ...operands, results: node.results.map(define) } as Node);
    }
  };
  graph.nodes.forEach(add);
  const results = graph.results.map((result) => ({ ...result, value: use(result.value) }));
  const owns = graph.owns.flatMap((owned): Owned[] => {
    if (owned.kind === 'weight') return [owned];
    const { times, prefix, callee, ...rest } = owned;
    // who only counts memory asks for few turns, and not for what they own
    return prefixesOf(prefix, times && turnsOf(times, 0)).map((each) => ({
      ...rest,
      callee: of(callee),
      prefix: each,
    }));
  });
  return { ...graph, inputs, results, nodes, values, owns };
}
