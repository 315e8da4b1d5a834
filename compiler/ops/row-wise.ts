/**
 * Whether an op works on each sample by itself: row n of its result, along the first axis, is made of row n of its operands
 * and of nothing else of them. Then it may run on fewer rows or on more. The rule of the shapes tells: such an op insists
 * on equally many rows of all operands that have any, and its result has as many.
 */
import type { Attributes } from '../ir/graph.ts';
import { isBatch, type TensorType } from '../ir/type.ts';
import { isMisfit } from './op.ts';
import { opNamed } from './registry.ts';

const hasRows = ({ shape }: TensorType): boolean => shape.some(isBatch);

/** N is the first axis, once, and no multiple of it. */
const rowsFirst = ({ shape: [first, ...others] }: TensorType): boolean =>
  first !== undefined && isBatch(first) && first.batch === 1 && !others.some(isBatch);

const doubled = (type: TensorType): TensorType => ({ ...type, shape: [{ batch: 2 }, ...type.shape.slice(1)] });

export function isRowWise(
  name: string,
  operands: readonly TensorType[],
  result: TensorType,
  attributes: Attributes,
): boolean {
  const rowed = operands.filter(hasRows);
  if (rowed.length === 0 && !hasRows(result)) return true;
  if (!rowsFirst(result) || !rowed.every(rowsFirst)) return false;
  const op = opNamed(name);
  if (op.lastAxis && operands[0]!.shape.length === 1) return false;
  if (rowed.length < 2) return true;
  return operands.every(
    (type, at) => !hasRows(type) || isMisfit(op.shape(operands.with(at, doubled(type)), attributes)),
  );
}
