/** What reading gave, where a test knows which it is. */
import type { Problem, Result } from '../../runtime/weights/problem.ts';

export function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.problem));
  return result.value;
}

export function problem(result: Result<unknown>): Problem {
  if (result.ok) throw new Error('expected a problem');
  return result.problem;
}
