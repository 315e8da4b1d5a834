/** One combination of a grid: its settings before anything is built, and the models of a plan. */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { type ModelInstance, type Settings, settleSettings } from '../elaborate/model.ts';
import { setDotted } from '../elaborate/point.ts';
import type { Entries } from '../elaborate/recipe.ts';
import { setField } from '../elaborate/set-field.ts';
import { instantiatePoint, type Spec } from '../elaborate/spec.ts';
import { keyOf, type Term } from '../elaborate/term.ts';
import type { Grid } from './grid.ts';
import type { Assignment } from './move.ts';
import { isMissing, missingText, setRecipeField } from './recipe-field.ts';

export interface Candidate {
  /** what presets, arguments and moves set */
  readonly given: Settings;
  readonly recipe: Entries;
  readonly seed: number;
}

export interface Built {
  /** absent when it cannot be built; the first error says why */
  readonly model?: ModelInstance;
  readonly diagnostics: readonly Diagnostic[];
}

/** What makes the models of a plan, and remembers the last ones: seeds and recipes do not build them again. */
export interface Models {
  readonly grid: Grid;
  build(given: Settings): Built;
  /** every parameter with its value, without building anything */
  settle(given: Settings): { readonly settings?: Settings; readonly diagnostics: readonly Diagnostic[] };
  /** no default is made of another parameter, and the base has them all */
  readonly canPeek: boolean;
  /** only those parameters of a combination; none where a field is not there */
  peek(assignments: readonly Assignment[], names: readonly string[]): Settings | undefined;
  /** sets a parameter, or a field of one, which may still be at its default; none when there is no such thing */
  set(given: Settings, path: readonly string[], term: Term): Settings | undefined;
}

/** The instances of blocks that are kept between points; a stranger's grid must not fill the memory. */
const MOST_INSTANCES = 4096;
/** More would be old by the time they are forgotten: what lives long costs the collector of garbage most. */
const MOST_MODELS = 8;

export function createModels(spec: Spec, grid: Grid): Models {
  const { model } = grid.base;
  const built = new Map<string, Built>();
  const base = settleSettings(model, grid.base.settings, '', spec.instances);
  const apart = grid.settled === 'apart' ? base.settings : undefined;
  const settle: Models['settle'] = (given) =>
    apart !== undefined
      ? { settings: over(apart, given), diagnostics: [] }
      : settleSettings(model, given, '', spec.instances);
  return {
    grid,
    canPeek: apart !== undefined,
    settle,
    build(given) {
      const key = [...given].map(([name, term]) => `${name}:${keyOf(term)}`).join();
      let known = built.get(key);
      if (known === undefined) {
        // what was made once and not taken again goes
        if (spec.instances.size >= MOST_INSTANCES) spec.instances.forget();
        const settings = apart === undefined ? given : over(apart, given);
        known = instantiatePoint(spec, { model, settings }, '');
        dropOldest(built, MOST_MODELS);
        built.set(key, known);
      }
      return known;
    },
    peek(assignments, names) {
      const peeked = new Map<string, Term>();
      for (const name of names) {
        let term = apart?.get(name);
        for (const each of assignments)
          if (each.target === 'parameter' && each.path[0] === name && term !== undefined)
            term = each.path.length === 1 ? each.term : setField(term, each.path.slice(1), each.term);
        if (term === undefined) return undefined;
        peeked.set(name, term);
      }
      return peeked;
    },
    set(given, path, term) {
      const first = path[0]!;
      if (path.length === 1 || given.has(first)) return setDotted(given, path, term);
      const whole = settle(given).settings?.get(first);
      return whole === undefined ? undefined : setDotted(new Map([...given, [first, whole]]), path, term);
    },
  };
}

const over = (settings: Settings, given: Settings): Settings => {
  const all = new Map(settings);
  for (const [name, term] of given) all.set(name, term);
  return all;
};

/** The older half goes, so that what was made last stays. */
function dropOldest(map: Map<string, unknown>, most: number): void {
  if (map.size < most) return;
  let left = map.size >> 1;
  for (const key of map.keys()) {
    if (left-- === 0) return;
    map.delete(key);
  }
}

/** A candidate from its moves; a reason when a field to be set is not there. */
export function createCandidate(models: Models, assignments: readonly Assignment[]): Candidate | string {
  const { grid } = models;
  const { source } = grid.symbol.scope.file;
  let given = grid.base.settings;
  let recipe: Entries = grid.recipe?.entries ?? NO_RECIPE;
  let seed = 0;
  for (const assignment of assignments) {
    const { target, path, term } = assignment;
    if (target === 'seed') seed = seedOf(assignment);
    else if (target === 'recipe') {
      const place = { source, span: assignment.axis ?? grid.symbol.decl.span };
      const changed = setRecipeField(recipe, path, term, place);
      if (isMissing(changed)) return missingText(changed);
      recipe = changed;
    } else {
      const changed = models.set(given, path, term);
      if (changed === undefined) return `\`${path.join('.')}\` cannot be set here`;
      given = changed;
    }
  }
  return { given, recipe, seed };
}

const seedOf = ({ term }: Assignment): number => (term.kind === 'number' ? Number(term.value) : 0);

/** The seed of a combination; 0 unless said. */
export function seedIn(assignments: readonly Assignment[]): number {
  const last = assignments.findLast(({ target }) => target === 'seed');
  return last === undefined ? 0 : seedOf(last);
}

const NO_RECIPE: Entries = new Map();
