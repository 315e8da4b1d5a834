/** Slices that part a tensor along one axis without a gap: what a spec writes as one `split`. */
import type { Graph, OpNode } from '../ir/graph.ts';

export interface Splits {
  /** by the place of the first slice among the nodes, the slices in order of nodes */
  readonly splits: ReadonlyMap<number, readonly OpNode[]>;
  readonly parts: ReadonlyMap<OpNode, number>;
}

export function findSplits(graph: Graph): Splits {
  const groups = new Map<string, { index: number; slices: OpNode[] }>();
  graph.nodes.forEach((node, index) => {
    if (node.kind !== 'op' || node.op !== 'slice') return;
    const key = `${node.operands[0]} ${node.attributes.axis}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { index, slices: [node] });
    else group.slices.push(node);
  });
  const splits = new Map<number, readonly OpNode[]>();
  const parts = new Map<OpNode, number>();
  for (const { index, slices } of groups.values()) {
    if (slices.length < 2 || !isPartition(graph, slices)) continue;
    splits.set(index, slices);
    for (const slice of slices) parts.set(slice, index);
  }
  return { splits, parts };
}

function isPartition(graph: Graph, slices: readonly OpNode[]): boolean {
  const { attributes, operands } = slices[0]!;
  const { shape } = graph.values[operands[0]!]!.type;
  const axis = Number(attributes.axis);
  const sorted = slices
    .map((slice) => [Number(slice.attributes.start), Number(slice.attributes.end)])
    .sort((a, b) => a[0]! - b[0]!);
  const size = shape[axis < 0 ? axis + shape.length : axis];
  return (
    sorted[sorted.length - 1]![1] === size &&
    sorted.every(([start], index) => start === (index === 0 ? 0 : sorted[index - 1]![1]))
  );
}
