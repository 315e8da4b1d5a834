/** A file as a source of bytes. It is kept open, so that what is read later is the file that was checked. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { type ByteSource, cutShort } from './byte-source.ts';
import { fail, type Result, succeed } from './problem.ts';
import { withSystem } from './system-problem.ts';

/** A pipe without a writer would keep the opening waiting for ever. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Reads of 2 GiB and more fail in one call. */
const LARGEST_READ = 2 ** 28;

export interface FileSource extends ByteSource {
  readonly fd: number;
}

export function openFileSource(path: string): Result<FileSource> {
  const opened = withSystem(path, () => openSync(path, READ));
  if (!opened.ok) return opened;
  const fd = opened.value;
  let open = true;
  const close = () => {
    if (open) closeSync(fd);
    open = false;
  };
  const stat = withSystem(path, () => fstatSync(fd));
  if (!stat.ok || !stat.value.isFile()) {
    close();
    if (!stat.ok) return stat;
    const what = stat.value.isDirectory() ? 'is a folder, not a file' : 'is not an ordinary file';
    return fail({ kind: 'system', file: path, message: what, remedy: 'name a file of weights' });
  }
  return succeed({
    file: path,
    fd,
    bytes: stat.value.size,
    close,
    read(into, offset) {
      if (!open)
        return { kind: 'system', file: path, message: 'was closed before it was read', remedy: 'open it again' };
      for (let done = 0; done < into.length; ) {
        const length = Math.min(into.length - done, LARGEST_READ);
        const got = withSystem(path, () => readSync(fd, into, done, length, offset + done));
        if (!got.ok) return got.problem;
        if (got.value === 0)
          return cutShort(path, `the file ends at byte ${offset + done}: it became shorter while it was read`);
        done += got.value;
      }
      return undefined;
    },
  });
}
