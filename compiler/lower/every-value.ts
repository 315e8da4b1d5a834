/**
 * A graph that also returns what is computed on the way, for comparing a spec with another implementation value by value.
 * `blocks.3.attn` is what the call of that path returns, `blocks.3:1` the second of several results; `blocks.3.x` is what
 * the text of that block calls x, `blocks.3.x#2` its second value under the name; what has no name goes by its op.
 */
import { calledGraphs, perGraph } from '../ir/callees.ts';
import type { CallNode, Graph, GraphResult, Node, OpNode, ValueInfo } from '../ir/graph.ts';
import { joinPath } from '../ir/weights.ts';
import { type FlatGraph, flatten } from './flatten.ts';

/** Copies of what calls return, under the paths of the calls: a flat graph would know them by inner names only. */
const withCallResults = perGraph<Graph>((graph, of) => {
  const values: ValueInfo[] = [...graph.values];
  const copies = (call: CallNode): OpNode[] =>
    call.prefix === ''
      ? []
      : call.results.map((result, at) => {
          const name = call.results.length === 1 ? call.prefix : `${call.prefix}:${at}`;
          const copy = values.push({ type: graph.values[result]!.type, name }) - 1;
          return { kind: 'op', op: 'detach', operands: [result], attributes: {}, results: [copy] };
        });
  const nodes = graph.nodes.flatMap((node): Node[] => {
    if (node.kind !== 'call') return [node];
    return [{ ...node, callee: of(node.callee) }, ...copies(node)];
  });
  const owns = graph.owns.map((owned) => (owned.kind === 'call' ? { ...owned, callee: of(owned.callee) } : owned));
  return { ...graph, nodes, values, owns };
}, calledGraphs);

/** The graph's own results come first, under their names. */
export function everyValue(graph: Graph): FlatGraph {
  const flat = flatten(withCallResults(graph));
  const taken = new Set(flat.results.map(({ name }, at) => name ?? String(at)));
  const counts = new Map<string, number>();
  const unique = (wish: string): string => {
    let name = wish;
    for (let count = counts.get(wish) ?? 1; taken.has(name); name = `${wish}#${count}`) counts.set(wish, ++count);
    taken.add(name);
    return name;
  };
  const more = flat.nodes.flatMap((node): GraphResult[] => {
    if (node.kind !== 'op') return [];
    const value = node.results[0]!;
    return [{ name: unique(joinPath(node.scope, flat.values[value]!.name ?? node.op)), value }];
  });
  const results = flat.results.map((result, at) => ({ ...result, name: result.name ?? String(at) }));
  return { ...flat, results: [...results, ...more] };
}
