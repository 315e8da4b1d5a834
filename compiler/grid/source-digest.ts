/**
 * What a declaration says, as a name: SHA-256 over its syntax without places and comments, so that formatting decides
 * nothing. `ownDigest` is of the declaration alone: it tells which one was changed. `fullDigest` is of all that it
 * reaches too: the objective of a recipe is other work when a block below its loss changes.
 */
import type { BlockSymbol, ConstSymbol, EnumSymbol, ModelSymbol, RecordSymbol, Symbol_ } from '../elaborate/symbol.ts';
import { sha256 } from '../ir/sha256.ts';

export type Declared = BlockSymbol | ConstSymbol | EnumSymbol | ModelSymbol | RecordSymbol;

const WITHOUT: ReadonlySet<string> = new Set(['span', 'at', 'doc', 'source', 'comments']);

const withoutPlaces = (key: string, value: unknown): unknown => (WITHOUT.has(key) ? undefined : value);

const own = new WeakMap<object, string>();

export function ownDigest({ decl }: Declared): string {
  let digest = own.get(decl);
  if (digest === undefined) own.set(decl, (digest = sha256(JSON.stringify(decl, withoutPlaces))));
  return digest;
}

/** Every name of the file that stands in a declaration and is none of its own: its parameters and their dims. */
function reached(symbol: Declared): readonly Symbol_[] {
  const { decl, scope } = symbol;
  const own = ownNames(symbol);
  const found = new Set<Symbol_>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        if (key === 'text' && typeof inner === 'string') {
          const named = own.has(inner) ? undefined : scope.names.get(inner);
          if (named !== undefined) found.add(named);
        } else if (!WITHOUT.has(key)) visit(inner);
      }
    }
  };
  visit(decl);
  return [...found];
}

function ownNames({ decl }: Declared): ReadonlySet<string> {
  if (decl.kind !== 'block' && decl.kind !== 'model') return new Set();
  return new Set(
    decl.params.flatMap(({ name, type }) => [
      name.text,
      ...(type.shape ?? []).flatMap((dim) =>
        dim.kind === 'dim' && dim.expr.kind === 'name' ? [dim.expr.name.text] : [],
      ),
    ]),
  );
}

/** A declaration and all that it reaches, itself first; with `through`, only by way of those. */
export function reachOf(symbol: Declared, through: (symbol: Declared) => boolean = () => true): readonly Declared[] {
  const seen = new Set<Declared>([symbol]);
  for (const each of seen) for (const next of reached(each)) if (through(next)) seen.add(next);
  return [...seen];
}

const full = new WeakMap<object, string>();

export function fullDigest(symbol: Declared): string {
  let digest = full.get(symbol.decl);
  if (digest === undefined) full.set(symbol.decl, (digest = sha256(reachOf(symbol).map(ownDigest).sort().join())));
  return digest;
}
