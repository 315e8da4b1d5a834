/** From the name of a file to its tree or its spec, or to the exit code, everything having been said. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Loaded } from '../compiler/elaborate/load.ts';
import { gridHelp, openSpec, type Spec } from '../compiler/elaborate/spec.ts';
import { type Diagnostic, defineCodes } from '../dsl/diagnostic.ts';
import { parse } from '../dsl/parse.ts';
import { nearest } from '../dsl/suggest.ts';
import { EXIT, type Exit } from './exit.ts';
import { diskLoader, entryOf } from './loader.ts';
import { readFileSource, readSource } from './read-source.ts';
import { parseTarget } from './target.ts';

/** The one diagnostic about a file and not about its text. */
export const UNREADABLE = 'D0001';

const report = defineCodes({
  [UNREADABLE]: { severity: 'error', message: (h: { file: string; why: string }) => `cannot read ${h.file}: ${h.why}` },
});

export interface Unreadable {
  readonly diagnostic: Diagnostic;
  readonly exit: Exit;
}

/** The file as named by a person, read but not parsed. */
export async function readEntry(name: string): Promise<Loaded | Unreadable> {
  const result = await readSource(name);
  if ('text' in result) return entryOf(name, result.text);
  const { kind, message, help } = result.problem;
  const { source } = entryOf(name, '');
  const file = name === '-' ? 'standard input' : `\`${name}\``;
  const advice = help ?? (kind === 'missing' ? adviceFor(name) : undefined);
  return {
    diagnostic: report(UNREADABLE, { source, span: { start: 0, end: 0 } }, { file, why: message }, { help: advice }),
    exit: kind === 'invalid' ? EXIT.faults : EXIT.missing,
  };
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isGrid(file: string, name: string): boolean {
  const read = readFileSource(file);
  if (!('text' in read)) return false;
  const { decls } = parse({ path: file, text: read.text }).file;
  return decls.some((decl) => decl.kind === 'grid' && decl.name.text === name);
}

/** For a file that is not there: it was named with a part of it, or its name is misspelt. */
function adviceFor(name: string): string | undefined {
  const target = parseTarget(name);
  if (target.name !== undefined && existsSync(target.file)) {
    const whole = `only whole files can be named here: \`${target.file}\``;
    return isGrid(target.file, target.name) ? `${whole}; ${gridHelp(target.name, target.file)}` : whole;
  }
  const folder = path.dirname(name);
  const specs = namesIn(folder).filter((each) => each.endsWith('.dit'));
  const near = nearest(path.basename(name), specs);
  return near && `did you mean \`${path.join(folder, near)}\`?`;
}

/** The file with all that it imports. */
export async function openSpecFile(name: string): Promise<Spec | Unreadable> {
  const entry = await readEntry(name);
  return 'exit' in entry ? entry : openSpec(entry, diskLoader(entry));
}
