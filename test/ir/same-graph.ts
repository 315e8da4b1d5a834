/**
 * Graphs as plain data for comparison, without places and the numbering of values: equal for graphs that are the same.
 * Reads of weights and scalar numbers without names are written where they are used, as they have no identity. An input
 * without a name of its own has the input's.
 */
import type { Graph, Init, Node, Owned, Value } from '../../compiler/ir/graph.ts';
import { showType } from '../../compiler/ir/type.ts';

/** Every graph that `root` is made of, the root first; callees and constants by their place in the list. */
export function plainGraphs(root: Graph): unknown[] {
  const graphs = [root];
  const plain: unknown[] = [];
  const refer = (graph: Graph): number => {
    if (!graphs.includes(graph)) graphs.push(graph);
    return graphs.indexOf(graph);
  };
  for (let index = 0; index < graphs.length; index++) plain.push(plainGraph(graphs[index]!, refer));
  return plain;
}

function plainGraph(graph: Graph, refer: (graph: Graph) => number): unknown {
  const written = new Map<Value, string>();
  let count = 0;
  const number = (value: Value) => written.set(value, `%${count++}`);
  const typeOf = (value: Value) => showType(graph.values[value]!.type);
  const define = (value: Value) => ({
    value: written.get(value),
    name: graph.values[value]!.name,
    type: typeOf(value),
  });
  for (const { value } of graph.inputs) number(value);
  const kept = graph.nodes.filter((node) => {
    const inline = inlined(graph, node);
    if (inline === undefined) node.results.forEach(number);
    else written.set(node.results[0]!, inline);
    return inline === undefined;
  });
  const use = (value: Value) => written.get(value);
  const nodeOf = (node: Node) => {
    const results = node.results.map(define);
    if (node.kind === 'op')
      return { op: node.op, operands: node.operands.map(use), attributes: node.attributes, results };
    if (node.kind === 'call')
      return { callee: refer(node.callee), operands: node.operands.map(use), prefix: node.prefix, results };
    if (node.kind === 'weight') throw new Error('weights are written inline');
    return { constant: typeof node.value === 'number' ? floatText(node.value) : { graph: refer(node.value) }, results };
  };
  return {
    name: graph.name,
    settings: graph.settings,
    borrows: graph.borrows,
    inputs: graph.inputs.map(({ name, value, role }) => ({
      ...define(value),
      name,
      role,
      own: graph.values[value]!.name ?? name,
    })),
    nodes: kept.map(nodeOf),
    results: graph.results.map(({ name, value }) => ({ name, value: use(value) })),
    owns: graph.owns.map((owned) => plainOwned(owned, refer)),
  };
}

function inlined(graph: Graph, node: Node): string | undefined {
  const { type, name } = graph.values[node.results[0]!]!;
  if (node.kind === 'weight') {
    const last = node.weight.path.split('.').at(-1)!;
    return `weight ${node.weight.path} called ${name ?? last}`;
  }
  const scalar =
    node.kind === 'const' && typeof node.value === 'number' && type.shape.length === 0 && name === undefined;
  return scalar ? `${type.dtype} ${floatText(node.value as number)}` : undefined;
}

const floatText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

function plainOwned(owned: Owned, refer: (graph: Graph) => number): unknown {
  const { kind, shared } = owned;
  if (kind === 'call') return { kind, shared, callee: refer(owned.callee), prefix: owned.prefix };
  const { path, type, trained, init } = owned.weight;
  return { kind, shared, path, type: showType(type), trained, init: plainInit(init, refer) };
}

const plainInit = (init: Init, refer: (graph: Graph) => number): unknown =>
  init.kind === 'tensor' ? { kind: init.kind, graph: refer(init.graph) } : init;
