/** Why a run cannot be: mistakes in a spec, or a problem with a file, the machine, or what they are together. */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import type { Problem, ProblemKind } from '../weights/problem.ts';

export type Refusal = { readonly diagnostics: readonly Diagnostic[] } | { readonly problem: Problem };

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

export const done = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

export const refuseWith = (diagnostics: readonly Diagnostic[]) => ({ ok: false, refusal: { diagnostics } }) as const;

export const refuseFor = (problem: Problem) => ({ ok: false, refusal: { problem } }) as const;

/** `about` stands where the name of a file would. */
export const refuseSaying = (about: string, message: string, remedy: string, kind: ProblemKind = 'mismatch') =>
  refuseFor({ kind, file: about, message, remedy });

export const wordsOf = (refusal: Refusal): string => {
  if ('problem' in refusal) return `${refusal.problem.file}: ${refusal.problem.message}`;
  return refusal.diagnostics.find(({ severity }) => severity === 'error')?.message ?? 'the spec has errors';
};
