/**
 * What a recipe means by a name that its file does not know: a block or const that an import would bring, from a file that
 * is read already, or the nearest name that there is.
 */
import path from 'node:path';
import type { Spec } from '../../compiler/elaborate/spec.ts';
import type { Scope, Symbol_ } from '../../compiler/elaborate/symbol.ts';
import { importEdit } from '../../compiler/elaborate/unknown-name.ts';
import type { Extras } from '../../dsl/diagnostic.ts';
import type { Place } from '../../dsl/span.ts';
import { nearest } from '../../dsl/suggest.ts';

/** What a field can be. */
export type Wanted = readonly Symbol_['kind'][];

export function knownElsewhere(name: string, wanted: Wanted, place: Place, spec: Spec): Extras {
  // what the command line gives is seen from the entry file
  const written = [...spec.scopes.values()].find(({ file }) => file.source === place.source);
  const scope = written ?? spec.entry;
  const here = [...scope.names].flatMap(([each, { kind }]) => (wanted.includes(kind) ? [each] : []));
  const elsewhere = importable(scope, wanted);
  const module = elsewhere.get(name);
  if (module !== undefined) {
    const use = `use ${module} { ${name} }`;
    return {
      help: `it is in \`${module}\`: write \`${use}\``,
      fixes: written && [{ message: `add \`${use}\``, edits: [importEdit(scope, module, name)] }],
    };
  }
  const close = nearest(name, [...here, ...elsewhere.keys()]);
  if (close === undefined) return {};
  const from = here.includes(close) ? undefined : elsewhere.get(close);
  return { help: `did you mean \`${close}\`${from === undefined ? '' : `, with \`use ${from} { ${close} }\``}?` };
}

const beside = (folder: string, file: string): string => (file.startsWith('/') ? file : path.posix.join(folder, file));

/** Names with the file to import them from, as this file would write it: of several the one that is fewest imports away. */
function importable(start: Scope, wanted: Wanted): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const seen = new Set([start]);
  const queue = [{ scope: start, folder: '.' }];
  for (const { scope, folder } of queue) {
    const uses = scope.file.decls.filter((decl) => decl.kind === 'use');
    // of an import that failed nobody knows which it was
    if (uses.length !== scope.imported.length) continue;
    for (const [at, { from }] of uses.entries()) {
      const other = scope.imported[at]!;
      if (seen.has(other)) continue;
      seen.add(other);
      const file = from.kind === 'path' ? beside(folder, from.text) : from.text;
      const module = from.kind === 'path' ? `"${/^\.?\.?\//.test(file) ? file : `./${file}`}"` : file;
      for (const [name, symbol] of other.names) {
        const offered = symbol.scope === other || other.imports.get(name)?.use.export === true;
        if (offered && wanted.includes(symbol.kind) && !found.has(name)) found.set(name, module);
      }
      queue.push({ scope: other, folder: path.posix.dirname(file) });
    }
  }
  return found;
}
