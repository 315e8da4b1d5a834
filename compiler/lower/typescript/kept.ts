/**
 * What a block keeps for its gradient, as a record: tensors under the names of the spec, what a block inside keeps under
 * its path, and lists where a loop keeps the same in every turn.
 */
import { pullbackPart } from '../../grad/pullback.ts';
import type { CallNode, Graph, Node, Value } from '../../ir/graph.ts';
import { showType } from '../../ir/type.ts';
import { camelCase, NOUNS, uniqueNames } from './names.ts';

/** One tensor, or all that one call inside keeps. */
export interface Piece {
  /** places among the results of the forward variant */
  readonly results: readonly number[];
  /** the forward variant that was called, where it is what a call keeps */
  readonly of?: Graph;
}

export interface Field {
  readonly name: string;
  readonly pieces: readonly Piece[];
  readonly isList: boolean;
}

/** As many as make a list. */
const SOME = 2;

/** How many results of a forward variant are those of its block. */
export function ownResults(forward: Graph): number {
  const { kept } = pullbackPart(forward)!.of;
  const inside = kept.filter(({ kind }) => kind === 'result').length;
  return forward.results.length - inside;
}

const makers = (graph: Graph): Map<Value, Node> =>
  new Map(graph.nodes.flatMap((node) => node.results.map((value) => [value, node] as const)));

/** The call that keeps this value inside, if it is no result of its own. */
const keeping = (node: Node | undefined, value: Value): CallNode | undefined =>
  node?.kind === 'call' &&
  pullbackPart(node.callee)?.part === 'forward' &&
  node.results.indexOf(value) >= ownResults(node.callee)
    ? node
    : undefined;

/** A name for a value that has none. */
function nounOf(node: Node | undefined): string {
  if (node?.kind === 'call') return `${node.prefix.split('.').at(-1) || node.callee.name.replace(/_forward$/, '')}_out`;
  return node?.kind === 'op' ? (NOUNS[node.op] ?? node.op) : 'kept';
}

export function keptFields(forward: Graph): readonly Field[] {
  const { kept } = pullbackPart(forward)!.of;
  const made = makers(forward);
  const groups = new Map<string | CallNode, { stem: string; pieces: Piece[] }>();
  const put = (key: string | CallNode, stem: string, piece: Piece): void => {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { stem, pieces: [piece] });
    else group.pieces.push(piece);
  };
  const byCall = new Map<CallNode, number[]>();
  for (const [at, { kind, index }] of kept.entries()) {
    if (kind !== 'result') continue;
    const { value } = forward.results[index]!;
    const node = keeping(made.get(value), value);
    if (node !== undefined) {
      const results = byCall.get(node);
      if (results !== undefined) results.push(index);
      else byCall.set(node, [index]);
      continue;
    }
    const { name, type } = forward.values[value]!;
    put(`${name ?? `kept ${at}`} ${showType(type)}`, name ?? nounOf(made.get(value)), { results: [index] });
  }
  const order = (node: CallNode): number => forward.nodes.indexOf(node);
  for (const [node, results] of [...byCall].sort(([a], [b]) => order(a) - order(b))) {
    const stem = node.prefix.replace(/\.?\d+$/, '') || node.callee.name.replace(/_forward$/, '');
    put(/\d$/.test(node.prefix) ? `${stem} ${node.prefix.length > 0} ${labelOf(node)}` : node, stem, {
      results,
      of: node.callee,
    });
  }
  const unique = uniqueNames();
  return [...groups.values()].flatMap(({ stem, pieces }): Field[] =>
    pieces.length >= SOME
      ? [{ name: unique(camelCase(stem)), pieces, isList: true }]
      : pieces.map((piece) => ({ name: unique(camelCase(stem)), pieces: [piece], isList: false })),
  );
}

const numbered = new WeakMap<Graph, number>();
let count = 0;

/** Equal for calls of one graph. */
function labelOf({ callee }: CallNode): number {
  let label = numbered.get(callee);
  if (label === undefined) numbered.set(callee, (label = count++));
  return label;
}
