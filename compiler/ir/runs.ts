/**
 * Finds loops in straight lines. A row is a line of text with holes, and the ints that fill them; turns of a loop have
 * equal texts, and ints that grow by the same amount from turn to turn. So 28 calls `%11 = call Block(%10) as blocks.0`,
 * `%12 = call Block(%11) as blocks.1` … are one row with `%{i+11}`, `%{i+10}`, `blocks.{i}` and a range of i.
 */
export interface Row {
  /** with `HOLE` where the ints go */
  readonly text: string;
  readonly ints: readonly number[];
  /** a run must have a row that counts: a call, and not only arithmetic */
  readonly counts: boolean;
  /** the int that i should be equal to where it can be: the number in a path */
  readonly guide?: number;
}

export const HOLE = '\0';

export interface Run {
  readonly start: number;
  /** rows of one turn */
  readonly period: number;
  readonly turns: number;
  /** what i is in the first turn */
  readonly from: number;
  /** for each row of a turn the rows' ints as multiples of i and a rest */
  readonly body: readonly { readonly text: string; readonly ints: readonly { factor: number; rest: number }[] }[];
}

/** what `showAffine` writes */
const AFFINE = /\{(?:(-?\d+)-(\d*)i|(\d*)i([+-]\d+)?)\}/;

const LONGEST_PERIOD = 12;

/** Runs that save lines, none overlapping, in order. */
export function findRuns(rows: readonly Row[]): readonly Run[] {
  const ids = new Map<string, number>();
  const texts = rows.map(({ text }, index) => {
    if (AFFINE.test(text)) return -1 - index;
    const id = ids.get(text) ?? ids.size;
    ids.set(text, id);
    return id;
  });
  const runs: Run[] = [];
  let start = 0;
  while (start < rows.length) {
    const run = runAt(rows, texts, start);
    if (run === undefined) start += 1;
    else {
      runs.push(run);
      start += run.period * run.turns;
    }
  }
  return runs;
}

function runAt(rows: readonly Row[], texts: readonly number[], start: number): Run | undefined {
  for (let period = 1; period <= LONGEST_PERIOD && start + 2 * period < rows.length; period++) {
    if (texts[start] !== texts[start + period]) continue;
    const turns = countTurns(rows, texts, start, period);
    if (turns < 3 || turns * period <= period + 2) continue;
    const turn = rows.slice(start, start + period);
    if (turn.some((row) => row.counts)) return describe(rows, start, period, turns);
  }
  return undefined;
}

function countTurns(rows: readonly Row[], texts: readonly number[], start: number, period: number): number {
  let end = start + period;
  while (end < rows.length && texts[end] === texts[end - period]) {
    const now = rows[end]!.ints;
    const before = rows[end - period]!.ints;
    const first = rows[start + ((end - start) % period)]!.ints;
    const second = rows[start + ((end - start) % period) + period]!.ints;
    if (!now.every((value, index) => value - before[index]! === second[index]! - first[index]!)) break;
    end += 1;
  }
  return Math.floor((end - start) / period);
}

function describe(rows: readonly Row[], start: number, period: number, turns: number): Run {
  const step = (row: number, index: number) => rows[row + period]!.ints[index]! - rows[row]!.ints[index]!;
  let from = 0;
  for (let row = start; row < start + period; row++) {
    const guide = rows[row]!.guide;
    if (guide === undefined) continue;
    const factor = step(row, guide);
    const value = rows[row]!.ints[guide]!;
    if (factor > 0) from = Math.floor(value / factor);
    if (factor !== 0) break;
  }
  const body = rows.slice(start, start + period).map((row, offset) => ({
    text: row.text,
    ints: row.ints.map((value, index) => {
      const factor = step(start + offset, index);
      return { factor, rest: value - factor * from };
    }),
  }));
  return { start, period, turns, from, body };
}

/** `7`, `{i}`, `{2i+1}`, `{5-i}` */
export function showAffine({ factor, rest }: { factor: number; rest: number }): string {
  if (factor === 0) return String(rest);
  const size = Math.abs(factor) === 1 ? 'i' : `${Math.abs(factor)}i`;
  if (factor < 0) return `{${rest}-${size}}`;
  return rest === 0 ? `{${size}}` : rest > 0 ? `{${size}+${rest}}` : `{${size}-${-rest}}`;
}

/** The ints of a line of a loop, filled in for one i. */
export const fillAffine = (text: string, i: number): string =>
  text.replaceAll(new RegExp(AFFINE, 'g'), (_, rest, less, factor, more) =>
    String(
      rest !== undefined
        ? Number(rest) - i * (less === '' ? 1 : Number(less))
        : i * (factor === '' ? 1 : Number(factor)) + Number(more ?? 0),
    ),
  );
