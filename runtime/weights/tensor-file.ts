/**
 * A file of named tensors, whatever its format: what is in it is known once it is open, and tensors are read one by one,
 * so that a program that keeps all of them holds little more than their bytes.
 */
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import type { ByteSource } from './byte-source.ts';
import { fail, type Problem, type Result, succeed } from './problem.ts';
import { type StoredDtype, storedAs } from './stored-dtype.ts';

export interface StoredTensor {
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  /** of the first byte in the file */
  readonly offset: number;
  /** of the numbers, without gaps */
  readonly bytes: number;
}

export interface TensorFile {
  readonly file: string;
  readonly format: 'safetensors' | 'torch';
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
  /** a new copy of the tensor, which belongs to the caller */
  read(name: string): Result<HostTensor>;
  close(): void;
}

/** Numbers that go through the buffer at once where they are converted. */
const PIECE = 2 ** 18;

export const countOf = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1);

/** The numbers of a shape, or nothing where it is no shape of this planet. */
export function checkedCount(shape: readonly unknown[]): number | undefined {
  let count = 1;
  for (const dim of shape) {
    if (typeof dim !== 'number' || !Number.isSafeInteger(dim) || dim < 0) return undefined;
    count *= dim;
    // once zero, it stays zero, but the other dims must still be dims
    if (!Number.isSafeInteger(count)) return undefined;
  }
  return count;
}

export function unknownTensor(file: string, name: string): Problem {
  return {
    kind: 'missing',
    file,
    tensor: name,
    message: 'is not in this file',
    remedy: 'see its names with `ditc weights show`',
  };
}

/** Reads `count` numbers that stand at `offset` without gaps. The caller has checked that they are inside the source. */
export function readNumbers(
  source: ByteSource,
  tensor: string,
  dtype: StoredDtype,
  offset: number,
  count: number,
): Result<HostTensor['data']> {
  const { file } = source;
  const stored = storedAs(dtype);
  let data: HostTensor['data'];
  try {
    data = stored.allocate(count);
  } catch {
    const message = `its ${count} numbers do not fit in the memory of this process`;
    return fail({ kind: 'space', file, tensor, message, remedy: 'use a machine with more memory' });
  }
  if (stored.widen === undefined) {
    const problem = source.read(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    return problem ? fail({ ...problem, tensor }) : succeed(data);
  }
  const buffer = new ArrayBuffer(Math.min(count, PIECE) * stored.bytes);
  for (let at = 0; at < count; at += PIECE) {
    const size = Math.min(count - at, PIECE);
    const problem = source.read(new Uint8Array(buffer, 0, size * stored.bytes), offset + at * stored.bytes);
    if (problem) return fail({ ...problem, tensor });
    if (!stored.widen(buffer, size, data, at)) {
      const message =
        dtype === 'BOOL' ? 'has bytes other than 0 and 1 as truth values' : 'has integers that do not fit in 32 bits';
      return fail({
        kind: dtype === 'BOOL' ? 'malformed' : 'unsupported',
        file,
        tensor,
        message,
        remedy: 'leave it out of the file, or store it in another dtype',
      });
    }
  }
  return succeed(data);
}
