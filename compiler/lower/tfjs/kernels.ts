/**
 * What a lowered program asks of tfjs: its kernels by name, on tensors that it lets go itself. Only this much is known of
 * tfjs here, so that whoever compiles does not load it.
 */
import type { HostTensor } from '../../ir/tensor.ts';
import type { Dtype } from '../../ir/type.ts';

/** A tensor of a backend. */
export interface Tensor {
  readonly shape: readonly number[];
  dispose(): void;
}

export const DTYPE = { f32: 'float32', int: 'int32', bool: 'bool' } as const satisfies Record<Dtype, string>;

export type KernelInputs = Readonly<Record<string, Tensor>> | readonly Tensor[];
export type KernelAttributes = Readonly<Record<string, unknown>>;

/** Runs a kernel of tfjs-core's `kernel_names`. */
export type RunKernel = (kernel: string, inputs: KernelInputs, attributes?: KernelAttributes) => Tensor | Tensor[];

/** A place among the constants of a lowered graph, which are uploaded once. */
export type ConstantSlot = number;

/** What differs between backends, apart from speed alone. */
export interface Backend {
  /** multiplies matrices that lie transposed as fast as others */
  readonly transposes: boolean;
  /** multiplies many pairs of matrices in one call as fast as one after the other */
  readonly batches: boolean;
}

/** What one step of a lowered graph runs on. Whatever it makes is let go after it, but for its result. */
export interface Scope {
  readonly operands: readonly (Tensor | undefined)[];
  constant(slot: ConstantSlot): Tensor;
  run(kernel: string, inputs: KernelInputs, attributes?: KernelAttributes): Tensor;
  runAll(kernel: string, inputs: KernelInputs, attributes?: KernelAttributes): readonly Tensor[];
}

/** A tensor as soon as a step runs. */
export type Read = (scope: Scope) => Tensor;

/** Constants while a graph is lowered; equal numbers are one. */
export interface Constants {
  readonly tensors: readonly HostTensor[];
  add(tensor: HostTensor): ConstantSlot;
  /** a tensor filled with a number */
  filled(value: number, dtype: Dtype, shape: readonly number[]): ConstantSlot;
}

export function createConstants(): Constants {
  const tensors: HostTensor[] = [];
  const known = new Map<string, ConstantSlot>();
  const add = (tensor: HostTensor): ConstantSlot => tensors.push(tensor) - 1;
  return {
    tensors,
    add,
    filled(value, dtype, shape) {
      const key = `${dtype} ${shape} ${Object.is(value, -0) ? '-0' : value}`;
      let slot = known.get(key);
      if (slot === undefined) {
        const count = shape.reduce((all, dim) => all * dim, 1);
        const empty =
          dtype === 'f32' ? new Float32Array(count) : dtype === 'int' ? new Int32Array(count) : new Uint8Array(count);
        known.set(key, (slot = add({ dtype, shape, data: empty.fill(value) })));
      }
      return slot;
    },
  };
}
