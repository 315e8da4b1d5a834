/** Initial values that are constant tensors: the part of the graph that computes one becomes a closed graph of its own. */
import type { Span } from '../../dsl/span.ts';
import { closedGraph, definitionsOf, dependsOnBatch } from '../ir/closed.ts';
import type { FoldedGraph, Value } from '../ir/graph.ts';
import { isBatch } from '../ir/type.ts';
import { usesWeights } from '../ir/weights.ts';
import { type Frame, fail } from './context.ts';
import type { ERROR, InitTerm, TensorTerm } from './term.ts';

export function constantInit(term: TensorTerm, span: Span, frame: Frame): InitTerm | typeof ERROR {
  const graph = frame.build.finish([], { name: frame.what });
  const by = definitionsOf(graph);
  const reads = readBy(graph, term.value, by, frame);
  return reads === undefined
    ? { kind: 'init', init: { kind: 'tensor', graph: closedGraph(graph, term.value, by) } }
    : fail(frame, 'D0404', span, { reads });
}

/** What keeps a value from being a constant. */
function readBy(
  graph: FoldedGraph,
  wanted: Value,
  by: readonly (number | undefined)[],
  frame: Frame,
): string | undefined {
  const seen = new Set<Value>();
  const open = [wanted];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (seen.has(value)) continue;
    frame.looksBackTo = Math.min(frame.looksBackTo, value);
    seen.add(value);
    const index = by[value];
    if (index === undefined) return `the input \`${graph.inputs.find((input) => input.value === value)?.name ?? '?'}\``;
    const node = graph.nodes[index]!;
    if (node.kind === 'weight') return `the weight \`${node.weight.path}\``;
    if (node.kind === 'call' && usesWeights(node.callee)) return `the weights of \`${node.callee.name}\``;
    if (graph.values[value]!.type.shape.some(isBatch) || (node.kind === 'call' && dependsOnBatch(node.callee)))
      return 'the batch N';
    if (node.kind === 'call') frame.watch?.lookInto(index);
    if (node.kind === 'op' || node.kind === 'call') open.push(...node.operands);
  }
  return undefined;
}
