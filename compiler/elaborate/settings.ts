/** What is shown of an instance: its parameters, and of records of which not all is read the fields that are. */
import { NONE, showTerm, type Term } from './term.ts';
import type { Read } from './watch.ts';

/** `terms`: by parameter, in declared order, without tensors. */
export function showSettings(
  terms: ReadonlyMap<string, Term>,
  reads: readonly Read[],
  counts: readonly Read[],
): string {
  const shown: string[] = [];
  for (const [name, term] of terms) {
    if (term.kind !== 'record') {
      shown.push(`${name}: ${showTerm(term)}`);
      continue;
    }
    const fields = new Set([...reads, ...counts].flatMap((read) => (read.name === name ? [read.field!] : [])));
    if (fields.size === term.fields.size) shown.push(`${name}: ${showTerm(term)}`);
    else
      for (const field of [...fields].sort())
        shown.push(`${name}.${field}: ${showTerm(term.fields.get(field) ?? NONE)}`);
  }
  return shown.join(', ');
}

/** The same when somebody asks. It keeps its arguments, and nothing of the evaluation that it comes from. */
export const settingsLater =
  (...args: Parameters<typeof showSettings>): (() => string) =>
  () =>
    showSettings(...args);
