/**
 * The .npz format: a zip of .npy files. Stored entries are read where they are; compressed ones are unpacked into memory,
 * within a limit, since a small archive may unfold to anything.
 */
import { type Entry, fromFdPromise, type ZipFile } from 'yauzl';
import { type ByteSource, cutShort, memorySource } from '../weights/byte-source.ts';
import type { FileSource } from '../weights/file-source.ts';
import { fail, type Result, showName, succeed } from '../weights/problem.ts';
import { systemProblem } from '../weights/system-problem.ts';
import { type NpyArray, openNpy } from './npy.ts';

const MOST_ENTRIES = 1000;
const MOST_UNPACKED_BYTES = 2 ** 30;

/** The arrays by their names, without `.npy`. */
export async function openNpz(source: FileSource): Promise<Result<ReadonlyMap<string, NpyArray>>> {
  const { file } = source;
  const refuse = (message: string) =>
    fail({ kind: 'refused', file, message, remedy: 'save it again with numpy.savez' });
  const arrays = new Map<string, NpyArray>();
  let unpacked = 0;
  try {
    const zip = await fromFdPromise(source.fd, { autoClose: false });
    if (zip.entryCount > MOST_ENTRIES) return refuse(`has ${zip.entryCount} entries; ${MOST_ENTRIES} is the most`);
    for await (const entry of zip.eachEntry()) {
      if (!entry.fileName.endsWith('.npy')) continue;
      const name = entry.fileName.slice(0, -'.npy'.length);
      if (arrays.has(name)) return refuse(`has the entry ${showName(entry.fileName)} twice`);
      if (entry.isEncrypted()) return refuse(`entry ${showName(entry.fileName)} is encrypted`);
      if (entry.compressionMethod !== 0) {
        // deflate makes at most 1032 bytes of one
        if (entry.uncompressedSize > 1032 * entry.compressedSize + 64)
          return refuse(`entry ${showName(entry.fileName)} promises more than it can hold`);
        unpacked += entry.uncompressedSize;
        if (unpacked > MOST_UNPACKED_BYTES) return refuse('unpacks to more than a gibibyte: leave it uncompressed');
      }
      const part = await entrySource(zip, entry, source);
      const array = part.ok ? openNpy(part.value) : part;
      if (!array.ok) return array;
      arrays.set(name, array.value);
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('E') && 'syscall' in error)
      return fail(systemProblem(file, error));
    return fail(cutShort(file, 'begins like a zip archive and is damaged, or ends before it should'));
  }
  return succeed(arrays);
}

async function entrySource(zip: ZipFile, entry: Entry, source: FileSource): Promise<Result<ByteSource>> {
  const file = `${source.file}: ${showName(entry.fileName)}`;
  if (entry.compressionMethod === 0) {
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    if (fileDataStart + entry.uncompressedSize > source.bytes)
      return fail(cutShort(file, `the file ends at byte ${source.bytes}, inside this entry`));
    return succeed({
      file,
      bytes: entry.uncompressedSize,
      read: (into, offset) => source.read(into, fileDataStart + offset),
      close() {},
    });
  }
  const memory = new Uint8Array(entry.uncompressedSize);
  let at = 0;
  // yauzl ends the stream with an error when it gives more, or less, than the entry promises
  for await (const piece of await zip.openReadStreamPromise(entry)) {
    memory.set(piece as Uint8Array, at);
    at += (piece as Uint8Array).length;
  }
  return succeed(memorySource(memory, file));
}
