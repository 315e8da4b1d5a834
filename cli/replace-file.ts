/**
 * Gives a file new contents so that whoever reads it sees the old ones or the new ones: written beside it under a
 * temporary name, flushed, renamed. Permissions stay; a symbolic link stays and what it leads to changes.
 */
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'writing there is not permitted',
  EPERM: 'writing there is not permitted',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
};

/** Why it could not be written, in words; none when it was. */
export function replaceFile(file: string, contents: string | Uint8Array): string | undefined {
  let target = file;
  let mode: number | undefined;
  try {
    target = realpathSync(file);
    const stat = statSync(target);
    if (stat.isDirectory()) return WORDS.EISDIR;
    // renaming over a device or a pipe would put a file in its place
    if (!stat.isFile()) return 'it is no regular file';
    mode = stat.mode & 0o7777;
  } catch {
    // a new file
  }
  const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}.tmp`);
  let descriptor: number | undefined;
  try {
    descriptor = openSync(temporary, 'wx');
    const bytes = typeof contents === 'string' ? Buffer.from(contents) : contents;
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    if (mode !== undefined) fchmodSync(descriptor, mode);
    fsyncSync(descriptor);
    closeSync(descriptor);
    descriptor = undefined;
    renameSync(temporary, target);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (descriptor !== undefined) closeSync(descriptor);
    if (code !== 'EEXIST') removeQuietly(temporary);
    return WORDS[code] ?? `it cannot be written (${code})`;
  }
}

/** Why a new file could not be there, as far as that is known before it is written. */
export function cannotMake(file: string): string | undefined {
  try {
    const folder = path.dirname(file);
    if (!statSync(folder).isDirectory()) return WORDS.ENOTDIR;
    accessSync(folder, constants.W_OK);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return WORDS[code] ?? `it cannot be written (${code})`;
  }
}

function removeQuietly(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // it was never made
  }
}
