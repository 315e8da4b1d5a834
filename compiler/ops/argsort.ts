import { none } from './attribute-schema.ts';
import { elementsOf } from './elementwise.ts';
import { overLastAxis } from './last-axis.ts';
import { isMistake, type Op } from './op.ts';

export const argsort: Op = {
  name: 'argsort',
  operands: ['x'],
  lastAxis: true,
  doc: 'The order of the elements along the last axis, from the least; equal ones keep their order.',
  formula: 'x[…, y[…, 0]] ≤ x[…, y[…, 1]] ≤ …',
  attributes: none,
  shapeDoc: 'the shape of x, which has an axis; int',
  shape([x]) {
    const type = overLastAxis('argsort', x!);
    return isMistake(type) ? type : { dtype: 'int', shape: type.shape };
  },
  // n ⌈log₂ n⌉ comparisons a row
  work: ([x]) => ({ macs: 0, flops: elementsOf(x!) * Math.ceil(Math.log2(x!.shape.at(-1)!)) }),
  costDoc: '⌈log₂ n⌉ an element, n being the size of the last axis: the comparisons of a merge sort',
  gradientDoc: 'none: the result is int',
  gradient: 'none',
};
