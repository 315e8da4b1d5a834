/**
 * Everything that can be said of a spec before it runs: of its text and names, of each model and preset that it
 * defines, of what presets expect, of recipes. One mistake that many presets run into is said once.
 */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { report } from '../elaborate/codes.ts';
import { createSession } from '../elaborate/context.ts';
import type { ModelInstance } from '../elaborate/model.ts';
import { resolvePoint } from '../elaborate/point.ts';
import { type ResolvedRecipe, resolveRecipe } from '../elaborate/recipe.ts';
import { instantiate, instantiatePoint, modelsOf, needsNothing, type Spec } from '../elaborate/spec.ts';
import { type PresetSymbol, placeIn } from '../elaborate/symbol.ts';
import { resolveGrid } from '../grid/grid.ts';
import { checkFacts } from './expectation.ts';
import { checkModel } from './model-check.ts';
import { checkObjective } from './objective-check.ts';

export interface Checked {
  readonly diagnostics: readonly Diagnostic[];
  /** models by what they are called: `DiT`, `preset "DiT-S/2"` */
  readonly models: readonly ModelInstance[];
  readonly presets: number;
  readonly recipes: number;
  readonly grids: number;
}

/** What the runtime knows of recipes: their fields and words. The compiler does not depend on it. */
export interface Checks {
  readonly recipe?: (recipe: ResolvedRecipe) => readonly Diagnostic[];
}

export function checkSpec(spec: Spec, checks: Checks = {}): Checked {
  const said = createSaid();
  said.add(spec.diagnostics);
  const models: ModelInstance[] = [];
  const { entry } = spec;
  for (const symbol of modelsOf(spec)) {
    if (!needsNothing(symbol)) continue;
    const { model, diagnostics } = instantiatePoint(spec, { model: symbol, settings: new Map() }, '');
    said.add(diagnostics);
    if (model !== undefined) {
      models.push(model);
      said.add(checkModel(model));
    }
  }
  const presets = [...entry.presets.values()].filter((preset) => preset.scope === entry);
  for (const preset of presets) {
    const model = checkPreset(spec, preset, said);
    if (model !== undefined) models.push(model);
  }
  const recipes = [...entry.recipes.values()].filter((recipe) => recipe.scope === entry);
  for (const recipe of recipes) {
    const session = createSession(spec.instances, `recipe ${recipe.decl.name.text}`, false);
    const resolved = resolveRecipe(recipe, session);
    said.add(session.diagnostics);
    if (resolved === undefined) continue;
    said.add(checks.recipe?.(resolved) ?? []);
    for (const model of oneOfEach(models)) said.add(checkObjective(resolved.entries, model));
  }
  const grids = [...entry.grids.values()].filter((grid) => grid.scope === entry);
  for (const grid of grids) said.add(resolveGrid(spec, grid, checks).diagnostics);
  return {
    diagnostics: said.list(),
    models,
    presets: presets.length,
    recipes: recipes.length,
    grids: grids.length,
  };
}

function checkPreset(spec: Spec, preset: PresetSymbol, said: ReturnType<typeof createSaid>): ModelInstance | undefined {
  const { decl, scope } = preset;
  const target = `preset "${decl.name.text}"`;
  const session = createSession(spec.instances, target, false);
  const point = resolvePoint(decl.point, scope, session, [preset]);
  const { model, diagnostics } =
    point === undefined
      ? { model: undefined, diagnostics: session.diagnostics }
      : instantiatePoint(spec, point, target);
  const wanted = decl.expect.find((fact) => fact.name.text === 'error');
  if (wanted !== undefined) {
    const code =
      wanted.value.kind === 'name' ? wanted.value.name.text : wanted.value.kind === 'string' ? wanted.value.value : '?';
    const found = diagnostics.some((diagnostic) => diagnostic.code === code);
    said.add(diagnostics.filter((diagnostic) => diagnostic.code !== code));
    if (!found) said.add([report('D0604', placeIn(scope, wanted.span), { code }, { notes: [`of ${target}`] })]);
    return undefined;
  }
  said.add(diagnostics);
  if (model === undefined) return undefined;
  said.add(checkModel(model));
  const base = () => {
    const from = decl.point.ofPreset ? decl.point.of.text : undefined;
    return from === undefined ? undefined : instantiate(spec, from).model;
  };
  said.add(checkFacts(decl.expect, model, scope, base));
  return model;
}

/** The first instance of every model. */
function oneOfEach(models: readonly ModelInstance[]): readonly ModelInstance[] {
  return [...new Map([...models].reverse().map((model) => [model.symbol, model])).values()];
}

function createSaid() {
  const seen = new Set<string>();
  const all: Diagnostic[] = [];
  return {
    add(diagnostics: readonly Diagnostic[]): void {
      for (const diagnostic of diagnostics) {
        const { place } = diagnostic;
        const key = `${diagnostic.code} ${place.source.path} ${place.span.start}`;
        if (seen.has(key)) continue;
        seen.add(key);
        all.push(diagnostic);
      }
    },
    /** errors before warnings, each in the order of the text */
    list: (): readonly Diagnostic[] =>
      [...all].sort((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning')),
  };
}
