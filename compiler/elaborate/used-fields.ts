/**
 * Which fields of its records a block reads. A block that takes `size: Size` and reads only `size.heads` is one instance
 * for all sizes with those heads: models of other depths share it.
 */
import { signatureOf } from './signatures.ts';
import type { BlockSymbol } from './symbol.ts';
import { NONE, type Term } from './term.ts';

/** By parameter, sorted; only records of which nothing but fields is read. */
type UsedFields = ReadonlyMap<string, readonly string[]>;

const known = new WeakMap<BlockSymbol, UsedFields>();

/** The values that decide an instance: a parameter's, or those of the fields of it that are read, with their names. */
export function* deciding(block: BlockSymbol, values: ReadonlyMap<string, Term>): Iterable<[string, Term | undefined]> {
  const used = usedFields(block);
  for (const name of signatureOf(block).names) {
    const value = values.get(name);
    const fields = value?.kind === 'record' ? used.get(name) : undefined;
    // a record of which all is read goes by its own name
    if (fields === undefined || value?.kind !== 'record' || fields.length === value.fields.size) yield [name, value];
    else for (const field of fields) yield [`${name}.${field}`, value.fields.get(field) ?? NONE];
  }
}

function usedFields(block: BlockSymbol): UsedFields {
  let used = known.get(block);
  if (used === undefined) known.set(block, (used = read(block)));
  return used;
}

interface Node {
  readonly kind?: string;
  readonly of?: Node;
  readonly name?: { readonly text: string };
  readonly targets?: readonly { readonly text: string }[];
  readonly names?: readonly { readonly text: string }[];
}

function read(block: BlockSymbol): UsedFields {
  const fields = new Map<string, Set<string>>();
  for (const parameter of signatureOf(block).parameters)
    if (parameter.kind === 'value' && parameter.type.kind === 'record') fields.set(parameter.name, new Set());
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    else if (typeof value === 'object' && value !== null) visitNode(value as Node);
  };
  const visitNode = (node: Node): void => {
    const { kind, of, name } = node;
    if (kind === 'member' && of?.kind === 'name' && of.name !== undefined && name !== undefined) {
      fields.get(of.name.text)?.add(name.text);
      return;
    }
    // read as a whole, or given another value
    if ((kind === 'name' || kind === 'weight') && name !== undefined) fields.delete(name.text);
    for (const target of [...(node.targets ?? []), ...(node.names ?? [])]) fields.delete(target.text);
    if (kind !== 'name') for (const [key, inner] of Object.entries(node)) if (key !== 'span') visit(inner);
  };
  if (fields.size > 0) visit(block.decl);
  return new Map([...fields].map(([name, set]) => [name, [...set].sort()]));
}
