/** A spec opened so that its texts can be kept with what is made from it, and `--set`s sorted into model and recipe. */
import { type Override, openSpec, type Spec } from '../compiler/elaborate/spec.ts';
import { recording, type SpecRecord } from '../runtime/train/spec-record.ts';
import { type Invocation, refuse } from './command.ts';
import { EXIT, type Exit } from './exit.ts';
import { diskLoader } from './loader.ts';
import { readEntry } from './open-file.ts';
import { refuseDiagnostics } from './say.ts';
import { parseSetting, parseTarget } from './target.ts';

export interface Recorded {
  readonly spec: Spec;
  readonly record: SpecRecord;
  readonly name?: string;
}

export async function openRecorded(
  target: string,
  invocation: Invocation,
): Promise<Recorded | { readonly exit: Exit }> {
  const { file, name } = parseTarget(target);
  const entry = await readEntry(file);
  if ('exit' in entry) return { exit: refuseDiagnostics([entry.diagnostic], entry.exit, invocation) };
  const { loader, record } = recording(entry, diskLoader(entry));
  const spec = openSpec(entry, loader);
  return { spec, record: record(), name };
}

export interface Overrides {
  readonly model: readonly Override[];
  /** paths without `recipe.` */
  readonly recipe: readonly Override[];
}

export function overridesOf(invocation: Invocation): Overrides | { readonly exit: Exit } {
  const model: Override[] = [];
  const recipe: Override[] = [];
  for (const text of (invocation.options.set as readonly string[] | undefined) ?? []) {
    const setting = parseSetting(text);
    if (setting === undefined) {
      const help = 'for example `--set size.depth=12` or `--set recipe.steps=500`';
      return { exit: refuse(invocation, EXIT.usage, `\`--set ${text}\` is not of the form path=value`, help) };
    }
    const { path, value } = setting;
    if (path.startsWith('recipe.')) recipe.push({ path: path.slice('recipe.'.length), value });
    else model.push(setting);
  }
  return { model, recipe };
}
