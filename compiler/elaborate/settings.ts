/** What is shown of an instance: its parameters, and of records of which not all is read the fields that are. */
import { NONE, showTerm, type Term } from './term.ts';
import type { Read } from './watch.ts';

export interface Shown {
  /** by parameter, in declared order, without tensors */
  readonly terms: ReadonlyMap<string, Term>;
  /** parameters that are numbers, and count as read only where they are in `reads` or `counts` */
  readonly bounds: ReadonlySet<string>;
  readonly reads: readonly Read[];
  readonly counts: readonly Read[];
}

/** What nothing reads is not shown: the graph is that of all its values. */
export function showSettings({ terms, bounds, reads, counts }: Shown): string {
  const shown: string[] = [];
  for (const [name, term] of terms) {
    const read = [...reads, ...counts].filter((each) => each.name === name);
    if (term.kind !== 'record') {
      if (read.length > 0 || !bounds.has(name)) shown.push(`${name}: ${showTerm(term)}`);
      continue;
    }
    const fields = new Set(read.map(({ field }) => field!));
    if (fields.size === term.fields.size) shown.push(`${name}: ${showTerm(term)}`);
    else
      for (const field of [...fields].sort())
        shown.push(`${name}.${field}: ${showTerm(term.fields.get(field) ?? NONE)}`);
  }
  return shown.join(', ');
}

/** The same when somebody asks. It keeps what it needs for that, and nothing of the evaluation that it comes from. */
export const settingsLater =
  ({ terms, bounds, reads, counts }: Shown): (() => string) =>
  () =>
    showSettings({ terms, bounds, reads, counts });
