/**
 * Loops in the statements of a body, as in the text of the IR: turns that are equal but for numbers that grow evenly. A
 * loop keeps in a variable what the next turn reads, and in a list what is read of several turns; one in which anything
 * is read in another way stays a straight line.
 */
import { findRuns, type Row, type Run } from '../../ir/runs.ts';
import { type Expression, intsOf, skeletonOf, type Variable } from './expression.ts';
import type { Body, Statement } from './statement.ts';

export interface Affine {
  readonly factor: number;
  readonly rest: number;
}

export interface Loop {
  readonly run: Run;
  /** the first variable that it defines, and how many a turn */
  readonly first: Variable;
  readonly step: number;
  /** statements of the first turn */
  readonly statements: readonly Statement[];
  /** the numbers of the first turn's statements, in which it may differ where it reads what was before the loop */
  readonly initial: readonly (readonly number[])[];
  /** what a turn leaves to the next, by its place in the turn: the variable that the first turn reads instead */
  readonly carried: Map<number, Variable>;
  /** what is kept of all turns, by its place in the turn */
  readonly listed: Set<number>;
}

/** Where a variable of a loop is: in which turn, from 0, and at which place of it. */
export interface Spot {
  readonly loop: Loop;
  readonly turn: number;
  readonly slot: number;
}

const rowOf = ({ definitions, expression, comment, counts }: Statement): Row => {
  const ids = definitions.map(({ id }) => id);
  const names = definitions.map(({ name, used }) => (used ? name : '')).join();
  const text = `${names} = ${skeletonOf(expression)} // ${comment}`;
  const guides = pathPlaces(expression).map((at) => ids.length + at);
  return { text, ints: [...ids, ...intsOf(expression)], counts, guide: guides[0] };
};

/** Which of its numbers stand in paths. */
function pathPlaces(expression: Expression): number[] {
  const places: number[] = [];
  let at = 0;
  const walk = (one: Expression): void => {
    if (one.kind === 'variable') at += 1;
    else if (one.kind === 'path') for (const _ of one.numbers) places.push(at++);
    else if (one.kind === 'call') one.args.forEach(walk);
    else if (one.kind === 'list') one.items.forEach(walk);
    else if (one.kind === 'record') for (const [, value] of one.fields) walk(value);
    else if (one.kind === 'spread') walk(one.of);
    else if (one.kind === 'arrow') walk(one.body);
  };
  walk(expression);
  return places;
}

export const valueAt = ({ factor, rest }: Affine, i: number): number => factor * i + rest;

/** Numbers of the leaves of a statement in a loop, in order; those of paths stand apart. */
export function affineLeaves(loop: Loop, at: number): readonly Affine[] {
  const { ints } = loop.run.body[at]!;
  return ints.slice(loop.statements[at]!.definitions.length);
}

/** Each leaf with its numbers; those of variables have one. */
export function leavesOf(expression: Expression): Extract<Expression, { kind: 'variable' | 'path' }>[] {
  switch (expression.kind) {
    case 'text':
      return [];
    case 'variable':
    case 'path':
      return [expression];
    case 'call':
      return expression.args.flatMap(leavesOf);
    case 'list':
      return expression.items.flatMap(leavesOf);
    case 'record':
      return expression.fields.flatMap(([, value]) => leavesOf(value));
    case 'spread':
      return leavesOf(expression.of);
    case 'arrow':
      return leavesOf(expression.body);
  }
}

export interface Looped {
  readonly loops: readonly Loop[];
  spotOf(id: Variable): Spot | undefined;
  /** the list of a parameter that it is in, and its place there */
  listOf(id: Variable): { readonly at: number; readonly first: Variable; readonly count: number } | undefined;
}

export function findLoops(body: Body): Looped {
  const bad = new Set<number>();
  for (;;) {
    const found = attempt(body, bad);
    if (!('bad' in found)) return found;
    bad.add(found.bad);
  }
}

/**
 * The turn before a run that differs from it only in what it reads from before the loop: 28 blocks are one loop, though
 * the first reads no block's result.
 */
function withFirst(run: Run, rows: readonly Row[], statements: readonly Statement[]): Run {
  const { start, period, from } = run;
  const step = rows
    .slice(start, start + period)
    .reduce((sum, _, at) => sum + statements[start + at]!.definitions.length, 0);
  const first = firstOf(statements.slice(start, start + period));
  const fits = run.body.every(({ text, ints }, at) => {
    const row = rows[start - period + at];
    if (row === undefined || row.text !== text) return false;
    const isPath = new Set(pathPlaces(statements[start + at]!.expression));
    const defined = statements[start + at]!.definitions.length;
    return ints.every((affine, place) => {
      const expected = valueAt(affine, from - 1);
      if (row.ints[place] === expected) return true;
      if (place < defined || isPath.has(place - defined)) return false;
      // the turn before it would be read
      return expected < first - step && expected >= first - 2 * step && row.ints[place]! < first - step;
    });
  });
  if (!fits) return run;
  const wide = { ...run, start: start - period, turns: run.turns + 1 };
  if (from > 0) return { ...wide, from: from - 1 };
  const shifted = run.body.map(({ text, ints }) => ({
    text,
    ints: ints.map(({ factor, rest }) => ({ factor, rest: rest - factor })),
  }));
  return { ...wide, body: shifted };
}

const firstOf = (statements: readonly Statement[]): Variable =>
  statements.find(({ definitions }) => definitions.length > 0)?.definitions[0]?.id ?? 0;

function attempt(body: Body, bad: ReadonlySet<number>): Looped | { readonly bad: number } {
  const { statements, parameters, result } = body;
  const rows = statements.map(rowOf);
  let end = 0;
  const runs = findRuns(rows).flatMap((found): Run[] => {
    const wide = withFirst(found, rows, statements);
    const run = wide.start < end || bad.has(wide.start) ? found : wide;
    if (bad.has(run.start)) return [];
    end = run.start + run.period * run.turns;
    return [run];
  });
  const loops = runs.map((run): Loop => {
    const turn = statements.slice(run.start, run.start + run.period);
    const step = turn.reduce((sum, { definitions }) => sum + definitions.length, 0);
    const first = firstOf(turn);
    const initial = rows.slice(run.start, run.start + run.period).map(({ ints }) => ints);
    return { run, first, step, initial, statements: turn, carried: new Map(), listed: new Set() };
  });
  const spotOf = (id: Variable): Spot | undefined => {
    const loop = loops.find(({ first, step, run }) => id >= first && id < first + step * run.turns);
    if (loop === undefined) return undefined;
    const at = id - loop.first;
    return { loop, turn: Math.floor(at / loop.step), slot: at % loop.step };
  };
  const lists = parameters.flatMap((parameter) => parameter.lists);
  const listOf: Looped['listOf'] = (id) => {
    const list = lists.find(({ first, count }) => id >= first && id < first + count);
    return list && { at: id - list.first, first: list.first, count: list.count };
  };

  /** Reads of the same place of another loop, or of a list, that move evenly */
  const moves = (ids: readonly Variable[]): boolean => {
    const [one] = ids;
    const spot = spotOf(one!);
    if (spot === undefined) {
      const list = listOf(one!);
      return list !== undefined && ids.every((id) => listOf(id)?.first === list.first);
    }
    if (!ids.every((id) => spotOf(id)?.loop === spot.loop && spotOf(id)?.slot === spot.slot)) return false;
    spot.loop.listed.add(spot.slot);
    return true;
  };

  const resolves = (loop: Loop, affine: Affine, initial: number): boolean => {
    if (affine.factor === 0) return outside(affine.rest) && affine.rest === initial;
    const later = Array.from({ length: loop.run.turns - 1 }, (_, turn) => valueAt(affine, loop.run.from + turn + 1));
    const ids = [initial, ...later];
    const spots = ids.map(spotOf);
    const inTurn = (back: number) => (spot: Spot | undefined, turn: number) =>
      spot?.loop === loop && spot.turn === turn - back && spot.slot === spots[1]!.slot;
    if (spots.every(inTurn(0))) return true;
    if (spots.slice(1).every((spot, at) => inTurn(1)(spot, at + 1)) && spots[0]?.loop !== loop) {
      const slot = spots[1]!.slot;
      const before = loop.carried.get(slot);
      if (before !== undefined && before !== ids[0]) return false;
      loop.carried.set(slot, ids[0]!);
      return outside(ids[0]!);
    }
    return spots.every((spot) => spot?.loop !== loop) && moves(ids);
  };
  /** A read that stays where it is: the last turn's is in a variable where one is carried */
  const outside = (id: Variable): boolean => {
    const spot = spotOf(id);
    if (spot !== undefined) late.push(spot);
    return true;
  };
  const late: Spot[] = [];

  for (const loop of loops) {
    for (const [at] of loop.statements.entries()) {
      const leaves = leavesOf(loop.statements[at]!.expression);
      const affine = affineLeaves(loop, at);
      const initial = loop.initial[at]!.slice(loop.statements[at]!.definitions.length);
      let place = 0;
      for (const leaf of leaves) {
        if (leaf.kind === 'path') place += leaf.numbers.length;
        else if (!resolves(loop, affine[place]!, initial[place++]!)) return { bad: loop.run.start };
      }
    }
  }
  const inLoop = (index: number): boolean =>
    runs.some(({ start, period, turns }) => index >= start && index < start + period * turns);
  const straight = statements.filter((_, index) => !inLoop(index)).map(({ expression }) => expression);
  for (const expression of [...straight, result])
    for (const leaf of leavesOf(expression)) if (leaf.kind === 'variable') outside(leaf.id);
  for (const { loop, turn, slot } of late)
    if (turn !== loop.run.turns - 1 || !loop.carried.has(slot)) loop.listed.add(slot);
  return { loops, spotOf, listOf };
}
