/**
 * A file that is there whole or not at all: written beside its place as `NAME.partial`, synced, and renamed. What a killed
 * process leaves behind is overwritten by the next one. SHA-256 of the bytes is worked out on the way.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fail, type Problem, type Result, succeed } from './problem.ts';
import { systemProblem } from './system-problem.ts';

export interface Written {
  readonly bytes: number;
  /** in hexadecimal */
  readonly sha256: string;
}

/** Chunks are written as they come; a chunk that is a problem abandons the file. */
export async function writeWhole(path: string, chunks: Iterable<Result<Uint8Array>>): Promise<Result<Written>> {
  const partial = `${path}.partial`;
  let handle: FileHandle | undefined;
  const abandon = async (problem: Problem) => {
    await handle?.close().catch(() => {});
    await rm(partial, { force: true }).catch(() => {});
    return fail(problem);
  };
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    handle = await open(partial, 'w');
    for (const chunk of chunks) {
      if (!chunk.ok) return await abandon(chunk.problem);
      hash.update(chunk.value);
      for (let at = 0; at < chunk.value.length; ) {
        at += (await handle.write(chunk.value, at, Math.min(chunk.value.length - at, 2 ** 28))).bytesWritten;
      }
      bytes += chunk.value.length;
    }
    await handle.sync();
    await handle.close();
    handle = undefined;
    await rename(partial, path);
    await syncFolder(dirname(path));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) {
      await handle?.close().catch(() => {});
      throw error;
    }
    return abandon(systemProblem(path, error));
  }
  return succeed({ bytes, sha256: hash.digest('hex') });
}

/** Makes the rename itself survive a power cut; not every system can. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}
