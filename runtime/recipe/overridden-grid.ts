/**
 * A grid as it is planned and trained: what the runtime knows of recipes decides with it, and what the command line changes
 * is changed before the axes, so that a point has what its name says.
 */
import type { Override, Spec } from '../../compiler/elaborate/spec.ts';
import type { GridSymbol } from '../../compiler/elaborate/symbol.ts';
import { resolveGrid } from '../../compiler/grid/grid.ts';
import type { PlanChecks } from '../../compiler/grid/plan.ts';
import { overrideRecipe } from './override.ts';
import { checkRecipe } from './recipe.ts';

/** Paths of recipes are without `recipe.` before them. */
export interface GridOverrides {
  readonly model?: readonly Override[];
  readonly recipe?: readonly Override[];
}

export const planChecks = (spec: Spec): PlanChecks => ({
  recipe: (recipe) => checkRecipe(recipe, spec).diagnostics,
});

/** None with what is wrong. */
export const overriddenGrid = (
  spec: Spec,
  symbol: GridSymbol,
  { model = [], recipe = [] }: GridOverrides = {},
): ReturnType<typeof resolveGrid> =>
  resolveGrid(spec, symbol, {
    ...planChecks(spec),
    overrides: model,
    changeRecipe: (written, session) => overrideRecipe(written, recipe, spec.entry, session),
  });

/** An override of what an axis of the grid sets, which would set it again. */
export function setByAxis({ decl }: GridSymbol, { model = [], recipe = [] }: GridOverrides): string | undefined {
  const axes = decl.varies
    .flatMap((vary) => (vary.kind === 'axis' ? [vary] : vary.kind === 'zip' ? vary.axes : []))
    .map(({ dotted }) => dotted.map(({ text }) => text).join('.'));
  const paths = [...model.map(({ path }) => path), ...recipe.map(({ path }) => `recipe.${path}`)];
  return paths.find((path) => axes.some((axis) => path === axis || path.startsWith(`${axis}.`)));
}
