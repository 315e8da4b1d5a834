/** What an engine rejects with where the program, its feeds or the machine are at fault. Other errors are bugs. */
export type EngineFault =
  /** memory that is not there, an engine that is not installed */
  | 'missing'
  /** numbers or programs that it cannot run */
  | 'faults';

const faults = new WeakMap<Error, EngineFault>();

export function engineError(fault: EngineFault, message: string, cause?: unknown): Error {
  const error = new Error(message, { cause });
  faults.set(error, fault);
  return error;
}

export const faultOf = (error: unknown): EngineFault | undefined =>
  error instanceof Error ? faults.get(error) : undefined;
