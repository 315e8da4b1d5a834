/** Errors of the file system, said as problems. */
import { fail, type Problem, type ProblemKind } from './problem.ts';

const KNOWN: Readonly<Record<string, readonly [ProblemKind, string, string]>> = {
  ENOENT: ['missing', 'there is no such file or folder', 'check the path'],
  ENOTDIR: ['missing', 'a part of the path is a file, not a folder', 'check the path'],
  EISDIR: ['system', 'is a folder, not a file', 'name a file in it'],
  EACCES: ['system', 'may not be opened by this user', 'change its permissions, or name another file'],
  EPERM: ['system', 'may not be opened by this user', 'change its permissions, or name another file'],
  EROFS: ['system', 'is on a disk that cannot be written', 'name a file on another disk'],
  ENOSPC: ['space', 'the disk is full', 'free some space, or name a file on another disk'],
  EDQUOT: ['space', 'the disk quota is used up', 'free some space, or name a file on another disk'],
  EFBIG: ['space', 'is larger than this disk lets a file be', 'name a file on another disk'],
  EMFILE: ['system', 'too many files are open', 'close some, or raise the limit (ulimit -n)'],
  ENAMETOOLONG: ['system', 'has a name that is too long', 'choose a shorter one'],
  EIO: ['system', 'could not be read from or written to its disk', 'check the disk'],
};

export function systemProblem(file: string, error: unknown): Problem {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known = KNOWN[code];
  if (known !== undefined) return { kind: known[0], file, message: known[1], remedy: known[2] };
  return {
    kind: 'system',
    file,
    message: `the system refused it${code && ` (${code})`}`,
    remedy: 'check the path and the disk',
  };
}

/** `work`, with what the file system throws as a problem; anything else thrown is a bug and goes on. */
export function withSystem<T>(
  file: string,
  work: () => T,
): { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem } {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return fail(systemProblem(file, error));
  }
}
