/**
 * One field of a recipe set by a grid. A path goes through nested braces, arguments of words (`recipe.schedule.path` of
 * `schedule: interpolant(path: linear)`), parameters filled into blocks (`recipe.optimizer.beta2`), fields of records.
 */
import type { Place } from '../../dsl/span.ts';
import { type Entries, isEntries } from '../elaborate/recipe.ts';
import { signatureOf } from '../elaborate/signatures.ts';
import type { Term } from '../elaborate/term.ts';

/** The recipe with the field set; a reason where there is nothing of that name. */
export function setRecipeField(entries: Entries, path: readonly string[], value: Term, place: Place): Entries | string {
  const [first, ...rest] = path as [string, ...string[]];
  const before = entries.get(first);
  const changed = rest.length === 0 ? value : inside(before?.value, rest, value, place, first);
  if (typeof changed === 'string') return changed;
  return new Map(entries).set(first, { value: changed, place: before?.place ?? place });
}

function inside(
  before: Term | Entries | undefined,
  path: readonly string[],
  value: Term,
  place: Place,
  name: string,
): Term | Entries | string {
  if (before === undefined) return setRecipeField(new Map(), path, value, place);
  return isEntries(before) ? setRecipeField(before, path, value, place) : setInTerm(before, path, value, name);
}

function setInTerm(term: Term, path: readonly string[], value: Term, name: string): Term | string {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  const into = (inner: Term | undefined, more = rest): Term | string =>
    more.length === 0
      ? value
      : inner === undefined
        ? `\`${name}.${first}\` has no value`
        : setInTerm(inner, more, value, first);
  if (term.kind === 'word') {
    const changed = into(term.named.get(first));
    return typeof changed === 'string' ? changed : { ...term, named: new Map(term.named).set(first, changed) };
  }
  if (term.kind === 'block') {
    if (signatureOf(term.block).byName.get(first)?.kind !== 'value')
      return `\`${term.block.decl.name.text}\` has no parameter \`${first}\``;
    const changed = into(term.filled.get(first));
    return typeof changed === 'string' ? changed : { ...term, filled: new Map(term.filled).set(first, changed) };
  }
  if (term.kind === 'record') {
    if (!term.fields.has(first)) return `\`${term.record.decl.name.text}\` has no field \`${first}\``;
    const changed = into(term.fields.get(first));
    if (typeof changed === 'string') return changed;
    return { kind: 'record', record: term.record, fields: new Map(term.fields).set(first, changed) };
  }
  return `\`${name}\` has no field \`${first}\``;
}
