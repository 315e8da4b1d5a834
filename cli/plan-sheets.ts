/** Plans as tables: the points, a summary over an axis, and what was rejected. */
import type { Grid } from '../compiler/grid/grid.ts';
import type { Plain, PlanRow } from './plan-row.ts';
import { type Cell, count, csvLine, gigas, quantity, type Sheet, words } from './sheet.ts';

/** Every axis of the grid, and what its matches move: the columns of a CSV. */
export const axesOf = (grid: Grid): readonly string[] => [
  ...new Set([...grid.groups.flatMap((group) => group.axes), ...movedBy(grid)]),
];

export const movedBy = (grid: Grid): readonly string[] =>
  grid.matches.map((match) => match.by.map((name) => name.text).join('.'));

const signed = (off: number | undefined): Cell =>
  off === undefined
    ? words('')
    : {
        text: off === 0 ? 'equal' : `${off > 0 ? '+' : '-'}${Number((100 * Math.abs(off)).toPrecision(2))} %`,
        raw: off,
      };

const plainCell = (value: Plain | undefined): Cell =>
  typeof value === 'number' ? count(value) : words(String(value ?? ''));

/** The table for people: names say what was set, so only what a match chose has a column of its own. */
export function pointSheet(grid: Grid, rows: readonly PlanRow[]): Sheet {
  const moved = movedBy(grid).filter((axis) => rows.some((row) => axis in row.set && !row.asIs.has(axis)));
  const facts = [...new Set(grid.matches.map((match) => match.fact.text))];
  const shown = (row: PlanRow, axis: string): Cell => (row.asIs.has(axis) ? words('as is') : plainCell(row.set[axis]));
  const trained = rows.some((row) => row.train_flops !== undefined);
  const sampled = rows.some((row) => row.sample_flops !== undefined);
  return {
    columns: [
      '',
      'point',
      ...moved,
      'params',
      'MACs',
      ...facts.map((fact) => `${fact} off by`),
      ...(trained ? ['training FLOPs'] : []),
      ...(sampled ? ['FLOPs an image'] : []),
    ],
    rows: rows.map((row) => [
      count(row.index),
      words(row.name),
      ...moved.map((axis) => shown(row, axis)),
      quantity(row.facts.params),
      gigas(row.facts.macs),
      ...facts.map((fact) => signed(row.off[fact])),
      ...(trained ? [quantity(row.train_flops)] : []),
      ...(sampled ? [quantity(row.sample_flops)] : []),
    ]),
  };
}

const CSV_FACTS = ['params', 'frozen', 'macs', 'flops', 'tokens', 'weight_bytes'] as const;

/** Lines for spreadsheets: every axis and every fact that costs nothing is a column (`activation_bytes` costs much). */
export interface PlanCsv {
  readonly header: string;
  line(row: PlanRow): string;
}

export function createCsv(grid: Grid): PlanCsv {
  const axes = axesOf(grid);
  const matched = [...new Set(grid.matches.map((match) => match.fact.text))];
  const bare = (value: Plain | undefined): string | number => (typeof value === 'number' ? value : String(value ?? ''));
  return {
    header: csvLine([
      'index',
      'name',
      'digest',
      ...axes,
      ...CSV_FACTS,
      ...matched.map((fact) => `${fact}_off`),
      'train_flops',
      'sample_flops',
    ]),
    line({ index, name, digest, set, facts, off, train_flops, sample_flops }) {
      const cells = [index, name, digest];
      for (const axis of axes) cells.push(bare(set[axis]));
      for (const fact of CSV_FACTS) cells.push(facts[fact]);
      for (const fact of matched) cells.push(bare(off[fact]));
      cells.push(bare(train_flops), bare(sample_flops));
      return csvLine(cells);
    },
  };
}

interface Sum {
  points: number;
  readonly params: Range;
  readonly macs: Range;
  train: number;
  sample: number;
}
type Range = [least: number, most: number];

export interface Summary {
  /** `set`: as it was written */
  add(row: PlanRow, set: ReadonlyMap<string, string>): void;
  sheet(): Sheet;
  /** the same in numbers, each in a column of its own */
  csv(): Sheet;
}

/** What the points of each value of an axis have in common. */
export function createSummary(axis: string): Summary {
  const sums = new Map<string, Sum>();
  const widen = (range: Range, value: number): void => {
    range[0] = Math.min(range[0], value);
    range[1] = Math.max(range[1], value);
  };
  return {
    add({ facts, train_flops = 0, sample_flops = 0 }, set) {
      const value = set.get(axis) ?? 'as is';
      let sum = sums.get(value);
      if (sum === undefined)
        sums.set(value, (sum = { points: 0, params: [Infinity, 0], macs: [Infinity, 0], train: 0, sample: 0 }));
      sum.points++;
      widen(sum.params, facts.params);
      widen(sum.macs, facts.macs);
      sum.train += train_flops;
      sum.sample += sample_flops;
    },
    sheet: () => ({
      columns: [axis, 'points', 'params', 'MACs', 'training FLOPs'],
      rows: [...sums].map(([value, { points, params, macs, train }]) => [
        words(value),
        count(points),
        between(params, quantity),
        between(macs, gigas),
        train === 0 ? words('') : quantity(train),
      ]),
    }),
    csv: () => ({
      columns: [
        axis,
        'points',
        'params_least',
        'params_most',
        'macs_least',
        'macs_most',
        'train_flops',
        'sample_flops',
      ],
      rows: [...sums].map(([value, { points, params, macs, train, sample }]) => [
        words(value),
        ...[points, ...params, ...macs].map(count),
        ...[train, sample].map((flops) => (flops === 0 ? words('') : count(flops))),
      ]),
    }),
  };
}

const between = ([least, most]: Range, show: (value: number) => Cell): Cell =>
  least === most ? show(least) : words(`${show(least).text} to ${show(most).text}`);
