/**
 * Which fields of its records a block reads. A block that takes `size: Size` and reads only `size.heads` is one instance
 * for all sizes with those heads: models of other depths share it.
 */
import { signatureOf } from './signatures.ts';
import type { BlockSymbol } from './symbol.ts';
import { NONE, type Term } from './term.ts';
import { visitNames } from './visit-names.ts';

/** By parameter, sorted; only records of which nothing but fields is read. */
type UsedFields = ReadonlyMap<string, readonly string[]>;

const known = new WeakMap<BlockSymbol, UsedFields>();

/** The values that decide an instance: a parameter's, or those of the fields of it that are read, with their names. */
export function eachDeciding(
  block: BlockSymbol,
  values: ReadonlyMap<string, Term>,
  visit: (name: string, value: Term | undefined) => void,
): void {
  const used = usedFields(block);
  for (const name of signatureOf(block).names) {
    const value = values.get(name);
    const fields = value?.kind === 'record' ? used.get(name) : undefined;
    // a record of which all is read goes by its own name
    if (fields === undefined || value?.kind !== 'record' || fields.length === value.fields.size) visit(name, value);
    else for (const field of fields) visit(`${name}.${field}`, value.fields.get(field) ?? NONE);
  }
}

function usedFields(block: BlockSymbol): UsedFields {
  let used = known.get(block);
  if (used === undefined) known.set(block, (used = read(block)));
  return used;
}

function read(block: BlockSymbol): UsedFields {
  const fields = new Map<string, Set<string>>();
  for (const parameter of signatureOf(block).parameters)
    if (parameter.kind === 'value' && parameter.type.kind === 'record') fields.set(parameter.name, new Set());
  if (fields.size > 0)
    visitNames(block.decl, {
      whole: (name) => fields.delete(name),
      field: (name, field) => fields.get(name)?.add(field),
      given: (name) => fields.delete(name),
    });
  return new Map([...fields].map(([name, set]) => [name, [...set].sort()]));
}
