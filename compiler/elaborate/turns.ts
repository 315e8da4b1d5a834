/**
 * Most loops do the same at every turn, to the tensors of the turn before and under another path. Where nothing but
 * paths reads the names of the loop, and what the body reads is as at a turn that was observed (tensors of the same types
 * in the same roles), the nodes of that turn are made again on other values: a model of 10,000 layers evaluates one.
 */
import type { For, Path } from '../../dsl/tree.ts';
import type { Made, Mark } from '../ir/builder.ts';
import type { Node, Owned, Value } from '../ir/graph.ts';
import { sameType } from '../ir/type.ts';
import { type Frame, LIMITS } from './context.ts';
import { prefixOf } from './paths.ts';
import { keyOf, type TensorTerm, type Term, tensorTerm } from './term.ts';
import { visitNames } from './visit-names.ts';

/** A loop in a frame. */
export interface Turns {
  /** does the turn if it is like the observed one; false when it must be evaluated */
  again(): boolean;
  /** evaluates a turn, and keeps what it did */
  observe(run: () => void): void;
}

interface Turn {
  readonly mark: Mark;
  readonly made: Made;
  /** what the body read, in the order of its names */
  readonly read: readonly (Term | undefined)[];
  readonly given: readonly (readonly [string, Term])[];
  readonly paths: readonly { readonly path: Path; readonly prefix: string }[];
  readonly nodes: number;
  readonly weights: number;
}

/** None where the body does more than assign, or reads the names of the loop outside of paths. */
export function createTurns(stmt: For, frame: Frame): Turns | undefined {
  const names = namesOf(stmt);
  if (names === undefined) return undefined;
  let turn: Turn | undefined;
  const read = (): (Term | undefined)[] => names.read.map((name) => frame.names.get(name));
  return {
    again() {
      const move = turn && fits(turn, frame) ? moveTo(turn, names.read, frame) : undefined;
      if (move === undefined) return false;
      repeat(turn!, move, frame);
      return true;
    },
    observe(run) {
      const { build, session, nodes, weights } = frame;
      const before = { mark: build.mark(), read: read(), said: session.diagnostics.length };
      const { looksBackTo: lookedBackTo } = frame;
      const paths: Turn['paths'][number][] = [];
      frame.paths = paths;
      frame.looksBackTo = Infinity;
      run();
      frame.paths = undefined;
      const { looksBackTo } = frame;
      frame.looksBackTo = Math.min(looksBackTo, lookedBackTo);
      const sound = !frame.failed && !frame.stopped && !frame.halted && session.diagnostics.length === before.said;
      turn = undefined;
      if (!sound || looksBackTo < before.mark.values) return;
      const given = names.given.flatMap((name) => {
        const term = frame.names.get(name);
        return term === undefined ? [] : [[name, term] as const];
      });
      const { mark } = before;
      const own = given.every(
        ([, term]) => term.kind !== 'list' && (term.kind !== 'tensor' || term.value >= mark.values),
      );
      if (!own || new Set(paths.map(({ prefix }) => prefix)).size < paths.length) return;
      const [more, heavier] = [frame.nodes - nodes, frame.weights - weights];
      turn = { mark, made: build.since(mark), read: before.read, given, paths, nodes: more, weights: heavier };
    },
  };
}

const outlines = new WeakMap<For, ReturnType<typeof outlineOf>>();

function namesOf(stmt: For): ReturnType<typeof outlineOf> {
  if (!outlines.has(stmt)) outlines.set(stmt, outlineOf(stmt));
  return outlines.get(stmt);
}

function outlineOf({
  names,
  body,
}: For): { readonly read: readonly string[]; readonly given: readonly string[] } | undefined {
  if (body.some(({ kind }) => kind !== 'assign')) return undefined;
  const read = new Set<string>();
  const given = new Set<string>();
  const inPaths = new Set<string>();
  const visitor = {
    whole: (name: string) => read.add(name),
    field: (name: string) => read.add(name),
    given: (name: string) => given.add(name),
  };
  visitNames(body, {
    ...visitor,
    path(path) {
      visitNames(path, { ...visitor, whole: (name) => inPaths.add(name), field: (name) => inPaths.add(name) });
    },
  });
  const own = names.map(({ text }) => text);
  if (own.some((name) => read.has(name) || given.has(name))) return undefined;
  for (const name of inPaths) if (!own.includes(name)) read.add(name);
  return { read: [...read], given: [...given] };
}

/** Whether the budget allows it; otherwise it is evaluated, up to where that is said. */
const fits = (turn: Turn, { session, nodes, weights }: Frame): boolean =>
  session.steps + turn.nodes <= LIMITS.steps &&
  nodes + turn.nodes <= LIMITS.nodes &&
  weights + turn.weights <= LIMITS.weights;

/** How the observed turn becomes the next one: few values come from outside, and few paths are in a turn. */
interface Move {
  /** values of the turn itself go on by so many */
  readonly from: Value;
  readonly by: number;
  readonly outside: Value[];
  readonly instead: Value[];
  readonly prefixes: string[];
}

/** None where they are not alike. */
function moveTo(turn: Turn, names: readonly string[], frame: Frame): Move | undefined {
  const from = turn.mark.values;
  const move = { from, by: frame.build.mark().values - from, outside: [], instead: [], prefixes: [] as string[] };
  for (let index = 0; index < names.length; index++)
    if (!isAlike(turn.read[index], frame.names.get(names[index]!), move)) return undefined;
  for (const { path } of turn.paths) {
    const prefix = prefixOf(path, frame)?.path;
    if (prefix === undefined) return undefined;
    move.prefixes.push(prefix);
  }
  return move;
}

/** Equal but for where tensors are, which must be one for one. */
function isAlike(then: Term | undefined, now: Term | undefined, move: Move): boolean {
  if (then?.kind === 'list' && now?.kind === 'list')
    return (
      then.items.length === now.items.length && then.items.every((item, index) => isAlike(item, now.items[index], move))
    );
  if (then?.kind !== 'tensor' || now?.kind !== 'tensor')
    return then === now || (then !== undefined && now !== undefined && keyOf(then) === keyOf(now));
  if (then.bound !== now.bound || !(then.type === now.type || sameType(then.type, now.type))) return false;
  const known = move.outside.indexOf(then.value);
  if (known >= 0) return move.instead[known] === now.value;
  move.outside.push(then.value);
  move.instead.push(now.value);
  return true;
}

const moved = ({ from, by, outside, instead }: Move, value: Value): Value =>
  value >= from ? value + by : instead[outside.indexOf(value)]!;

function allMoved(move: Move, values: readonly Value[]): Value[] {
  const all: Value[] = [];
  for (const value of values) all.push(moved(move, value));
  return all;
}

/** The prefix of this turn for one of the observed turn. */
function prefixIn({ prefixes }: Move, { paths }: Turn, prefix: string): string {
  for (let index = 0; index < paths.length; index++) if (paths[index]!.prefix === prefix) return prefixes[index]!;
  return prefix;
}

function repeat(turn: Turn, move: Move, frame: Frame): void {
  const { made, given } = turn;
  const { build, session } = frame;
  const nodes: Node[] = [];
  const owns: Owned[] = [];
  for (const node of made.nodes) nodes.push(movedNode(node, turn, move));
  for (const owned of made.owns) owns.push(movedOwned(owned, turn, move));
  build.again({ values: made.values, nodes, owns });
  for (const [name, term] of given) frame.names.set(name, term.kind === 'tensor' ? movedTensor(term, move) : term);
  session.steps += turn.nodes;
  frame.nodes += turn.nodes;
  frame.weights += turn.weights;
}

const movedTensor = ({ value, type, bound }: TensorTerm, move: Move): TensorTerm =>
  tensorTerm(moved(move, value), type, bound);

function movedNode(node: Node, turn: Turn, move: Move): Node {
  const { place } = node;
  const results = allMoved(move, node.results);
  switch (node.kind) {
    case 'op':
      return {
        kind: 'op',
        op: node.op,
        operands: allMoved(move, node.operands),
        attributes: node.attributes,
        results,
        place,
      };
    case 'call':
      return {
        kind: 'call',
        callee: node.callee,
        operands: allMoved(move, node.operands),
        prefix: prefixIn(move, turn, node.prefix),
        results,
        place,
      };
    case 'const':
      return { kind: 'const', value: node.value, results };
    case 'weight':
      return { kind: 'weight', weight: node.weight, results, place };
  }
}

const movedOwned = (owned: Owned, turn: Turn, move: Move): Owned =>
  owned.kind === 'weight'
    ? owned
    : {
        kind: 'call',
        callee: owned.callee,
        prefix: prefixIn(move, turn, owned.prefix),
        shared: owned.shared,
        place: owned.place,
      };
