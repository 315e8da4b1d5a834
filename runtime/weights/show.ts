/** What is in a file of weights, one row a tensor. Tensors are read one by one, so a file larger than the memory can be shown. */
import { showShape } from '../../compiler/ir/type.ts';
import { type Problem, plainName } from './problem.ts';
import { type Statistics, statistics } from './statistics.ts';
import type { StoredDtype } from './stored-dtype.ts';
import { countOf, type TensorFile } from './tensor-file.ts';

export interface Row {
  readonly name: string;
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  readonly count: number;
  readonly bytes: number;
}

export interface MeasuredRow extends Row {
  readonly statistics?: Statistics;
  /** why it could not be read */
  readonly problem?: Problem;
}

/** `blocks.2` before `blocks.10` */
const inOrder = new Intl.Collator('en', { numeric: true });

/** Without reading any tensor. */
export const rowsOf = (file: TensorFile): Row[] =>
  [...file.tensors]
    .map(([name, { dtype, shape, bytes }]) => ({ name, dtype, shape, count: countOf(shape), bytes }))
    .sort((a, b) => inOrder.compare(a.name, b.name));

export function* measuredRows(file: TensorFile): Generator<MeasuredRow> {
  for (const row of rowsOf(file)) {
    const tensor = file.read(row.name);
    yield tensor.ok ? { ...row, statistics: statistics(tensor.value.data) } : { ...row, problem: tensor.problem };
  }
}

/** four digits, or a whole number as it is */
function short(value: number): string {
  if (Number.isNaN(value)) return '-';
  return String(Number.isInteger(value) && Math.abs(value) < 1e10 ? value : Number(value.toPrecision(4)));
}

export const HEADINGS = ['name', 'dtype', 'shape', 'mean', 'std', 'min', 'max', ''];

/** A row of a table for people. */
export function cellsOf({ name, dtype, shape, statistics: figures, problem }: MeasuredRow): string[] {
  const first = [plainName(name), dtype, showShape(shape)];
  if (problem !== undefined) return [...first, '', '', '', '', problem.message];
  if (figures === undefined) return first;
  const { mean, std, min, max, nan, infinite } = figures;
  const bad = [nan > 0 ? `${nan} NaN` : '', infinite > 0 ? `${infinite} infinite` : ''].filter((text) => text !== '');
  return [...first, ...[mean, std, min, max].map(short), bad.join(', ')];
}
