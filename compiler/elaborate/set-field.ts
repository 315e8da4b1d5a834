import type { Term } from './term.ts';

/** A field of a record, or of one inside; none when there is no such field. */
export function setField(term: Term, path: readonly string[], value: Term): Term | undefined {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  if (term.kind !== 'record' || !term.fields.has(first)) return undefined;
  const changed = setField(term.fields.get(first)!, rest, value);
  return changed === undefined
    ? undefined
    : { kind: 'record', record: term.record, fields: new Map(term.fields).set(first, changed) };
}
