/**
 * Reads a file and what it imports into scopes. Files come from a `Loader`, so that the compiler needs no file system:
 * the command reads a disk, a browser a bundle. Everything that can be wrong with an import is said here, once.
 */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { parse } from '../../dsl/parse.ts';
import type { Source, Span } from '../../dsl/span.ts';
import { nearest } from '../../dsl/suggest.ts';
import type { Decl, Name, Use } from '../../dsl/tree.ts';
import { report } from './codes.ts';
import { placeIn, type Scope, type Symbol_ } from './symbol.ts';

/** Where the texts of files come from. */
export interface Loader {
  /**
   * The file that an import names, seen from the file `from` (its id); the entry file has no `from`. `module` is
   * `std.blocks`, `path` a string relative to the importing file.
   */
  load(
    request: { readonly kind: 'module' | 'path'; readonly text: string },
    from?: string,
  ): Loaded | { readonly problem: string; readonly help?: string };
}
export interface Loaded {
  /** equal for equal files: a normalised path, or the name of a module */
  readonly id: string;
  readonly source: Source;
}

/** Imports may not be chained deeper, nor a spec be made of more files. */
const MAX_FILES = 500;

export interface Loading {
  readonly scopes: ReadonlyMap<string, Scope>;
  readonly entry: Scope;
  readonly diagnostics: readonly Diagnostic[];
}

/** as it stands in `Scope.broken` and in messages */
const localName = (item: Use['items'][number]): string =>
  item.kind === 'name' ? (item.as ?? item.name).text : `"${item.name.text}"`;

/**
 * What a file with mistakes of syntax seems to define or import, and what is not in its tree: nobody is told that these
 * names are unknown.
 */
function* brokenNames({ file }: Scope): Iterable<string> {
  const { text } = file.source;
  const known = new Set(
    file.decls.flatMap((decl) =>
      decl.kind === 'use' ? decl.items.map(localName) : decl.kind === 'preset' ? `"${decl.name.text}"` : decl.name.text,
    ),
  );
  const found = [
    ...[...text.matchAll(/\b(?:block|model|const|record|enum|recipe|grid)\s+([A-Za-z_]\w*)/g)].map(
      (match) => match[1]!,
    ),
    ...[...text.matchAll(/\bpreset\s+("[^"\n]*")/g)].map((match) => match[1]!),
    ...[...text.matchAll(/\buse\b[^{}]*\{([^{}]*)\}?/g)].flatMap(
      (match) => match[1]!.match(/"[^"\n]*"|[A-Za-z_]\w*/g) ?? [],
    ),
  ];
  for (const name of found) if (!known.has(name)) yield name;
}

let ids = 0;

export function loadFiles(entry: Loaded, loader: Loader): Loading {
  const scopes = new Map<string, Scope>();
  const diagnostics: Diagnostic[] = [];
  const opening: string[] = [];

  function open(file: Loaded): Scope {
    const parsed = parse(file.source);
    diagnostics.push(...parsed.diagnostics);
    const scope: Scope = {
      file: parsed.file,
      id: file.id,
      names: new Map(),
      presets: new Map(),
      recipes: new Map(),
      grids: new Map(),
      imports: new Map(),
      imported: [],
      broken: new Set(),
    };
    scopes.set(file.id, scope);
    opening.push(file.id);
    if (parsed.diagnostics.length > 0) for (const name of brokenNames(scope)) scope.broken.add(name);
    for (const decl of parsed.file.decls) define(scope, decl, diagnostics);
    for (const decl of parsed.file.decls) if (decl.kind === 'use') include(scope, decl);
    opening.pop();
    return scope;
  }

  function include(scope: Scope, use: Use): void {
    const path = use.from.kind === 'path' ? `"${use.from.text}"` : use.from.text;
    const cannot = (why: string, help?: string): void => {
      diagnostics.push(report('D0203', placeIn(scope, use.from.span), { path, why }, { help }));
      // what it would have brought is not reported again where it is used
      for (const item of use.items) scope.broken.add(localName(item));
    };
    const loaded = loader.load(use.from, scope.id);
    if ('problem' in loaded) return cannot(loaded.problem, loaded.help);
    if (opening.includes(loaded.id)) {
      const shown = (id: string): string => scopes.get(id)?.file.source.path ?? id;
      const cycle = [...opening.slice(opening.indexOf(loaded.id)), loaded.id].map(shown).join(' → ');
      diagnostics.push(report('D0205', placeIn(scope, use.from.span), { cycle }));
      for (const item of use.items) scope.broken.add(localName(item));
      return;
    }
    if (!scopes.has(loaded.id) && scopes.size >= MAX_FILES) return cannot(`more than ${MAX_FILES} files`);
    const other = scopes.get(loaded.id) ?? open(loaded);
    scope.imported.push(other);
    for (const item of use.items) bring(scope, use, other, item, path, diagnostics);
  }

  return { entry: open(entry), scopes, diagnostics };
}

function bring(
  scope: Scope,
  use: Use,
  other: Scope,
  item: Use['items'][number],
  path: string,
  diagnostics: Diagnostic[],
): void {
  const wanted = item.name.text;
  const local = (item.as ?? item.name).text;
  if (item.kind === 'preset') {
    const preset = other.presets.get(wanted);
    if (preset === undefined) {
      if (!other.broken.has(localName(item)))
        return missing(scope, item.name, path, [...other.presets.keys()], diagnostics);
      scope.broken.add(`"${local}"`);
      return;
    }
    if (clash(scope, item.name, local, 'preset', scope.presets, diagnostics)) return;
    scope.presets.set(local, preset);
    scope.imports.set(`"${local}"`, { use, local, span: item.span, what: `"${local}"`, used: use.export });
    return;
  }
  const symbol = other.names.get(wanted);
  const recipe = other.recipes.get(wanted);
  const grid = other.grids.get(wanted);
  if (symbol === undefined && recipe === undefined && grid === undefined) {
    if (!other.broken.has(wanted))
      return missing(
        scope,
        item.name,
        path,
        [...other.names.keys(), ...other.recipes.keys(), ...other.grids.keys()],
        diagnostics,
      );
    scope.broken.add(local);
    return;
  }
  if (symbol !== undefined) {
    if (clash(scope, item.as ?? item.name, local, 'name', scope.names, diagnostics)) return;
    scope.names.set(local, symbol);
  }
  if (recipe !== undefined && !clash(scope, item.as ?? item.name, local, 'recipe', scope.recipes, diagnostics))
    scope.recipes.set(local, recipe);
  if (grid !== undefined && !clash(scope, item.as ?? item.name, local, 'grid', scope.grids, diagnostics))
    scope.grids.set(local, grid);
  scope.imports.set(local, { use, local, span: item.span, what: `\`${local}\``, used: use.export });
}

function missing(
  scope: Scope,
  name: Name,
  path: string,
  candidates: readonly string[],
  diagnostics: Diagnostic[],
): void {
  const close = nearest(name.text, candidates);
  const quoted = scope.file.source.text[name.span.start] === '"';
  scope.broken.add(quoted ? `"${name.text}"` : name.text);
  const written = close === undefined ? undefined : quoted ? `"${close}"` : close;
  diagnostics.push(
    report(
      'D0204',
      placeIn(scope, name.span),
      { name: name.text, from: path.replaceAll('"', '') },
      {
        help: written === undefined ? undefined : `did you mean \`${written}\`?`,
        fixes:
          written === undefined
            ? []
            : [{ message: `write \`${written}\``, edits: [{ place: placeIn(scope, name.span), text: written }] }],
      },
    ),
  );
}

/** A name that the file has already is said, and stays what it was. */
function clash(
  scope: Scope,
  name: Name,
  local: string,
  what: string,
  table: ReadonlyMap<string, unknown>,
  diagnostics: Diagnostic[],
): boolean {
  if (!table.has(local)) return false;
  diagnostics.push(
    report('D0202', placeIn(scope, name.span), { name: local, what }, { labels: labelsFor(scope, local, table) }),
  );
  return true;
}

function labelsFor(scope: Scope, local: string, table: ReadonlyMap<string, unknown>) {
  const earlier = table.get(local) as { readonly decl?: { readonly name: Name }; readonly scope?: Scope } | undefined;
  const imported = scope.imports.get(local) ?? scope.imports.get(`"${local}"`);
  const span: Span | undefined = earlier?.scope === scope ? earlier.decl?.name.span : imported?.span;
  return span === undefined ? [] : [{ place: placeIn(scope, span), text: 'first defined here' }];
}

function define(scope: Scope, decl: Decl, diagnostics: Diagnostic[]): void {
  switch (decl.kind) {
    case 'use':
      return;
    case 'preset':
      if (!clash(scope, decl.name, decl.name.text, 'preset', scope.presets, diagnostics))
        scope.presets.set(decl.name.text, { decl, scope });
      return;
    case 'recipe':
      if (!clash(scope, decl.name, decl.name.text, 'recipe', scope.recipes, diagnostics))
        scope.recipes.set(decl.name.text, { decl, scope });
      return;
    case 'grid':
      if (!clash(scope, decl.name, decl.name.text, 'grid', scope.grids, diagnostics))
        scope.grids.set(decl.name.text, { decl, scope });
      return;
    default:
      if (!clash(scope, decl.name, decl.name.text, 'name', scope.names, diagnostics))
        scope.names.set(decl.name.text, symbolOf(decl, scope));
  }
}

function symbolOf(decl: Exclude<Decl, { kind: 'use' | 'preset' | 'recipe' | 'grid' }>, scope: Scope): Symbol_ {
  switch (decl.kind) {
    case 'const':
      return { kind: 'const', decl, scope };
    case 'enum':
      return { kind: 'enum', decl, scope };
    case 'record':
      return { kind: 'record', decl, scope, id: ++ids };
    case 'block':
      return { kind: 'block', decl, scope, id: ++ids };
    case 'model':
      return { kind: 'model', decl, scope, id: ++ids };
  }
}
