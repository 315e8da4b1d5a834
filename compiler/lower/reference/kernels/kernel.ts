/**
 * How the reference target runs an op: a plain loop that a reader checks against the op's formula. Floats are computed
 * in 64 bit; nothing here is clever, since everything else is measured against it.
 */
import type { Attributes } from '../../../ir/graph.ts';
import type { HostTensor } from '../../../ir/tensor.ts';
import type { Dtype } from '../../../ir/type.ts';
import type { BoundType } from '../../../ops/op.ts';

export interface KernelCall {
  readonly operands: readonly HostTensor[];
  readonly result: BoundType;
  readonly attributes: Attributes;
  /** what N stands for */
  readonly batch: number;
}

/** The result's elements, row-major, in the array that `emptyData` makes for its dtype. */
export type Kernel = (call: KernelCall) => HostTensor['data'];

export const count = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

export function emptyData(dtype: Dtype, length: number): Float64Array | Int32Array | Uint8Array {
  if (dtype === 'f32') return new Float64Array(length);
  return dtype === 'int' ? new Int32Array(length) : new Uint8Array(length);
}

/** Row-major: how far apart neighbours along each axis lie. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  for (let axis = shape.length - 1, stride = 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

export function numberOf(attributes: Attributes, name: string): number {
  const value = attributes[name];
  if (typeof value !== 'number') throw new Error(`attribute ${name} is no number`);
  return value;
}

/**
 * Visits every index of `shape` in row-major order with the offsets it has in two operands of these strides; a stride
 * of 0 repeats the operand along that axis.
 */
export function walk(
  shape: readonly number[],
  aStrides: readonly number[],
  bStrides: readonly number[],
  visit: (at: number, a: number, b: number) => void,
): void {
  let at = 0;
  const along = (axis: number, a: number, b: number): void => {
    if (axis === shape.length) {
      visit(at++, a, b);
      return;
    }
    const size = shape[axis]!;
    const [aStep, bStep] = [aStrides[axis]!, bStrides[axis]!];
    if (axis === shape.length - 1) for (let i = 0; i < size; i++) visit(at++, a + i * aStep, b + i * bStep);
    else for (let i = 0; i < size; i++) along(axis + 1, a + i * aStep, b + i * bStep);
  };
  along(0, 0, 0);
}
