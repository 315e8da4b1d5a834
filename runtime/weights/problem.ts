/**
 * What is wrong with a file of weights: a value, never an exception. A problem names the file, the tensor where it is
 * about one, and what to do; files come from strangers, so names out of them are made harmless before they are shown.
 */
export type ProblemKind =
  /** there is no such file, part or tensor */
  | 'missing'
  /** the system does not let us read or write it */
  | 'system'
  /** the disk is full, or memory is */
  | 'space'
  /** the file ends before what it promises */
  | 'truncated'
  /** the bytes contradict the format */
  | 'malformed'
  /** well-formed, and not done on purpose: code to run, sizes that are an attack */
  | 'refused'
  /** well-formed, and beyond this reader */
  | 'unsupported'
  /** a good file that is not what the model needs */
  | 'mismatch';

export interface Problem {
  readonly kind: ProblemKind;
  readonly file: string;
  readonly tensor?: string;
  /** lower case, no full stop */
  readonly message: string;
  readonly remedy: string;
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

export const succeed = <T>(value: T): Result<T> => ({ ok: true, value });

export const fail = (problem: Problem): { readonly ok: false; readonly problem: Problem } => ({ ok: false, problem });

const LONGEST_NAME = 120;

/** A name out of a file without control characters, and not longer than a line. */
export function plainName(name: string): string {
  const short = name.length > LONGEST_NAME ? name.slice(0, LONGEST_NAME) + '…' : name;
  return short.replace(/[\p{C}`]/gu, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`);
}

/** The same in backquotes. */
export const showName = (name: string): string => '`' + plainName(name) + '`';

/** ``weights.pt: tensor `x`: the file ends at byte 12 (help: download it again)`` */
export function showProblem({ file, tensor, message, remedy }: Problem): string {
  return `${file}: ${tensor === undefined ? '' : `tensor ${showName(tensor)}: `}${message} (help: ${remedy})`;
}
