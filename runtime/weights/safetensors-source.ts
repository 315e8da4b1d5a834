/** Safetensors from anything that has bytes; without the file system, so that it works in a browser too. */
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { type ByteSource, memorySource } from './byte-source.ts';
import { fail, type Result, succeed } from './problem.ts';
import { readHeader } from './safetensors-header.ts';
import { storedAs } from './stored-dtype.ts';
import { countOf, readNumbers, type TensorFile, unknownTensor } from './tensor-file.ts';

/** The caller closes the source when this fails. */
export function readSafetensors(source: ByteSource): Result<TensorFile> {
  const header = readHeader(source);
  if (!header.ok) return header;
  const { tensors, metadata } = header.value;
  const read = (name: string): Result<HostTensor> => {
    const tensor = tensors.get(name);
    if (tensor === undefined) return fail(unknownTensor(source.file, name));
    const { dtype, shape, offset } = tensor;
    const data = readNumbers(source, name, dtype, offset, countOf(shape));
    return data.ok ? succeed({ dtype: storedAs(dtype).dtype, shape, data: data.value }) : data;
  };
  return succeed({ file: source.file, format: 'safetensors', tensors, metadata, read, close: source.close });
}

/** A safetensors file that is in memory. `file` names it in messages. */
export const parseSafetensors = (bytes: Uint8Array, file?: string): Result<TensorFile> =>
  readSafetensors(memorySource(bytes, file));
