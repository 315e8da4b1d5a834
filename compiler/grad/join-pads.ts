/**
 * The gradient of a tensor that was taken apart is a sum of padded parts. Where parts are neighbours, that is their
 * concatenation: `pad a + pad b + pad c` becomes `concat a, b, c`, and nothing is added to zeros.
 */
import type { Attributes, Graph, Node, OpNode, Value, ValueInfo } from '../ir/graph.ts';
import { isMisfit } from '../ops/op.ts';
import { opNamed } from '../ops/registry.ts';
import { operandsOf } from './emit.ts';

interface Part {
  /** the padded value, and what is in it */
  readonly padded: Value;
  readonly inside: Value;
  readonly axis: number;
  readonly from: number;
  readonly to: number;
}

const isOp = (node: Node | undefined, op: string): node is OpNode => node?.kind === 'op' && node.op === op;

/** The same values by the same numbers; a sum that became a concatenation has new nodes before it, and old ones are unused. */
export function joinPads(graph: Graph): Graph {
  const makers = new Map(graph.nodes.map((node) => [node.results[0]!, node]));
  const uses = new Map<Value, number>();
  for (const node of graph.nodes) for (const value of operandsOf(node)) uses.set(value, (uses.get(value) ?? 0) + 1);
  for (const { value } of graph.results) uses.set(value, (uses.get(value) ?? 0) + 1);

  const values = [...graph.values];
  const replaced = new Map<Node, readonly Node[]>();
  const inner = new Set<Node>();
  for (let at = graph.nodes.length - 1; at >= 0; at--) {
    const sum = graph.nodes[at]!;
    if (!isOp(sum, 'add') || inner.has(sum)) continue;
    // the terms of a sum of sums; a sum that something else uses too is a term
    const terms: Value[] = [];
    const open = [...sum.operands].reverse();
    for (let value = open.pop(); value !== undefined; value = open.pop()) {
      const node = makers.get(value);
      if (!isOp(node, 'add') || uses.get(value) !== 1) terms.push(value);
      else {
        inner.add(node);
        open.push(...[...node.operands].reverse());
      }
    }
    const nodes = joinTerms(sum, terms, makers, values);
    if (nodes !== undefined) replaced.set(sum, nodes);
  }
  if (replaced.size === 0) return graph;
  return { ...graph, values, nodes: graph.nodes.flatMap((node) => replaced.get(node) ?? [node]) };
}

/** The nodes that make the sum, the last one its result; none where no parts are neighbours. */
function joinTerms(
  sum: OpNode,
  terms: readonly Value[],
  makers: ReadonlyMap<Value, Node>,
  values: ValueInfo[],
): readonly Node[] | undefined {
  const typeOf = (value: Value) => values[value]!.type;
  const parts = terms.flatMap((padded): Part[] => {
    const node = makers.get(padded);
    if (!isOp(node, 'pad')) return [];
    const [axis, from, inside] = [Number(node.attributes.axis), Number(node.attributes.before), node.operands[0]!];
    return [{ padded, inside, axis, from, to: from + Number(typeOf(inside).shape[axis]) }];
  });
  const runs = neighbours(parts);
  if (runs.length === 0) return undefined;

  const nodes: OpNode[] = [];
  const emit = (op: string, operands: readonly Value[], attributes: Attributes = {}): Value => {
    const type = opNamed(op).shape(operands.map(typeOf), attributes);
    if (isMisfit(type)) throw new Error(type.misfit);
    const result = values.push({ type }) - 1;
    nodes.push({ kind: 'op', op, operands, attributes, results: [result] });
    return result;
  };
  const joined = new Set(runs.flat().map(({ padded }) => padded));
  const rest = terms.filter((value) => !joined.has(value));
  const sums = runs.map((run) => {
    const { axis, from } = run[0]!;
    const inside = run.map((part) => part.inside);
    const together = emit('concat', inside, { axis });
    const after = Number(typeOf(sum.results[0]!).shape[axis]) - run.at(-1)!.to;
    return from === 0 && after === 0 ? together : emit('pad', [together], { axis, before: from, after });
  });
  [...rest, ...sums].reduce((a, b) => emit('add', [a, b]));
  const last = nodes.pop()!;
  return [...nodes, { ...last, results: sum.results }];
}

/** Runs of two and more parts, each of which ends where the next one begins. */
function neighbours(parts: readonly Part[]): readonly (readonly Part[])[] {
  const runs: Part[][] = [];
  for (const part of [...parts].sort((a, b) => a.axis - b.axis || a.from - b.from)) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run !== undefined && last?.axis === part.axis && last.to === part.from) run.push(part);
    else runs.push([part]);
  }
  return runs.filter((run) => run.length > 1);
}
