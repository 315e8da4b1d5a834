/** From `FILE#NAME` and `--set`s to a model, or to the exit code, everything having been said. */

import type { ModelInstance } from '../compiler/elaborate/model.ts';
import { instantiate, type Override, type Spec } from '../compiler/elaborate/spec.ts';
import { type Invocation, refuse } from './command.ts';
import { EXIT, type Exit } from './exit.ts';
import { openSpecFile } from './open-file.ts';
import { hasErrors, refuseDiagnostics, sayDiagnostics } from './say.ts';
import { parseSetting, parseTarget } from './target.ts';

export interface OpenTarget {
  readonly spec: Spec;
  readonly model: ModelInstance;
}

/** Collects a repeatable option. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** What `--set` says. */
export function overridesOf(invocation: Invocation): readonly Override[] | { readonly exit: Exit } {
  const overrides: Override[] = [];
  for (const set of (invocation.options.set as readonly string[] | undefined) ?? []) {
    const setting = parseSetting(set);
    if (setting === undefined) {
      const exit = refuse(
        invocation,
        EXIT.usage,
        `\`--set ${set}\` is not of the form path=value`,
        'for example `--set size.depth=12`',
      );
      return { exit };
    }
    overrides.push(setting);
  }
  return overrides;
}

export async function instantiateTarget(
  text: string,
  invocation: Invocation,
): Promise<OpenTarget | { readonly exit: Exit }> {
  const overrides = overridesOf(invocation);
  if ('exit' in overrides) return overrides;
  const { file, name } = parseTarget(text);
  const spec = await openSpecFile(file);
  if ('exit' in spec) return { exit: refuseDiagnostics([spec.diagnostic], spec.exit, invocation) };
  const { model, diagnostics } = instantiate(spec, name, overrides);
  const all = [...spec.diagnostics, ...diagnostics];
  if (model === undefined || hasErrors(all)) return { exit: refuseDiagnostics(all, EXIT.faults, invocation) };
  sayDiagnostics(diagnostics, invocation.terminal);
  return { spec, model };
}
