/**
 * A job: one model, one recipe, one seed. Where it comes from is kept in a form that can be written down and read back: a
 * preset with overrides, or a point of a grid.
 */
import { createSession } from '../../compiler/elaborate/context.ts';
import type { ModelInstance } from '../../compiler/elaborate/model.ts';
import { type ResolvedRecipe, resolveRecipe } from '../../compiler/elaborate/recipe.ts';
import { instantiate, type Override, type Spec } from '../../compiler/elaborate/spec.ts';
import type { RecipeSymbol } from '../../compiler/elaborate/symbol.ts';
import { type PlanPoint, planGrid } from '../../compiler/grid/plan.ts';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { nearest } from '../../dsl/suggest.ts';
import { overriddenGrid, planChecks } from '../recipe/overridden-grid.ts';
import { overrideRecipe } from '../recipe/override.ts';
import { checkRecipe, type Recipe } from '../recipe/recipe.ts';
import { done, type Outcome, refuseSaying, refuseWith } from './refusal.ts';

export interface Job {
  readonly spec: Spec;
  readonly model: ModelInstance;
  readonly recipe: Recipe;
  readonly seed: number;
  readonly origin: Origin;
}

/** Overrides of recipes have paths without `recipe.` before them. */
export type Origin =
  | {
      readonly kind: 'target';
      readonly name?: string;
      readonly overrides: readonly Override[];
      readonly recipe?: string;
      readonly recipeOverrides: readonly Override[];
      readonly seed: number;
    }
  | {
      readonly kind: 'point';
      readonly grid: string;
      readonly point: string;
      readonly recipeOverrides: readonly Override[];
    };

const hasError = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some(({ severity }) => severity === 'error');

/** `later`: what is changed in the recipe of a run that is there, to sample it in another way: after the axes of a grid. */
export function openJob(spec: Spec, origin: Origin, later: readonly Override[] = []): Outcome<Job> {
  if (hasError(spec.diagnostics)) return refuseWith(spec.diagnostics);
  return origin.kind === 'target'
    ? targetJob(spec, { ...origin, recipeOverrides: [...origin.recipeOverrides, ...later] })
    : gridJob(spec, origin, later);
}

function targetJob(spec: Spec, origin: Extract<Origin, { kind: 'target' }>): Outcome<Job> {
  const { model, diagnostics } = instantiate(spec, origin.name, origin.overrides);
  if (model === undefined || hasError(diagnostics)) return refuseWith(diagnostics);
  const symbol = recipeNamed(spec, origin.recipe);
  if (!symbol.ok) return symbol;
  const session = createSession(spec.instances, `recipe ${symbol.value.decl.name.text}`, false);
  const resolved = resolveRecipe(symbol.value, session);
  if (resolved === undefined) return refuseWith(session.diagnostics);
  const recipe = finishRecipe(spec, resolved, origin.recipeOverrides);
  return recipe.ok ? done({ spec, model, recipe: recipe.value, seed: origin.seed, origin }) : recipe;
}

/** The recipe of that name, or the first of the file, or the only one that it imports. */
function recipeNamed(spec: Spec, name: string | undefined): Outcome<RecipeSymbol> {
  const { entry } = spec;
  const own = entry.file.decls.flatMap((decl) => (decl.kind === 'recipe' ? [decl.name.text] : []));
  const wanted = name ?? own[0] ?? (entry.recipes.size === 1 ? [...entry.recipes.keys()][0] : undefined);
  const symbol = wanted === undefined ? undefined : entry.recipes.get(wanted);
  if (symbol !== undefined) return done(symbol);
  const known = [...entry.recipes.keys()];
  const close = wanted === undefined ? undefined : nearest(wanted, known);
  return refuseSaying(
    entry.file.source.path,
    wanted === undefined ? 'has no recipe' : `has no recipe \`${wanted}\``,
    close !== undefined
      ? `did you mean \`${close}\`?`
      : known.length > 0
        ? `it has ${known.map((each) => `\`${each}\``).join(', ')}`
        : 'write one: `recipe quick { objective: … }`',
  );
}

function finishRecipe(spec: Spec, resolved: ResolvedRecipe, overrides: readonly Override[]): Outcome<Recipe> {
  const session = createSession(spec.instances, `recipe ${resolved.name}`, false);
  const changed = overrideRecipe(resolved, overrides, spec.entry, session);
  if (changed === undefined) return refuseWith(session.diagnostics);
  const { recipe, diagnostics } = checkRecipe(changed, spec);
  return recipe === undefined ? refuseWith(diagnostics) : done(recipe);
}

/** `recipeOverrides`: what the grid was planned with; `later`: what changes the recipe of the point. */
export function jobOfPoint(
  spec: Spec,
  grid: string,
  point: PlanPoint,
  recipeOverrides: readonly Override[],
  later: readonly Override[] = [],
): Outcome<Job> {
  const symbol = spec.entry.grids.get(grid)!;
  const place = { source: symbol.scope.file.source, span: symbol.decl.name.span };
  const name = symbol.decl.with?.text ?? grid;
  const recipe = finishRecipe(spec, { name, entries: point.recipe, place }, later);
  if (!recipe.ok) return recipe;
  const origin: Origin = { kind: 'point', grid, point: point.name, recipeOverrides };
  return done({ spec, model: point.model, recipe: recipe.value, seed: point.seed, origin });
}

function gridJob(
  spec: Spec,
  { grid: name, point, recipeOverrides }: Extract<Origin, { kind: 'point' }>,
  later: readonly Override[],
): Outcome<Job> {
  const symbol = spec.entry.grids.get(name);
  const { grid, diagnostics } =
    symbol === undefined ? { diagnostics: [] } : overriddenGrid(spec, symbol, { recipe: recipeOverrides });
  if (grid === undefined)
    return diagnostics.length > 0
      ? refuseWith(diagnostics)
      : refuseSaying(spec.entry.file.source.path, `has no grid \`${name}\``, 'see its grids with `ditc list`');
  for (const outcome of planGrid(spec, grid, planChecks(spec)))
    if (outcome.kind === 'point' && outcome.name === point)
      return jobOfPoint(spec, name, outcome, recipeOverrides, later);
  return refuseSaying(spec.entry.file.source.path, `the grid \`${name}\` has no point \`${point}\``, 'plan it again');
}
