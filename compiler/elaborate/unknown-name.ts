import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { nearest } from '../../dsl/suggest.ts';
import type { Name } from '../../dsl/tree.ts';
import { OPS } from '../ops/registry.ts';
import { BUILTIN_VALUES, BUILTINS } from './builtin.ts';
import { report } from './codes.ts';
import { foreignFix, foreignHelp } from './foreign-name.ts';
import { placeIn, type Scope } from './symbol.ts';

export interface Known {
  readonly scope: Scope;
  /** where a name may be that the file does not import */
  readonly standard: () => readonly Scope[];
  /** what helps where a name stands that nothing is like */
  readonly hint?: string;
}

/**
 * An unknown name: the module that has it and could be imported, what a name of PyTorch is here, or the nearest name
 * that is known here or could be imported.
 */
export function unknownName(
  code: 'D0201' | 'D0213',
  name: Name,
  { scope, standard, hint }: Known,
  locals: readonly string[],
): Diagnostic {
  const place = placeIn(scope, name.span);
  const { text } = name;
  const say = (extras: Parameters<typeof report>[3]): Diagnostic => report(code, place, { name: text }, extras);
  const module = moduleOf(text, scope, standard());
  if (module !== undefined) {
    // one import mends all its places
    scope.broken.add(text);
    const use = `use ${module} { ${text} }`;
    return say({
      help: `it is in \`${module}\`: write \`${use}\``,
      fixes: [{ message: `add \`${use}\``, edits: [importEdit(scope, module, text)] }],
    });
  }
  const help = foreignHelp(text);
  if (help !== undefined) {
    const fix = foreignFix(text);
    return say({
      help,
      fixes: fix === undefined ? [] : [{ message: `write \`${fix}\``, edits: [{ place, text: fix }] }],
    });
  }
  const here =
    code === 'D0213'
      ? locals
      : [
          ...locals,
          ...scope.names.keys(),
          ...Object.keys(BUILTINS),
          ...Object.keys(BUILTIN_VALUES),
          ...Object.keys(OPS),
        ];
  const close = nearest(text, code === 'D0213' ? here : [...here, ...standard().flatMap(ownNames)]);
  if (close === undefined) return say({ help: hint });
  // it is what the import is there for
  const meant = scope.imports.get(close);
  if (meant !== undefined) meant.used = true;
  const from = here.includes(close) ? undefined : moduleOf(close, scope, standard());
  const edits = [{ place, text: close }];
  if (from === undefined)
    return say({ help: `did you mean \`${close}\`?`, fixes: [{ message: `write \`${close}\``, edits }] });
  const use = `use ${from} { ${close} }`;
  return say({
    help: `did you mean \`${close}\`, with \`${use}\`?`,
    fixes: [{ message: `write \`${close}\` and \`${use}\``, edits: [...edits, importEdit(scope, from, close)] }],
  });
}

/** Names that a module defines, without those that it imports. */
const ownNames = (module: Scope): string[] =>
  [...module.names].flatMap(([text, symbol]) => (symbol.scope === module ? [text] : []));

const moduleOf = (text: string, scope: Scope, standard: readonly Scope[]): string | undefined =>
  standard.find((module) => module.id !== scope.id && module.names.get(text)?.scope === module)?.id;

/** Into an import of that file (`std.nn`, `"./optim.dit"`) that is there already, or as a new line after the last one. */
export function importEdit(scope: Scope, module: string, name: string) {
  const { text } = scope.file.source;
  const uses = scope.file.decls.filter((decl) => decl.kind === 'use');
  const same = uses.find(({ from }) => (from.kind === 'path' ? `"${from.text}"` : from.text) === module);
  const last = same?.items.at(-1);
  if (last !== undefined)
    return { place: placeIn(scope, { start: last.span.end, end: last.span.end }), text: `, ${name}` };
  const at = uses.at(-1)?.span.end ?? scope.file.version.end;
  const lineEnd = text.indexOf('\n', at);
  const start = lineEnd < 0 ? text.length : lineEnd;
  return { place: placeIn(scope, { start, end: start }), text: `\nuse ${module} { ${name} }` };
}
