/** How long the values of a graph are needed: what lets engines free buffers and the coster say how many live at once. */
import type { Graph, Node, Value } from '../ir/graph.ts';

export interface Liveness {
  /** for each value the index of the last node that needs it: its own where nobody does, one past the last for results, -1 for inputs that nobody uses */
  readonly lastUse: Int32Array;
  /** for each node the values that nobody needs after it */
  readonly frees: readonly (readonly Value[])[];
}

const operandsOf = (node: Node): readonly Value[] => (node.kind === 'op' || node.kind === 'call' ? node.operands : []);

/** Inputs and weights are values like others: whoever keeps them elsewhere does not free them. */
export function liveness({ inputs, results, nodes, values }: Graph): Liveness {
  const lastUse = new Int32Array(values.length).fill(-1);
  nodes.forEach((node, index) => {
    for (const operand of operandsOf(node)) lastUse[operand] = index;
    for (const result of node.results) lastUse[result] = index;
  });
  for (const { value } of results) lastUse[value] = nodes.length;
  const frees: Value[][] = nodes.map(() => []);
  const free = (value: Value) => frees[lastUse[value]!]?.push(value);
  for (const { value } of inputs) free(value);
  for (const node of nodes) node.results.forEach(free);
  return { lastUse, frees };
}
