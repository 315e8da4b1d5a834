/** One combination of a grid: its settings before anything is built, and its model and facts once they are wanted. */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { type FactName, factOf } from '../cost/facts.ts';
import { type ModelInstance, type Settings, settleSettings } from '../elaborate/model.ts';
import { setDotted } from '../elaborate/point.ts';
import type { Entries } from '../elaborate/recipe.ts';
import { instantiatePoint, type Spec } from '../elaborate/spec.ts';
import { number, type Term } from '../elaborate/term.ts';
import type { Grid } from './grid.ts';
import type { Assignment } from './move.ts';

export interface Candidate {
  /** what presets, arguments and moves set */
  readonly given: Settings;
  readonly recipe: Entries;
  readonly seed: number;
  /** in written order, later ones of the same name instead of earlier ones */
  readonly assignments: readonly Assignment[];
}

/** The instances of blocks that are kept between points; a stranger's grid must not fill the memory. */
const MOST_INSTANCES = 20_000;

/** A candidate from its moves; none with a reason when a field to be set is not there. */
export function createCandidate(spec: Spec, grid: Grid, assignments: readonly Assignment[]): Candidate | string {
  let given = grid.base.settings;
  let recipe: Entries = grid.recipe?.entries ?? new Map();
  let seed = 0;
  for (const assignment of assignments) {
    if (assignment.target === 'seed') seed = assignment.term.kind === 'number' ? Number(assignment.term.value) : 0;
    else if (assignment.target === 'recipe') recipe = setEntry(recipe, assignment.path, assignment.term, grid);
    else {
      const changed = setParameter(spec, grid, given, assignment.path, assignment.term);
      if (changed === undefined) return `\`${assignment.path.join('.')}\` cannot be set here`;
      given = changed;
    }
  }
  return { given, recipe, seed, assignments };
}

/** Sets a parameter, or a field of one, which may still be at its default. */
export function setParameter(
  spec: Spec,
  grid: Grid,
  given: Settings,
  path: readonly string[],
  term: Term,
): Settings | undefined {
  if (path.length === 1 || given.has(path[0]!)) return setDotted(given, path, term);
  const { settings } = settleSettings(grid.base.model, given, '', spec.instances);
  const whole = settings?.get(path[0]!);
  return whole === undefined ? undefined : setDotted(new Map([...given, [path[0]!, whole]]), path, term);
}

function setEntry(entries: Entries, path: readonly string[], term: Term, grid: Grid): Entries {
  const [first, ...rest] = path;
  const before = entries.get(first!);
  const place = before?.place ?? { source: grid.symbol.scope.file.source, span: grid.symbol.decl.span };
  const changed = new Map(entries);
  if (rest.length === 0) changed.set(first!, { value: term, place });
  else if (before !== undefined && before.value instanceof Map)
    changed.set(first!, { value: setEntry(before.value, rest, term, grid), place });
  else if (before !== undefined && (before.value as Term).kind === 'word') {
    // `recipe.schedule.path` of `schedule: interpolant(path: linear)`
    const word = before.value as Extract<Term, { kind: 'word' }>;
    changed.set(first!, { value: { ...word, named: new Map([...word.named, [rest[0]!, term]]) }, place });
  } else changed.set(first!, { value: setEntry(new Map(), rest, term, grid), place });
  return changed;
}

/** Builds the model of a candidate, or says why it cannot be. */
export function build(
  spec: Spec,
  grid: Grid,
  given: Settings,
): { readonly model?: ModelInstance; readonly diagnostics: readonly Diagnostic[] } {
  if (spec.instances.size > MOST_INSTANCES) spec.instances.clear();
  return instantiatePoint(spec, { model: grid.base.model, settings: given }, '');
}

export const factTerm = (model: ModelInstance, fact: FactName): Term =>
  number(factOf(model.inference, model.training, fact));
