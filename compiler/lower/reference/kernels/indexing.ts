/** Ops that pick, place or order elements along one axis: a tensor is seen as [outer, axis, inner]. */
import type { HostTensor } from '../../../ir/tensor.ts';
import { count, emptyData, type Kernel, type KernelCall, numberOf } from './kernel.ts';

const axisOf = ({ attributes }: KernelCall, rank: number): number => {
  const axis = numberOf(attributes, 'axis');
  return axis < 0 ? axis + rank : axis;
};

/** Copies `width` elements of every outer index from one array into another. */
function copyRows(
  from: HostTensor['data'],
  to: HostTensor['data'],
  outer: number,
  width: number,
  [fromStart, fromStep]: readonly [number, number],
  [toStart, toStep]: readonly [number, number],
): void {
  for (let i = 0; i < outer; i++) {
    const start = fromStart + i * fromStep;
    to.set(from.subarray(start, start + width), toStart + i * toStep);
  }
}

export const slice: Kernel = (call) => {
  const x = call.operands[0]!;
  const axis = axisOf(call, x.shape.length);
  const start = numberOf(call.attributes, 'start');
  const inner = count(x.shape.slice(axis + 1));
  const y = emptyData(call.result.dtype, count(call.result.shape));
  const width = call.result.shape[axis]! * inner;
  copyRows(x.data, y, count(x.shape.slice(0, axis)), width, [start * inner, x.shape[axis]! * inner], [0, width]);
  return y;
};

/** Zeros before and after: the adjoint of slice */
export const pad: Kernel = (call) => {
  const x = call.operands[0]!;
  const axis = axisOf(call, x.shape.length);
  const before = numberOf(call.attributes, 'before');
  const inner = count(x.shape.slice(axis + 1));
  const y = emptyData(call.result.dtype, count(call.result.shape));
  const width = x.shape[axis]! * inner;
  const step = call.result.shape[axis]! * inner;
  copyRows(x.data, y, count(x.shape.slice(0, axis)), width, [0, width], [before * inner, step]);
  return y;
};

export const concat: Kernel = (call) => {
  const axis = axisOf(call, call.result.shape.length);
  const outer = count(call.result.shape.slice(0, axis));
  const inner = count(call.result.shape.slice(axis + 1));
  const y = emptyData(call.result.dtype, count(call.result.shape));
  let start = 0;
  for (const x of call.operands) {
    const width = x.shape[axis]! * inner;
    copyRows(x.data, y, outer, width, [0, width], [start, call.result.shape[axis]! * inner]);
    start += width;
  }
  return y;
};

/**
 * Visits every row that gather reads, with its offset in x and in the result. x is [outer, middle, rows, inner] and the
 * index [outer, picks], outer being the `batch` leading axes that both have.
 */
function forEachPick(
  shape: readonly number[],
  index: HostTensor,
  axis: number,
  batch: number,
  visit: (x: number, y: number, inner: number) => void,
): void {
  const outer = count(shape.slice(0, batch));
  const middle = count(shape.slice(batch, axis));
  const rows = shape[axis]!;
  const inner = count(shape.slice(axis + 1));
  const picks = count(index.shape.slice(batch));
  for (let o = 0; o < outer; o++)
    for (let m = 0; m < middle; m++)
      for (let k = 0; k < picks; k++) {
        const row = index.data[o * picks + k]!;
        if (row < 0 || row >= rows) throw new RangeError(`index ${row} is outside the ${rows} rows it picks from`);
        const group = o * middle + m;
        visit((group * rows + row) * inner, (group * picks + k) * inner, inner);
      }
}

export const gather: Kernel = (call) => {
  const [x, index] = [call.operands[0]!, call.operands[1]!];
  const y = emptyData(call.result.dtype, count(call.result.shape));
  const batch = numberOf(call.attributes, 'batch');
  forEachPick(x.shape, index, axisOf(call, x.shape.length), batch, (from, to, inner) => {
    y.set(x.data.subarray(from, from + inner), to);
  });
  return y;
};

/** Adds every row of the gradient to the row it was picked from: the adjoint of gather */
export const scatter: Kernel = (call) => {
  const [gradient, index] = [call.operands[0]!, call.operands[1]!];
  const dx = emptyData(call.result.dtype, count(call.result.shape));
  const batch = numberOf(call.attributes, 'batch');
  forEachPick(call.result.shape, index, axisOf(call, call.result.shape.length), batch, (to, from, inner) => {
    for (let i = 0; i < inner; i++) dx[to + i]! += gradient.data[from + i]!;
  });
  return dx;
};

/** Of the last axis, ascending, stable; NaN comes last */
export const argsort: Kernel = ({ operands, result }) => {
  const x = operands[0]!;
  const width = result.shape.at(-1) ?? 1;
  const order = new Int32Array(x.data.length);
  const rank = (value: number): number => (Number.isNaN(value) ? Infinity : value);
  for (let start = 0; start < order.length; start += width) {
    const row = x.data.subarray(start, start + width);
    const compare = (i: number, j: number): number => {
      const [a, b] = [rank(row[i]!), rank(row[j]!)];
      return a < b ? -1 : a > b ? 1 : i - j;
    };
    order.set([...row.keys()].sort(compare), start);
  }
  return order;
};

export const arange: Kernel = ({ result }) => Int32Array.from({ length: result.shape[0]! }, (_, i) => i);
