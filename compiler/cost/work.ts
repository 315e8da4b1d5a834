/**
 * MACs and FLOPs of a graph with the batch at a number. A called graph is counted once and multiplied by nothing: each
 * call adds its callee's figure, so a model of 10,000 equal blocks costs as much to count as one of ten.
 */
import type { Graph } from '../ir/graph.ts';
import { bindShape } from '../ir/type.ts';
import type { Work } from '../ops/op.ts';
import { opNamed } from '../ops/registry.ts';
import { dropUnused } from '../passes/drop-unused.ts';
import { foldConstants } from '../passes/fold-constants.ts';

const known = new WeakMap<Graph, Map<number, Work>>();

/** Work of one run of the graph as it stands, batch `n`. */
export function workOf(graph: Graph, n: number): Work {
  let byBatch = known.get(graph);
  if (byBatch === undefined) known.set(graph, (byBatch = new Map()));
  let work = byBatch.get(n);
  if (work === undefined) byBatch.set(n, (work = count(graph, n)));
  return work;
}

function count(graph: Graph, n: number): Work {
  let macs = 0;
  let flops = 0;
  for (const node of graph.nodes) {
    if (node.kind === 'op') {
      const bound = node.operands.map((value) => boundType(graph, value, n));
      const work = opNamed(node.op).work(bound, boundType(graph, node.results[0]!, n), node.attributes);
      macs += work.macs;
      flops += work.flops;
    } else if (node.kind === 'call') {
      const work = workOf(node.callee, n);
      macs += work.macs;
      flops += work.flops;
    }
  }
  return { macs, flops };
}

function boundType(graph: Graph, value: number, n: number) {
  const { dtype, shape } = graph.values[value]!.type;
  return { dtype, shape: bindShape(shape, n) };
}

/** What really runs: constants are computed beforehand, and what no result needs is not computed. */
export const asRun = (graph: Graph): Graph => dropUnused.run(foldConstants.run(graph));
