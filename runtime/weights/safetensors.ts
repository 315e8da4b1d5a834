/**
 * Safetensors files: opened, and written. Little of a file is in memory at once: tensors are read one by one, and written
 * as they are handed over, in pieces. Written files have the bytes that the reference writer gives them.
 */
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { openFileSource } from './file-source.ts';
import { type Written, writeWhole } from './file-writer.ts';
import { fail, type Problem, type Result, showName, succeed } from './problem.ts';
import { encodeHeader, inFileOrder, LARGEST_HEADER_BYTES, type Planned } from './safetensors-header.ts';
import { readSafetensors } from './safetensors-source.ts';
import { type StoredDtype, storedAs, storedDtypeOf } from './stored-dtype.ts';
import { countOf, type TensorFile } from './tensor-file.ts';

/** Numbers converted at once. */
const PIECE = 2 ** 18;

export function openSafetensors(path: string): Result<TensorFile> {
  const source = openFileSource(path);
  if (!source.ok) return source;
  const file = readSafetensors(source.value);
  if (!file.ok) source.value.close();
  return file;
}

/** A tensor to be written; `read` is called once, when its turn comes. */
export interface Entry extends Planned {
  readonly read: () => Result<HostTensor>;
}

/** Tensors in memory as entries, in the dtype they have or in the given one where they are floats. */
export const entriesOf = (tensors: Iterable<readonly [string, HostTensor]>, floats?: StoredDtype): Entry[] =>
  [...tensors].map(([name, tensor]) => ({
    name,
    dtype: floats !== undefined && tensor.dtype === 'f32' ? floats : storedDtypeOf(tensor),
    shape: tensor.shape,
    read: () => succeed(tensor),
  }));

export async function writeSafetensors(
  path: string,
  entries: Iterable<Entry>,
  metadata: Iterable<readonly [string, string]> = [],
): Promise<Result<Written>> {
  const ordered = inFileOrder([...entries]);
  const refuse = (message: string, remedy: string, tensor?: string) =>
    fail({ kind: 'refused', file: path, tensor, message, remedy });
  const names = new Set<string>();
  for (const { name, dtype } of ordered) {
    if (names.has(name)) return refuse('comes twice', 'give each tensor a name of its own', name);
    if (name === '__metadata__') return refuse('has a name that the format keeps for itself', 'rename it', name);
    if (storedAs(dtype).narrow === undefined)
      return refuse(`is not written as ${dtype}`, 'choose F32, F16 or BF16', name);
    names.add(name);
  }
  const header = encodeHeader(ordered, metadata);
  if (header.length - 8 > LARGEST_HEADER_BYTES)
    return refuse('the header would be too large to be read back', 'write fewer tensors or metadata to one file');
  return writeWhole(path, chunks(path, header, ordered));
}

function* chunks(file: string, header: Uint8Array, entries: readonly Entry[]): Iterable<Result<Uint8Array>> {
  yield succeed(header);
  for (const entry of entries) {
    const tensor = entry.read();
    if (!tensor.ok) {
      yield tensor;
      return;
    }
    const problem = misfit(file, entry, tensor.value);
    if (problem) yield fail(problem);
    yield* encoded(tensor.value.data, entry.dtype);
  }
}

function misfit(file: string, { name, shape, dtype }: Entry, { data, dtype: has }: HostTensor): Problem | undefined {
  const about = { kind: 'mismatch', file, tensor: name } as const;
  if (storedAs(dtype).dtype !== has) {
    return {
      ...about,
      message: `holds ${has} and cannot be written as ${dtype}`,
      remedy: 'choose a dtype of the same kind',
    };
  }
  const [least, most] = storedAs(dtype).range ?? [-Infinity, Infinity];
  if (has === 'int' && data.some((value) => value < least || value > most)) {
    return { ...about, message: `has integers that do not fit in ${dtype}`, remedy: 'write it as I32' };
  }
  if (countOf(shape) === data.length) return undefined;
  return {
    ...about,
    message: `has ${data.length} numbers where ${showName(shape.join(' × '))} needs ${countOf(shape)}`,
    remedy: 'give it the shape that it has',
  };
}

function* encoded(data: HostTensor['data'], dtype: StoredDtype): Iterable<Result<Uint8Array>> {
  const stored = storedAs(dtype);
  const asItIs = stored.widen === undefined && stored.allocate(0).constructor === data.constructor;
  if (asItIs) {
    yield succeed(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return;
  }
  for (let at = 0; at < data.length; at += PIECE) {
    yield succeed(stored.narrow!(data, at, Math.min(PIECE, data.length - at)));
  }
}
