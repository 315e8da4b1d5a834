/** Which values are the memory of another: what is only given another shape, or handed through by a called graph. */

import { calledGraphs, perGraph } from '../ir/callees.ts';
import type { Graph, Value } from '../ir/graph.ts';
import { opNamed } from '../ops/registry.ts';

export interface Storage {
  /** for each value the one whose memory it is; itself, where it has its own */
  readonly root: Int32Array;
  /** for each result the input whose memory it is, if it is one's */
  readonly sources: readonly (number | undefined)[];
}

export const storageOf = perGraph<Storage>((graph: Graph, of) => {
  const root = Int32Array.from(graph.values, (_, value) => value);
  for (const node of graph.nodes) {
    if (node.kind === 'op') {
      const { aliases } = opNamed(node.op);
      if (aliases === undefined) continue;
      const types = node.operands.map((operand) => graph.values[operand]!.type);
      if (aliases(types, node.attributes)) root[node.results[0]!] = root[node.operands[0]!]!;
    } else if (node.kind === 'call') {
      const { sources } = of(node.callee);
      for (const [index, result] of node.results.entries()) {
        const source = sources[index];
        if (source !== undefined) root[result] = root[node.operands[source]!]!;
      }
    }
  }
  const inputAt = new Map<Value, number>(graph.inputs.map(({ value }, index) => [value, index]));
  return { root, sources: graph.results.map(({ value }) => inputAt.get(root[value]!)) };
}, calledGraphs);
