/**
 * An ONNX model as plain data: what the lowering builds and `proto` turns into bytes. Only the part of ONNX that static
 * graphs need: no subgraphs, no symbolic types but a named batch.
 */
import type { HostTensor } from '../../ir/tensor.ts';
import type { Dtype } from '../../ir/type.ts';

/** The opset every model states: the first with Gelu in its tanh form. */
export const OPSET = 20;

export type ElementType = 'float' | 'int32' | 'int64' | 'bool';

/** TensorProto.DataType */
export const ELEMENT_CODES: Readonly<Record<ElementType, number>> = { float: 1, int32: 6, int64: 7, bool: 9 };

export const ELEMENT_OF: Readonly<Record<Dtype, ElementType>> = { f32: 'float', int: 'int32', bool: 'bool' };

export type AttributeValue = number | string | readonly number[] | { readonly float: number };

export interface OnnxNode {
  readonly op: string;
  /** an empty string leaves an optional input out */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** ints unless wrapped: `{ float: 1e-6 }` */
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** absent for standard ONNX; `com.microsoft` for what only ONNX Runtime has */
  readonly domain?: string;
}

export interface OnnxTensor {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly data: Uint8Array | ExternalData;
}

/** Where the bytes of a tensor lie outside of the model. */
export interface ExternalData {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

export interface OnnxValue {
  readonly name: string;
  readonly type: ElementType | 'sequence';
  /** a string is a dim known by name only */
  readonly dims: readonly (number | string)[];
}

export interface OnnxModel {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly initialisers: readonly OnnxTensor[];
  readonly metadata: Readonly<Record<string, string>>;
}

export const isExternal = (data: Uint8Array | ExternalData): data is ExternalData => !ArrayBuffer.isView(data);

/** The bytes of a tensor as ONNX stores them: little-endian, f32 rounded from 64 bit where it comes in 64 bit. */
export function tensorBytes(tensor: HostTensor): Uint8Array {
  const { dtype, data } = tensor;
  const stored =
    dtype === 'f32' && !(data instanceof Float32Array)
      ? Float32Array.from(data)
      : dtype === 'int' && !(data instanceof Int32Array)
        ? Int32Array.from(data)
        : dtype === 'bool' && !(data instanceof Uint8Array)
          ? Uint8Array.from(data)
          : data;
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}
