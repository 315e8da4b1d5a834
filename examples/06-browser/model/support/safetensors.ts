/** Weights out of a file in the format of safetensors, checked against the table of a model. */

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { WeightFacts } from './initial-values.js';

interface Entry {
  readonly dtype: string;
  readonly shape: number[];
  readonly data_offsets: readonly [number, number];
}

/** Sign, exponent and mantissa of 16 bits as a number. */
function half(bits: number): number {
  const [exponent, mantissa] = [(bits >> 10) & 31, bits & 1023];
  const size =
    exponent === 0
      ? mantissa * 2 ** -24
      : exponent === 31
        ? mantissa
          ? NaN
          : Infinity
        : (1 + mantissa / 1024) * 2 ** (exponent - 15);
  return bits & 0x8000 ? -size : size;
}

/** bfloat16 is the upper half of a float. */
const upperHalf = (bits: number): number => new Float32Array(Uint32Array.of(bits << 16).buffer)[0]!;

function numbersOf(dtype: string, bytes: ArrayBuffer): Float32Array | Int32Array | undefined {
  if (dtype === 'F32') return new Float32Array(bytes);
  if (dtype === 'I32') return new Int32Array(bytes);
  if (dtype === 'F64') return Float32Array.from(new Float64Array(bytes));
  if (dtype === 'F16') return Float32Array.from(new Uint16Array(bytes), half);
  if (dtype === 'BF16') return Float32Array.from(new Uint16Array(bytes), upperHalf);
  if (dtype === 'I64') return Int32Array.from(new BigInt64Array(bytes), Number);
  return undefined;
}

export function readSafetensors(file: ArrayBuffer, table: Readonly<Record<string, WeightFacts>>): Map<string, Tensor> {
  const length = file.byteLength < 8 ? -1 : Number(new DataView(file).getBigUint64(0, true));
  if (length < 2 || 8 + length > file.byteLength) throw new Error('this is no file of safetensors, or it is cut off');
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 8, length))) as Record<string, Entry>;
  const read = (path: string, { shape, dtype }: WeightFacts): Tensor => {
    const entry = header[path];
    if (entry === undefined) throw new Error(`the weight \`${path}\` is missing in the file`);
    if (entry.shape.join() !== shape.join())
      throw new Error(`the weight \`${path}\` is [${entry.shape.join(', ')}] in the file, not [${shape.join(', ')}]`);
    const [from, to] = entry.data_offsets;
    const numbers = numbersOf(entry.dtype, file.slice(8 + length + from, 8 + length + to));
    if (numbers?.length !== shape.reduce((all, dim) => all * dim, 1))
      throw new Error(`the weight \`${path}\` of type ${entry.dtype} can not be read`);
    return tf.tensor(dtype === 'int32' ? Int32Array.from(numbers) : numbers, [...shape], dtype);
  };
  return new Map(Object.entries(table).map(([path, facts]) => [path, read(path, facts)]));
}
