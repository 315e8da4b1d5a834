/** Gradients of a graph of ops alone, by the rules of the ops and nothing else: the shortest reverse sweep there is. */
import type { Builder } from '../../compiler/ir/builder.ts';
import { createBuilder } from '../../compiler/ir/builder.ts';
import type { Graph, Value } from '../../compiler/ir/graph.ts';
import { opNamed } from '../../compiler/ops/registry.ts';

/** Puts the nodes of `graph` into `build`; its inputs become inputs. */
function copy(build: Builder, graph: Graph): Map<Value, Value> {
  const values = new Map<Value, Value>();
  for (const { name, value } of graph.inputs) values.set(value, build.input(name, graph.values[value]!.type));
  for (const node of graph.nodes) {
    const [result] = node.results;
    if (node.kind === 'op')
      values.set(
        result!,
        build.op(
          node.op,
          node.operands.map((value) => values.get(value)!),
          node.attributes,
        ),
      );
    else if (node.kind === 'const' && typeof node.value === 'number')
      values.set(result!, build.number(node.value, graph.values[result!]!.type));
    else throw new Error(`a ${node.kind} is not swept`);
  }
  return values;
}

/** The inputs of `graph` and `weight.NAME` for each result → `d.NAME` for each input that a gradient reaches. */
export function sweep(graph: Graph): Graph {
  const build = createBuilder();
  const values = copy(build, graph);
  const gradients = new Map<Value, Value>();
  const flow = (to: Value, gradient: Value): void => {
    const before = gradients.get(to);
    gradients.set(to, before === undefined ? gradient : build.op('add', [before, gradient]));
  };
  for (const { name, value } of graph.results) flow(value, build.input(`weight.${name}`, graph.values[value]!.type));
  for (const node of [...graph.nodes].reverse()) {
    const gradient = gradients.get(node.results[0]!);
    if (node.kind !== 'op' || gradient === undefined) continue;
    const rule = opNamed(node.op).gradient;
    if (rule === 'none') continue;
    const operands = node.operands.map((value) => values.get(value)!);
    const flows = rule({
      build,
      operands,
      result: values.get(node.results[0]!)!,
      gradient,
      attributes: node.attributes,
    });
    for (const [i, flowing] of flows.entries()) if (flowing !== undefined) flow(node.operands[i]!, flowing);
  }
  const reached = graph.inputs.filter(({ value }) => gradients.has(value));
  const results = reached.map(({ name, value }) => ({ name: `d.${name}`, value: gradients.get(value)! }));
  return build.finish(results, { name: `${graph.name}_backward` });
}
