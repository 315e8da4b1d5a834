/** Recipes of a grid that no point of it can have: a field that is not there, a word or number that it cannot be. */
import type { Diagnostic, Extras } from '../../dsl/diagnostic.ts';
import { nearest } from '../../dsl/suggest.ts';
import { report } from '../elaborate/codes.ts';
import { type Frame, markFailed, placeOf, say } from '../elaborate/context.ts';
import { listed } from '../elaborate/fields.ts';
import type { Entries, ResolvedRecipe } from '../elaborate/recipe.ts';
import type { Assignment } from './move.ts';
import { isMissing, type Missing, setRecipeField } from './recipe-field.ts';
import type { Trial } from './trial.ts';

type Check = (recipe: ResolvedRecipe) => readonly Diagnostic[];

/** Says what is wrong, once for each place, when no trial has a recipe that the runtime takes. */
export function tryRecipe(
  recipe: ResolvedRecipe,
  frame: Frame,
  trials: readonly Trial[],
  { recipe: check = () => [] }: { readonly recipe?: Check },
): void {
  const faults: Diagnostic[] = [];
  const seen = new Set<string>();
  for (const { assignments } of trials) {
    const key = keyOf(assignments);
    if (seen.has(key)) continue;
    seen.add(key);
    const fault = faultOf(recipe, assignments, frame, check);
    if (fault === undefined) return;
    faults.push(fault);
  }
  if (faults.length === 0) return;
  markFailed(frame);
  for (const fault of faults) say(frame.session, fault);
}

const keyOf = (assignments: readonly Assignment[]): string =>
  assignments.flatMap(({ target, shown }) => (target === 'recipe' ? [shown] : [])).join('\n');

function faultOf(
  recipe: ResolvedRecipe,
  assignments: readonly Assignment[],
  frame: Frame,
  check: Check,
): Diagnostic | undefined {
  let entries: Entries = recipe.entries;
  for (const { target, path, term, axis } of assignments) {
    if (target !== 'recipe') continue;
    const place = placeOf(frame, axis!);
    const changed = setRecipeField(entries, path, term, place);
    if (isMissing(changed)) return missingAt(changed, place);
    entries = changed;
  }
  return check({ ...recipe, entries }).find(({ severity }) => severity === 'error');
}

function missingAt({ missing, of, name, known }: Missing, place: Diagnostic['place']): Diagnostic {
  const close = nearest(name, known);
  const help =
    close !== undefined ? `did you mean \`${close}\`?` : known.length > 0 ? `it has ${listed(known)}` : undefined;
  const extras: Extras = { help };
  return missing === 'parameter'
    ? report('D0322', place, { name, callee: of }, extras)
    : report('D0214', place, { what: `\`${of}\``, name }, extras);
}
