/**
 * Equal nodes become one: same op, attributes and operands. Reads of one weight are equal; two weights never are, however
 * equal they look, and neither are two inputs. A call is shared only where no weight is inside.
 */
import { structureDigest } from '../ir/digest.ts';
import { attributesText } from '../ir/digest-text.ts';
import type { FoldedGraph, FoldedNode, Value } from '../ir/graph.ts';
import { showType } from '../ir/type.ts';
import { usesWeights } from '../ir/weights.ts';
import { type FoldingPass, perBlock, withNodes } from './pass.ts';

export const shareEqual: FoldingPass = perBlock('share-equal', 'equal nodes without weights become one', (graph) => {
  const first = new Map<string, FoldedNode>();
  const instead = new Map<Value, Value>();
  const nodes = graph.nodes.filter((node) => {
    const key = keyOf(graph, node, instead);
    if (key === undefined) return true;
    const same = first.get(key);
    if (same === undefined) {
      first.set(key, node);
      return true;
    }
    node.results.forEach((value, index) => {
      instead.set(value, same.results[index]!);
    });
    return false;
  });
  return nodes.length === graph.nodes.length ? graph : withNodes(graph, nodes, instead);
});

/** Equal for nodes whose results are equal; none for a node that must stay itself. */
function keyOf(graph: FoldedGraph, node: FoldedNode, instead: ReadonlyMap<Value, Value>): string | undefined {
  const type = () => showType(graph.values[node.results[0]!]!.type);
  const operands = (values: readonly Value[]) => values.map((value) => instead.get(value) ?? value).join();
  switch (node.kind) {
    case 'op':
      return `${node.op} ${operands(node.operands)} ${attributesText(node.attributes)}`;
    case 'call':
      return usesWeights(node.callee) ? undefined : `call ${structureDigest(node.callee)} ${operands(node.operands)}`;
    case 'weight':
      return `weight ${node.weight.path}`;
    case 'const':
      if (typeof node.value !== 'number') return `const ${structureDigest(node.value)}`;
      return `fill ${Object.is(node.value, -0) ? '-0' : node.value} ${type()}`;
  }
}
