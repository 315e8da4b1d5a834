/**
 * Most loops do the same at every turn, to the tensors of the turn before and under another path. Where nothing but
 * paths reads the names of the loop, and what the body reads is as at a turn that was observed (tensors of the same types
 * in the same roles), the nodes of that turn are made again on other values: a model of 10,000 layers evaluates one.
 */
import type { For, Path } from '../../dsl/tree.ts';
import type { Made, Mark } from '../ir/builder.ts';
import type { FoldedNode, FoldedOwned, Run, Value } from '../ir/graph.ts';
import { indexIn } from '../ir/run.ts';
import { sameType } from '../ir/type.ts';
import { type Frame, LIMITS } from './context.ts';
import { prefixOf } from './paths.ts';
import { keyOf, type TensorTerm, type Term, tensorTerm } from './term.ts';
import { visitNames } from './visit-names.ts';
import { whose } from './watch.ts';

/** A loop in a frame. */
export interface Turns {
  /** does this turn and all that follow it by making a run of the one before, if that was one call; false when it was not */
  fold(items: readonly Term[], turn: number): boolean;
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
    fold(items, at) {
      const more = items.length - at;
      const move = turn && fits(turn, frame, more) ? moveTo(turn, names.read, frame) : undefined;
      const carries = move && isIndexed(turn!, stmt, items, at) ? carriesOf(turn!, move) : undefined;
      if (carries === undefined) return false;
      frame.build.fold({ times: more + 1, carries });
      count(turn!, frame, more);
      return true;
    },
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
const fits = (turn: Turn, { session, nodes, weights }: Frame, times = 1): boolean =>
  session.steps + turn.nodes * times <= LIMITS.steps &&
  nodes + turn.nodes * times <= LIMITS.nodes &&
  weights + turn.weights * times <= LIMITS.weights;

function count(turn: Turn, frame: Frame, times = 1): void {
  frame.session.steps += turn.nodes * times;
  frame.nodes += turn.nodes * times;
  frame.weights += turn.weights * times;
}

/** The path ends in a name of the loop and has no other, and the turns from the one before `at` on are ints in a row. */
function isIndexed({ paths: [first, more] }: Turn, { names }: For, items: readonly Term[], at: number): boolean {
  const indexed = first && more === undefined ? indexIn(first.prefix) : undefined;
  if (indexed === undefined) return false;
  const { segments } = first!.path;
  const last = segments.at(-1);
  if (segments.some((segment) => segment.kind !== 'word' && segment !== last)) return false;
  const name = last?.kind !== 'word' && last?.expr.kind === 'name' ? last.expr.name.text : undefined;
  const index = names.findIndex(({ text }) => text === name);
  if (index < 0) return false;
  // `for turn, item`: the first is a counter
  if (index < names.length - 1) return true;
  for (let turn = at; turn < items.length; turn++) {
    const item = items[turn]!;
    if (item.kind !== 'number' || item.value !== indexed.index + 1 + turn - at) return false;
  }
  return true;
}

/** How a turn that is one call takes the results of the turn before; none where it is more, or not the last that was made. */
function carriesOf({ made, mark }: Turn, move: Move): Run['carries'] | undefined {
  const [node] = made.nodes;
  const [owned] = made.owns;
  if (made.nodes.length > 1 || node?.kind !== 'call' || made.owns.length !== 1) return undefined;
  if (owned?.kind !== 'call' || owned.shared || owned.prefix !== node.prefix || move.by !== made.values.length)
    return undefined;
  const carries: (number | undefined)[] = [];
  for (const operand of node.operands) {
    const now = operand < mark.values ? move.instead[move.outside.indexOf(operand)] : undefined;
    const result = now === undefined ? -1 : node.results.indexOf(now);
    if (now === undefined || (now !== operand && result < 0)) return undefined;
    carries.push(now === operand ? undefined : result);
  }
  // turns that do not go on from each other are needed each for itself, or not at all
  return carries.every((result) => result === undefined) ? undefined : carries;
}

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
    return (
      then === now ||
      (then !== undefined && now !== undefined && whose(then) === whose(now) && keyOf(then) === keyOf(now))
    );
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
  const { build } = frame;
  const nodes: FoldedNode[] = [];
  const owns: FoldedOwned[] = [];
  for (const node of made.nodes) nodes.push(movedNode(node, turn, move));
  for (const owned of made.owns) owns.push(movedOwned(owned, turn, move));
  build.again({ values: made.values, nodes, owns });
  for (const [name, term] of given) frame.names.set(name, term.kind === 'tensor' ? movedTensor(term, move) : term);
  count(turn, frame);
}

const movedTensor = ({ value, type, bound }: TensorTerm, move: Move): TensorTerm =>
  tensorTerm(moved(move, value), type, bound);

function movedNode(node: FoldedNode, turn: Turn, move: Move): FoldedNode {
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

const movedOwned = (owned: FoldedOwned, turn: Turn, move: Move): FoldedOwned =>
  owned.kind === 'weight'
    ? owned
    : {
        kind: 'call',
        callee: owned.callee,
        prefix: prefixIn(move, turn, owned.prefix),
        shared: owned.shared,
        place: owned.place,
      };
