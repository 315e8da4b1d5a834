/** Calls of one block that follow each other, each on the result of the one before: the `× 28` of a figure. */
import type { CallNode, Graph, Value } from '../ir/graph.ts';

export interface Chain {
  readonly first: CallNode;
  /** where the first stands among the nodes of the graph */
  readonly index: number;
  readonly calls: CallNode[];
  /** results of the calls */
  readonly own: Set<Value>;
}

/** The chain of every call that is in one of two or more. */
export function findChains(graph: Graph): ReadonlyMap<CallNode, Chain> {
  const chains: Chain[] = [];
  const made = new Map<Value, Chain>();
  let open: Chain | undefined;
  graph.nodes.forEach((node, index) => {
    if (node.kind === 'const' || node.kind === 'weight') return;
    if (node.kind === 'op') {
      open = undefined;
      return;
    }
    if (open !== undefined && continues(open, node, made)) open.calls.push(node);
    else chains.push((open = { first: node, index, calls: [node], own: new Set() }));
    for (const result of node.results) {
      open.own.add(result);
      made.set(result, open);
    }
  });
  return new Map(
    chains.filter(({ calls }) => calls.length > 1).flatMap((chain) => chain.calls.map((call) => [call, chain])),
  );
}

/** `blocks.#` for `blocks.3` */
const stem = ({ prefix }: CallNode): string => prefix.replaceAll(/\d+/g, '#');

/** One operand is the last call's result, the others stay the same or come from the calls of an earlier chain (skips). */
function continues({ first, calls, own }: Chain, node: CallNode, made: ReadonlyMap<Value, Chain>): boolean {
  if (node.callee !== first.callee || stem(node) !== stem(first)) return false;
  const last = calls[calls.length - 1]!;
  const follows = node.operands.some((operand) => last.results.includes(operand));
  const fits = node.operands.every((operand, index) => {
    const before = first.operands[index]!;
    if (operand === before || last.results.includes(operand)) return true;
    return !own.has(operand) && made.get(operand) !== undefined && made.get(operand) === made.get(before);
  });
  return follows && fits;
}
