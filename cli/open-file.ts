/** From the name of a file to its tree or its spec, or to the exit code, everything having been said. */

import type { Loaded } from '../compiler/elaborate/load.ts';
import { openSpec, type Spec } from '../compiler/elaborate/spec.ts';
import { type Diagnostic, defineCodes } from '../dsl/diagnostic.ts';
import { EXIT, type Exit } from './exit.ts';
import { diskLoader, entryOf } from './loader.ts';
import { readSource } from './read-source.ts';

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
  return {
    diagnostic: report(UNREADABLE, { source, span: { start: 0, end: 0 } }, { file, why: message }, { help }),
    exit: kind === 'invalid' ? EXIT.faults : EXIT.missing,
  };
}

/** The file with all that it imports. */
export async function openSpecFile(name: string): Promise<Spec | Unreadable> {
  const entry = await readEntry(name);
  return 'exit' in entry ? entry : openSpec(entry, diskLoader(entry));
}
