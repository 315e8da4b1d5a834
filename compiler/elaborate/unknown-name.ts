import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { nearest } from '../../dsl/suggest.ts';
import type { Name } from '../../dsl/tree.ts';
import { OPS } from '../ops/registry.ts';
import { BUILTIN_VALUES, BUILTINS } from './builtin.ts';
import { report } from './codes.ts';
import { placeIn, type Scope } from './symbol.ts';

/** An unknown name: the file that has it and could be imported, or the nearest name that is known here. */
export function unknownName(
  code: 'D0201' | 'D0213',
  name: Name,
  where: { readonly scope: Scope; readonly scopes: ReadonlyMap<string, Scope> },
  locals: readonly string[],
): Diagnostic {
  const { scope, scopes } = where;
  const place = placeIn(scope, name.span);
  const holder = [...scopes.values()].find(
    (other) => other !== scope && other.id.startsWith('std.') && other.names.get(name.text)?.scope === other,
  );
  if (holder !== undefined) {
    const use = `use ${holder.id} { ${name.text} }`;
    return report(
      code,
      place,
      { name: name.text },
      {
        help: `it is in \`${holder.id}\`: write \`${use}\``,
        fixes: [{ message: `add \`${use}\``, edits: [importEdit(scope, holder.id, name.text)] }],
      },
    );
  }
  const known =
    code === 'D0213'
      ? locals
      : [
          ...locals,
          ...scope.names.keys(),
          ...Object.keys(BUILTINS),
          ...Object.keys(BUILTIN_VALUES),
          ...Object.keys(OPS),
        ];
  const close = nearest(name.text, known);
  // it is what the import is there for
  const meant = close === undefined ? undefined : scope.imports.get(close);
  if (meant !== undefined) meant.used = true;
  return report(
    code,
    place,
    { name: name.text },
    {
      help: close === undefined ? undefined : `did you mean \`${close}\`?`,
      fixes: close === undefined ? [] : [{ message: `write \`${close}\``, edits: [{ place, text: close }] }],
    },
  );
}

/** Into an import of that file that is there already, or as a new line after the last one. */
function importEdit(scope: Scope, module: string, name: string) {
  const { text } = scope.file.source;
  const uses = scope.file.decls.filter((decl) => decl.kind === 'use');
  const same = uses.find((use) => use.from.text === module);
  const last = same?.items.at(-1);
  if (last !== undefined)
    return { place: placeIn(scope, { start: last.span.end, end: last.span.end }), text: `, ${name}` };
  const at = uses.at(-1)?.span.end ?? scope.file.version.end;
  const lineEnd = text.indexOf('\n', at);
  const start = lineEnd < 0 ? text.length : lineEnd;
  return { place: placeIn(scope, { start, end: start }), text: `\nuse ${module} { ${name} }` };
}
