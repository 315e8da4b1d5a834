/** Initial values that are constant tensors: the part of the graph that computes one becomes a closed graph of its own. */
import type { Span } from '../../dsl/span.ts';
import { createBuilder } from '../ir/builder.ts';
import type { Graph, Node, Value } from '../ir/graph.ts';
import { type Frame, fail } from './context.ts';
import type { ERROR, InitTerm, TensorTerm } from './term.ts';

/** The closed graph of a value, or the name of the input or weight that it reads. */
export function closedGraph(source: Graph, wanted: Value): Graph | string {
  const maker = new Map<Value, Node>();
  for (const node of source.nodes) for (const result of node.results) maker.set(result, node);
  const needed = new Set<Node>();
  const open: Value[] = [wanted];
  while (open.length > 0) {
    const value = open.pop()!;
    const node = maker.get(value);
    if (node === undefined) return `the input \`${source.inputs.find((input) => input.value === value)?.name ?? '?'}\``;
    if (needed.has(node)) continue;
    if (node.kind === 'weight') return `the weight \`${node.weight.path}\``;
    if (node.kind === 'call' && node.callee.owns.length > 0) return `the weights of \`${node.callee.name}\``;
    needed.add(node);
    if (node.kind === 'op' || node.kind === 'call') open.push(...node.operands);
  }
  const build = createBuilder();
  const moved = new Map<Value, Value>();
  for (const node of source.nodes) {
    if (!needed.has(node)) continue;
    if (node.kind === 'op')
      moved.set(
        node.results[0]!,
        build.op(
          node.op,
          node.operands.map((v) => moved.get(v)!),
          node.attributes,
          node.place,
        ),
      );
    else if (node.kind === 'const') {
      const type = source.values[node.results[0]!]!.type;
      moved.set(
        node.results[0]!,
        typeof node.value === 'number' ? build.number(node.value, type) : build.constant(node.value),
      );
    } else if (node.kind === 'call') {
      const results = build.call(
        node.callee,
        node.operands.map((v) => moved.get(v)!),
        node.prefix,
        node.place,
      );
      for (const [i, result] of node.results.entries()) moved.set(result, results[i]!);
    }
  }
  return build.finish([{ value: moved.get(wanted)! }], {
    name: nameOf(source.nodes.filter((node) => needed.has(node))),
  });
}

/** After the last block that it calls: `sincos2d`. */
const nameOf = (nodes: readonly Node[]): string => {
  const call = nodes.findLast((node) => node.kind === 'call');
  return call?.kind === 'call' ? call.callee.name : 'constant';
};

export function constantInit(term: TensorTerm, span: Span, frame: Frame): InitTerm | typeof ERROR {
  const graph = closedGraph(frame.build.finish([], { name: frame.what }), term.value);
  return typeof graph === 'string'
    ? fail(frame, 'D0404', span, { reads: graph })
    : { kind: 'init', init: { kind: 'tensor', graph } };
}
