/** What is in a file of weights, one row a tensor. Tensors are read one by one, so a file larger than the memory can be shown. */
import type { Problem } from './problem.ts';
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
