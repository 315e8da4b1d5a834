/** Parts of files become files: the parts in order below the imports of all that they name. */
import { IndentationText, Project, QuoteKind, type SourceFile } from 'ts-morph';
import { WIDTH } from './expression.ts';

interface Origin {
  /** a file of the module without its extension, or a package */
  readonly file: string;
  readonly isType?: boolean;
}

/** Where functions and types that files name come from. */
export type Origins = Map<string, Origin>;

export interface Sources {
  /** below what the file has already */
  add(file: string, text: string, names: Iterable<string>): void;
  /** above everything else in a file */
  head(file: string, text: string): void;
  /** by name with its extension, in order */
  finish(origins: Origins): Map<string, string>;
}

/** `blocks/linear` seen from `gradients/mlp`: `../blocks/linear.js` */
function specifier(from: string, to: string): string {
  const [a, b] = [from.split('/'), to.split('/')];
  if (a.length > 1 && a[0] === b[0]) return `./${b.at(-1)}.js`;
  return `${a.length > 1 ? '../' : './'}${to}.js`;
}

function addImports(file: SourceFile, here: string, names: ReadonlySet<string>, origins: Origins): void {
  const byFile = new Map<string, { name: string; isType: boolean }[]>();
  for (const name of [...names].sort(byLetters)) {
    const origin = origins.get(name);
    if (origin === undefined || origin.file === here) continue;
    const list = byFile.get(origin.file) ?? [];
    list.push({ name, isType: origin.isType === true });
    byFile.set(origin.file, list);
  }
  const packages = [...byFile].filter(([from]) => from.startsWith('@'));
  const files = [...byFile].filter(([from]) => !from.startsWith('@'));
  const wanted = [...packages, ...files].map(([from, list]) => ({
    from: from.startsWith('@') ? from : specifier(here, from),
    list,
  }));
  for (const { from, list } of wanted.sort((a, b) => rank(a.from) - rank(b.from) || (a.from < b.from ? -1 : 1))) {
    const allTypes = list.every(({ isType }) => isType);
    file.addImportDeclaration({
      moduleSpecifier: from,
      isTypeOnly: allTypes,
      namedImports: list.map(({ name, isType }) => ({ name, isTypeOnly: isType && !allTypes })),
    });
  }
}

/** Packages, then files further away, then those beside it. */
const rank = (from: string): number => (from.startsWith('@') ? 0 : from.startsWith('../') ? 1 : 2);

/** As formatters sort: letter by letter, capitals before the same small letter. */
function byLetters(a: string, b: string): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const [one, two] = [a[at]!, b[at]!];
    if (one === two) continue;
    const [x, y] = [one.toLowerCase(), two.toLowerCase()];
    return x === y ? (one < two ? -1 : 1) : x < y ? -1 : 1;
  }
  return a.length - b.length;
}

/** A name a line where they are too many for one. */
function wrapped(line: string): string {
  if (line.length <= WIDTH) return line;
  return line.replace(/\{ (.*) \}/, (_, names: string) => `{\n  ${names.split(', ').join(',\n  ')},\n}`);
}

const NAMESPACES = [
  ['tf', '@tensorflow/tfjs-core'],
  ['tfl', '@tensorflow/tfjs-layers'],
] as const;

export function createSources(): Sources {
  const parts = new Map<string, { readonly texts: string[]; readonly names: Set<string>; head: string }>();
  const partOf = (file: string) => {
    let part = parts.get(file);
    if (part === undefined) parts.set(file, (part = { texts: [], names: new Set(), head: '' }));
    return part;
  };
  return {
    add(file, text, names) {
      const part = partOf(file);
      part.texts.push(text);
      for (const name of names) part.names.add(name);
    },
    head(file, text) {
      partOf(file).head = text;
    },
    finish(origins) {
      const project = new Project({
        useInMemoryFileSystem: true,
        manipulationSettings: { quoteKind: QuoteKind.Single, indentationText: IndentationText.TwoSpaces },
      });
      const files = new Map<string, string>();
      for (const [name, { texts, names, head }] of parts) {
        const text = texts.join('\n\n');
        const file = project.createSourceFile(`${name}.ts`, '');
        addImports(file, name, names, origins);
        const spaces = NAMESPACES.filter(([space]) => new RegExp(`\\b${space}\\.`).test(text));
        for (const [space, from] of spaces) {
          // types of a package stand before its names
          const at = file.getImportDeclarations().findLastIndex((one) => one.getModuleSpecifierValue() === from);
          const types = file
            .getImportDeclarations()
            .filter((one) => one.getModuleSpecifierValue() < from && one.getModuleSpecifierValue().startsWith('@'));
          file.insertImportDeclaration(Math.max(at + 1, types.length), {
            moduleSpecifier: from,
            namespaceImport: space,
          });
        }
        const imports = file.getImportDeclarations().map((each) => wrapped(each.getText()));
        files.set(`${name}.ts`, `${head}${imports.length > 0 ? `${imports.join('\n')}\n\n` : ''}${text}\n`);
      }
      return files;
    },
  };
}
