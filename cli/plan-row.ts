/** A point of a plan as data: what tables show and JSON holds, without the model behind it. */
import { FACTS, type FactName } from '../compiler/cost/facts.ts';
import type { Settings } from '../compiler/elaborate/model.ts';
import type { Entries } from '../compiler/elaborate/recipe.ts';
import { placeIn } from '../compiler/elaborate/symbol.ts';
import { floatOf, showTerm, type Term } from '../compiler/elaborate/term.ts';
import { type RunLength, sampleFlops, trainFlops } from '../compiler/grid/estimate.ts';
import { flatTerms, recipeTerms } from '../compiler/grid/flat.ts';
import type { Grid } from '../compiler/grid/grid.ts';
import { type Assignment, axisName } from '../compiler/grid/move.ts';
import type { PlanPoint } from '../compiler/grid/plan.ts';
import { checkRecipe } from '../runtime/recipe/recipe.ts';

export type Plain = string | number | boolean;

export interface PlanRow {
  readonly index: number;
  readonly name: string;
  readonly digest: string;
  /** what the grid set, and what a match may move where it did not have to; numbers are numbers, all else as written */
  readonly set: Readonly<Record<string, Plain>>;
  /** of `set`: what a match left as it was */
  readonly asIs: ReadonlySet<string>;
  readonly seed: number;
  readonly facts: Readonly<Record<FactName, number>>;
  /** of each matched fact: relative, 0.0024 is 0.24 % more than wanted */
  readonly off: Readonly<Record<string, number>>;
  /** estimated; absent without a recipe that says how long */
  readonly train_flops?: number;
  /** of one image; absent without a recipe */
  readonly sample_flops?: number;
}

/** What was set, as data. */
export function plainSet(assignments: readonly Assignment[]): Record<string, Plain> {
  const set: Record<string, Plain> = {};
  for (const each of assignments) set[axisName(each)] = plain(each.term, each.shown);
  return set;
}

export type RowOf = (point: PlanPoint) => PlanRow;

export function createRows(grid: Grid): RowOf {
  const lengths = new WeakMap<Entries, { readonly length?: RunLength }>();
  const name = grid.recipe?.name ?? grid.name;
  const place = grid.recipe?.place ?? placeIn(grid.symbol.scope, grid.symbol.decl.name.span);
  const lengthOf = (entries: Entries): RunLength | undefined => {
    let known = lengths.get(entries);
    if (known === undefined) {
      const { recipe } = checkRecipe({ name, entries, place });
      const guidance = recipe?.sample.guidance;
      const length = recipe && {
        batch: recipe.batch,
        accumulate: recipe.accumulate,
        steps: recipe.steps,
        evaluations: recipe.sample.steps,
        guided: guidance !== undefined && guidance.scale !== 1,
      };
      lengths.set(entries, (known = { length }));
    }
    return known.length;
  };
  const moved = grid.matches.map((match) => match.by.map(({ text }) => text).join('.'));
  return ({ index, name, digest, assignments, seed, facts, off, recipe, model }) => {
    const length = recipe.size === 0 ? undefined : lengthOf(recipe);
    const set = plainSet(assignments);
    const asIs = new Set(moved.filter((axis) => !(axis in set)));
    for (const axis of asIs) {
      const term = valueAt(model.settings, axis.split('.'));
      if (term !== undefined) set[axis] = plain(term, showTerm(term));
    }
    return {
      index,
      name,
      digest,
      set,
      asIs,
      seed,
      facts,
      off: Object.fromEntries(off),
      train_flops: length && trainFlops(facts.flops, length),
      sample_flops: length && sampleFlops(facts.flops, length),
    };
  };
}

const plain = (term: Term, shown: string): Plain =>
  term.kind === 'bool' ? term.value : ((floatOf(term) as number | undefined) ?? shown);

function valueAt(settings: Settings, [first, ...fields]: readonly string[]): Term | undefined {
  let term = settings.get(first!);
  for (const field of fields) term = term?.kind === 'record' ? term.fields.get(field) : undefined;
  return term;
}

const plainTerms = (terms: ReadonlyMap<string, Term>): Record<string, Plain> =>
  Object.fromEntries([...terms].map(([name, term]) => [name, plain(term, showTerm(term))]));

/** The row as JSON has it, with every setting of the model and of the recipe, and every fact by its name. */
export const rowJson = ({ facts, off, asIs: _, ...row }: PlanRow, point: PlanPoint) => ({
  ...row,
  settings: plainTerms(flatTerms(point.model.settings)),
  ...(point.recipe.size > 0 && { recipe: plainTerms(recipeTerms(point.recipe)) }),
  ...Object.fromEntries(FACTS.map((fact) => [fact, facts[fact]])),
  ...(Object.keys(off).length > 0 && { off }),
});

/** What a plan can be sorted by. */
export const SORTS: readonly string[] = [...FACTS, 'train_flops', 'sample_flops', 'off', 'index'];

export function sortValue(row: PlanRow, by: string): number {
  if (by === 'index') return row.index;
  if (by === 'off') return Math.max(0, ...Object.values(row.off).map(Math.abs));
  if (by === 'train_flops' || by === 'sample_flops') return row[by] ?? 0;
  return row.facts[by as FactName];
}
