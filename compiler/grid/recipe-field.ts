/**
 * One field of a recipe set by a grid. A path goes through nested braces, arguments of words (`recipe.schedule.path` of
 * `schedule: interpolant(path: linear)`), parameters filled into blocks (`recipe.optimizer.beta2`), fields of records.
 */
import type { Place } from '../../dsl/span.ts';
import { type Entries, isEntries } from '../elaborate/recipe.ts';
import { signatureOf } from '../elaborate/signatures.ts';
import type { Term } from '../elaborate/term.ts';

/** There is nothing of that name to set. */
export interface Missing {
  readonly missing: 'parameter' | 'field';
  readonly of: string;
  readonly name: string;
  /** what there is */
  readonly known: readonly string[];
}

export const isMissing = (value: Term | Entries | Missing): value is Missing => 'missing' in value;

export const missingText = ({ missing, of, name }: Missing): string => `\`${of}\` has no ${missing} \`${name}\``;

/** The recipe with the field set, of which `place` speaks then; or what is not there. */
export function setRecipeField(
  entries: Entries,
  path: readonly string[],
  value: Term,
  place: Place,
): Entries | Missing {
  const [first, ...rest] = path as [string, ...string[]];
  const before = entries.get(first);
  const changed = rest.length === 0 ? value : inside(before?.value, rest, value, place, first);
  if (isMissing(changed)) return changed;
  const inner = rest.length > 0 && before !== undefined && isEntries(before.value);
  return new Map(entries).set(first, { value: changed, place: inner ? before.place : place });
}

function inside(
  before: Term | Entries | undefined,
  path: readonly string[],
  value: Term,
  place: Place,
  name: string,
): Term | Entries | Missing {
  if (before === undefined) return setRecipeField(new Map(), path, value, place);
  return isEntries(before) ? setRecipeField(before, path, value, place) : setInTerm(before, path, value, name);
}

function setInTerm(term: Term, path: readonly string[], value: Term, name: string): Term | Missing {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  const into = (inner: Term | undefined): Term | Missing =>
    rest.length === 0
      ? value
      : inner === undefined
        ? { missing: 'field', of: first, name: rest[0]!, known: [] }
        : setInTerm(inner, rest, value, first);
  if (term.kind === 'word') {
    const changed = into(term.named.get(first));
    return isMissing(changed) ? changed : { ...term, named: new Map(term.named).set(first, changed) };
  }
  if (term.kind === 'block') {
    const { parameters, byName } = signatureOf(term.block);
    if (byName.get(first)?.kind !== 'value') {
      const known = parameters.flatMap((each) => (each.kind === 'value' ? [each.name] : []));
      return { missing: 'parameter', of: term.block.decl.name.text, name: first, known };
    }
    const changed = into(term.filled.get(first));
    return isMissing(changed) ? changed : { ...term, filled: new Map(term.filled).set(first, changed) };
  }
  if (term.kind === 'record') {
    if (!term.fields.has(first))
      return { missing: 'field', of: term.record.decl.name.text, name: first, known: [...term.fields.keys()] };
    const changed = into(term.fields.get(first));
    if (isMissing(changed)) return changed;
    return { kind: 'record', record: term.record, fields: new Map(term.fields).set(first, changed) };
  }
  return { missing: 'field', of: name, name: first, known: [] };
}
