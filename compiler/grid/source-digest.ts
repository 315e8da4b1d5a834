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

/** Every name that stands in a declaration and that its file knows: locals of the same name do no harm. */
function reached({ decl, scope }: Declared): readonly Symbol_[] {
  const found = new Set<Symbol_>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        if (key === 'text' && typeof inner === 'string') {
          const symbol = scope.names.get(inner);
          if (symbol !== undefined) found.add(symbol);
        } else if (!WITHOUT.has(key)) visit(inner);
      }
    }
  };
  visit(decl);
  return [...found];
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
