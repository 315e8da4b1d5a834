/**
 * What tells one set of data from another, for manifests and resumed runs. Files of up to a gibibyte together are hashed
 * whole, `sha256:…`; of more than that only their names and sizes, `listing:…`, since reading them would take minutes.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Result } from '../weights/problem.ts';
import { withSystem } from '../weights/system-problem.ts';

const MOST_BYTES = 2 ** 30;
const PIECE_BYTES = 2 ** 20;

export const digestBytes = (...parts: readonly Uint8Array[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return `sha256:${hash.digest('hex')}`;
};

/** Of files below a folder (or of one file, `folder` being its own), in the given order. */
export function digestFiles(folder: string, files: readonly string[]): Result<string> {
  return withSystem(folder, () => {
    const sizes = files.map((file) => statSync(path.join(folder, file)).size);
    const whole = sizes.reduce((sum, size) => sum + size, 0) <= MOST_BYTES;
    const hash = createHash('sha256');
    for (const [i, file] of files.entries()) {
      hash.update(`${JSON.stringify(file.split(path.sep).join('/'))} ${sizes[i]}\n`);
      if (whole) hashContent(hash, path.join(folder, file));
    }
    return `${whole ? 'sha256' : 'listing'}:${hash.digest('hex')}`;
  });
}

function hashContent(hash: ReturnType<typeof createHash>, file: string): void {
  const fd = openSync(file, 'r');
  try {
    const piece = new Uint8Array(PIECE_BYTES);
    for (let read = readSync(fd, piece); read > 0; read = readSync(fd, piece)) hash.update(piece.subarray(0, read));
  } finally {
    closeSync(fd);
  }
}
