/** The models that the words of `ditc cost` stand for: one for FILE#NAME, every preset of a file for FILE. */
import path from 'node:path';
import { expectedNumbers } from '../compiler/check/expectation.ts';
import type { FactName } from '../compiler/cost/facts.ts';
import type { ModelInstance } from '../compiler/elaborate/model.ts';
import { instantiate, modelsOf, needsNothing, type Override, type Spec } from '../compiler/elaborate/spec.ts';
import type { Diagnostic } from '../dsl/diagnostic.ts';
import type { Invocation } from './command.ts';
import { EXIT, type Exit } from './exit.ts';
import { overridesOf } from './instantiate-target.ts';
import { openSpecFile } from './open-file.ts';
import { hasErrors, refuseDiagnostics, sayDiagnostics } from './say.ts';
import { parseTarget } from './target.ts';

export interface CostTarget {
  readonly spec: Spec;
  readonly name: string;
  /** as it was given */
  readonly file: string;
  readonly model: ModelInstance;
  /** what the preset says of itself: the printed figures */
  readonly expected: Readonly<Partial<Record<FactName, number>>>;
  /** the same target with more settings, if that is a model */
  readonly changed: (override: Override) => ModelInstance | undefined;
}

/** All of them, or none. */
export async function openCostTargets(
  texts: readonly string[],
  invocation: Invocation,
): Promise<readonly CostTarget[] | { readonly exit: Exit }> {
  const opened = await openSoundTargets(texts, invocation);
  if ('exit' in opened) return opened;
  const { targets, faults } = opened;
  return faults.length > 0 ? { exit: refuseDiagnostics(faults, EXIT.faults, invocation) } : targets;
}

export interface SoundTargets {
  readonly targets: readonly CostTarget[];
  /** of presets that are no models */
  readonly faults: readonly Diagnostic[];
}

/** Those that are models; where none is, all having been said, the exit code. */
export async function openSoundTargets(
  texts: readonly string[],
  invocation: Invocation,
): Promise<SoundTargets | { readonly exit: Exit }> {
  const overrides = overridesOf(invocation);
  if ('exit' in overrides) return overrides;
  const specs = new Map<string, Spec>();
  const targets: CostTarget[] = [];
  const faults: Diagnostic[] = [];
  for (const text of texts) {
    const { file, name } = parseTarget(text);
    const spec = specs.get(file) ?? (await openSpecFile(file));
    if ('exit' in spec) return { exit: refuseDiagnostics([spec.diagnostic], spec.exit, invocation) };
    const first = !specs.has(file);
    specs.set(file, spec);
    const names = name === undefined ? namesOf(spec) : [name];
    const warnings: Diagnostic[] = first ? [...spec.diagnostics] : [];
    for (const each of names) {
      const { model, diagnostics } = instantiate(spec, each, overrides);
      const all = [...spec.diagnostics, ...diagnostics];
      if (hasErrors(spec.diagnostics)) return { exit: refuseDiagnostics(all, EXIT.faults, invocation) };
      if (model === undefined || hasErrors(diagnostics)) {
        faults.push(...diagnostics);
        continue;
      }
      warnings.push(...diagnostics);
      const preset = each === undefined ? undefined : spec.entry.presets.get(each);
      targets.push({
        spec,
        file,
        name: each ?? model.symbol.decl.name.text,
        model,
        // a preset that was changed is no longer what was printed
        expected:
          preset === undefined || overrides.length > 0
            ? {}
            : expectedNumbers(preset.decl.expect, preset.scope, spec.instances),
        changed: (override) => instantiate(spec, each, [...overrides, override]).model,
      });
    }
    sayDiagnostics(distinct(warnings), invocation.terminal);
  }
  if (targets.length === 0) return { exit: refuseDiagnostics(distinct(faults), EXIT.faults, invocation) };
  return { targets, faults: distinct(faults) };
}

/** What columns and rows of a table call them: the name, after the file where two have one name. */
export function headingsOf(targets: readonly Pick<CostTarget, 'name' | 'file'>[]): readonly string[] {
  const bases = new Map<string, Set<string>>();
  for (const { file } of targets) {
    const base = path.basename(file);
    bases.set(base, (bases.get(base) ?? new Set()).add(file));
  }
  return targets.map(({ name, file }) => {
    if (!targets.some((other) => other.name === name && other.file !== file)) return name;
    const base = path.basename(file);
    return `${bases.get(base)!.size > 1 ? file : base}#${name}`;
  });
}

/** The presets that a file defines and that are models, else its models; undefined asks for its only one. */
function namesOf(spec: Spec): readonly (string | undefined)[] {
  const { entry } = spec;
  const presets = [...entry.presets.values()].filter(
    ({ scope, decl }) => scope === entry && !decl.expect.some((fact) => fact.name.text === 'error'),
  );
  if (presets.length > 0) return presets.map(({ decl }) => decl.name.text);
  const models = modelsOf(spec).filter(needsNothing);
  return models.length > 0 ? models.map(({ decl }) => decl.name.text) : [undefined];
}

/** Presets of one model make the same remarks. */
function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ code, place }) => {
    const key = `${code} ${place.source.path} ${place.span.start}`;
    return !seen.has(key) && seen.add(key);
  });
}
