/** Host tensors to ONNX Runtime's and back. Where the types agree, memory is shared, not copied. */
import type { Tensor } from 'onnxruntime-node';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import type { Dtype } from '../../compiler/ir/type.ts';
import type { Ort } from './onnx-runtime.ts';

export interface BoundType {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
}

type Stored = Float32Array | Int32Array | Uint8Array;

const ELEMENT = { f32: 'float32', int: 'int32', bool: 'bool' } as const;

export const elements = (shape: readonly number[]): number => shape.reduce((all, dim) => all * dim, 1);

export function allocate({ dtype, shape }: BoundType): Stored {
  const count = elements(shape);
  return dtype === 'f32' ? new Float32Array(count) : dtype === 'int' ? new Int32Array(count) : new Uint8Array(count);
}

/** The tensor's data as the engine keeps it; the same array where it is that already. */
export function stored({ dtype, data }: HostTensor): Stored {
  if (dtype === 'f32') return data instanceof Float32Array ? data : Float32Array.from(data);
  if (dtype === 'int') return data instanceof Int32Array ? data : Int32Array.from(data);
  return data instanceof Uint8Array ? data : Uint8Array.from(data);
}

export const wrap = (ort: Ort, { dtype, shape }: BoundType, data: Stored): Tensor =>
  dtype === 'f32'
    ? new ort.Tensor(ELEMENT.f32, data as Float32Array, shape)
    : dtype === 'int'
      ? new ort.Tensor(ELEMENT.int, data as Int32Array, shape)
      : new ort.Tensor(ELEMENT.bool, data as Uint8Array, shape);

const show = ({ dtype, shape }: BoundType): string => `${dtype === 'f32' ? '' : dtype}[${shape.join(', ')}]`;

/** Throws where a tensor is not what the program wants: `what` says which. Ints pass for floats. */
export function accept(what: string, tensor: HostTensor | undefined, type: BoundType): HostTensor {
  if (tensor === undefined) throw new Error(`${what} is missing: it is \`${show(type)}\``);
  const fits = tensor.dtype === type.dtype || (tensor.dtype === 'int' && type.dtype === 'f32');
  const sameShape = tensor.shape.length === type.shape.length && tensor.shape.every((dim, i) => dim === type.shape[i]);
  if (!fits || !sameShape) {
    throw new Error(`${what} is \`${show(tensor)}\`, but the program wants \`${show(type)}\``);
  }
  const { length } = tensor.data;
  if (length !== elements(type.shape)) {
    const numbers = length === 1 ? '1 number' : `${length} numbers`;
    throw new Error(`${what} is \`${show(tensor)}\` with ${numbers}, not ${elements(type.shape)}`);
  }
  return tensor.dtype === type.dtype
    ? tensor
    : { dtype: 'f32', shape: tensor.shape, data: Float32Array.from(tensor.data) };
}
