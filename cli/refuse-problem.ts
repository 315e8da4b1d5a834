/** What a run or a file refuses, as the end of a command. */
import type { Refusal } from '../runtime/train/refusal.ts';
import { type Problem, showName } from '../runtime/weights/problem.ts';
import { type Invocation, refuse } from './command.ts';
import { EXIT, type Exit } from './exit.ts';
import { refuseDiagnostics } from './say.ts';

const exitOf = ({ kind }: Problem): Exit =>
  kind === 'missing' || kind === 'system' || kind === 'space' ? EXIT.missing : EXIT.faults;

export function refuseProblem(problem: Problem, invocation: Pick<Invocation, 'options' | 'terminal'>): Exit {
  const { file, tensor, message, remedy } = problem;
  const about = tensor === undefined ? '' : `tensor ${showName(tensor)}: `;
  return refuse(invocation, exitOf(problem), `${file}: ${about}${message}`, remedy);
}

export const refuseRefusal = (refusal: Refusal, invocation: Pick<Invocation, 'options' | 'terminal'>): Exit =>
  'problem' in refusal
    ? refuseProblem(refusal.problem, invocation)
    : refuseDiagnostics(refusal.diagnostics, EXIT.faults, invocation);
