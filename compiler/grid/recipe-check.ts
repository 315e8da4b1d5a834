/**
 * What a point's recipe needs: fields and words that the runtime knows, and an objective whose tensors the model of the
 * point puts out. Most points share a recipe and the names of outputs, so each pair is looked at once.
 */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { checkObjective } from '../check/objective-check.ts';
import type { ModelInstance } from '../elaborate/model.ts';
import type { Entries } from '../elaborate/recipe.ts';
import { placeIn } from '../elaborate/symbol.ts';
import type { Grid } from './grid.ts';
import type { PlanChecks } from './plan.ts';

export interface RecipeFault {
  readonly reason: string;
  readonly diagnostic: Diagnostic;
}

export function createRecipeCheck(
  grid: Grid,
  checks: PlanChecks,
): (recipe: Entries, model: ModelInstance) => RecipeFault | undefined {
  const known = new WeakMap<Entries, Map<string, RecipeFault | undefined>>();
  const name = grid.recipe?.name ?? grid.name;
  const place = grid.recipe?.place ?? placeIn(grid.symbol.scope, grid.symbol.decl.name.span);
  return (recipe, model) => {
    if (recipe.size === 0) return undefined;
    let byOutputs = known.get(recipe);
    if (byOutputs === undefined) known.set(recipe, (byOutputs = new Map()));
    const outputs = model.folded.training.results.map((result) => result.name).join();
    if (!byOutputs.has(outputs)) {
      const diagnostics = [
        ...(checks.recipe?.({ name, entries: recipe, place }) ?? []),
        ...checkObjective(recipe, model),
      ];
      const diagnostic = diagnostics.find(({ severity }) => severity === 'error');
      byOutputs.set(outputs, diagnostic && { reason: diagnostic.message, diagnostic });
    }
    return byOutputs.get(outputs);
  };
}
