/** The files of the tree and what they import, for the tests of the architecture. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ts } from 'ts-morph';

export const root = fileURLToPath(new URL('..', import.meta.url));

export interface Import {
  /** a file of the tree (`dsl/span.ts`), or the name of a package or of a module of Node */
  readonly to: string;
  readonly kind: 'value' | 'type' | 'dynamic';
}

export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
  /** constructs that the conventions exclude */
  readonly forbidden: readonly string[];
}

/** Every file that is or would be committed. */
export const trackedFiles = (): string[] =>
  execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter((file) => file !== '' && existsSync(path.join(root, file)))
    .sort();

export const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

const resolve = (from: string, to: string): string =>
  to.startsWith('.')
    ? path.posix.normalize(path.posix.join(path.posix.dirname(from), to))
    : to.replace(/^((?:@[^/]+\/)?[^/]+).*$/, '$1');

function scan(file: string): SourceFile {
  const text = read(file);
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const imports: Import[] = [];
  const forbidden: string[] = [];
  const add = (node: ts.Node | undefined, kind: Import['kind']): void => {
    if (node && ts.isStringLiteralLike(node)) imports.push({ to: resolve(file, node.text), kind });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword ? 'type' : 'value');
    } else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly ? 'type' : 'value');
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, 'type');
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], 'dynamic');
    }
    if (ts.isExportAssignment(node)) forbidden.push('a default export');
    if (ts.isEnumDeclaration(node)) forbidden.push('an enum');
    if (ts.isModuleDeclaration(node) && !(node.flags & ts.NodeFlags.GlobalAugmentation) && !file.endsWith('.d.ts')) {
      forbidden.push('a namespace');
    }
    if (ts.canHaveModifiers(node) && ts.getModifiers(node)?.some((m) => m.kind === ts.SyntaxKind.DefaultKeyword)) {
      forbidden.push('a default export');
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { path: file, text, imports, forbidden };
}

/** All code of the tree by its path. */
export const sourceFiles = (): Map<string, SourceFile> =>
  new Map(
    trackedFiles()
      .filter((file) => /\.(ts|mts|mjs|js)$/.test(file) && !/^test\/(golden|fixtures)\//.test(file))
      .map((file) => [file, scan(file)]),
  );

/** What is reached from some files along imports of some kinds: files and packages, each with how it was reached. */
export function reach(
  files: ReadonlyMap<string, SourceFile>,
  from: readonly string[],
  kinds: readonly Import['kind'][],
): Map<string, string[]> {
  const found = new Map(from.map((file) => [file, [file]]));
  for (const [file, trail] of found) {
    for (const { to, kind } of files.get(file)?.imports ?? []) {
      if (kinds.includes(kind) && !found.has(to)) found.set(to, [...trail, to]);
    }
  }
  return found;
}
