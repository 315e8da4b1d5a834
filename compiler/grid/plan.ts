/**
 * A plan: the points of a grid, each built, counted and named, and every combination that was rejected, with the reason.
 * Outcomes come one after the other, so that a plan of any length is read without holding it.
 */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import type { Span } from '../../dsl/span.ts';
import type { FactName } from '../cost/facts.ts';
import { createSession } from '../elaborate/context.ts';
import type { ModelInstance } from '../elaborate/model.ts';
import { topFrame } from '../elaborate/point.ts';
import type { Entries, ResolvedRecipe } from '../elaborate/recipe.ts';
import type { Spec } from '../elaborate/spec.ts';
import { type Candidate, createCandidate, createModels, type Models, seedIn } from './candidate.ts';
import { combinations } from './combinations.ts';
import { type Conditions, createConditions, type Unmet } from './condition.ts';
import type { Grid } from './grid.ts';
import { isNear, matchPoint, offBy, type Wanted, wantedBy } from './match.ts';
import { type Assignment, axisName } from './move.ts';
import { createNamer } from './name.ts';
import { pointDigest } from './point-digest.ts';
import { factsOf, type PointFacts } from './point-facts.ts';
import { createRecipeCheck } from './recipe-check.ts';

export interface PlanPoint {
  readonly kind: 'point';
  /** among the accepted, from 0 */
  readonly index: number;
  readonly name: string;
  /** equal digests are equal work: model, recipe and seed */
  readonly digest: string;
  /** what the grid set, as written: `size.ratio: 3.5` */
  readonly set: ReadonlyMap<string, string>;
  /** the same, as values; what `match` chose comes last */
  readonly assignments: readonly Assignment[];
  /** worked out when asked for */
  readonly facts: PointFacts;
  /** of each `match`: how far the fact is from the wanted one, relative */
  readonly off: ReadonlyMap<FactName, number>;
  readonly seed: number;
  readonly recipe: Entries;
  readonly model: ModelInstance;
}

export interface Rejected {
  readonly kind: 'rejected';
  readonly set: ReadonlyMap<string, string>;
  readonly assignments: readonly Assignment[];
  readonly reason: string;
  /** the `where` or `match` that does not hold, as written: others may be rejected by it for other numbers */
  readonly rule?: string;
  /** the mistake behind it, when it cannot be built */
  readonly diagnostic?: Diagnostic;
}

export interface Duplicate {
  readonly kind: 'duplicate';
  readonly set: ReadonlyMap<string, string>;
  readonly assignments: readonly Assignment[];
  /** the name of the point that is the same work */
  readonly of: string;
}

export type Outcome = PlanPoint | Rejected | Duplicate;

/** What the runtime knows of recipes: their fields and words. The compiler does not depend on it. */
export interface PlanChecks {
  readonly recipe?: (recipe: ResolvedRecipe) => readonly Diagnostic[];
}

type Reason = Pick<Rejected, 'reason' | 'rule' | 'diagnostic'>;

export function* planGrid(spec: Spec, grid: Grid, checks: PlanChecks = {}): Generator<Outcome> {
  const models = createModels(spec, grid);
  const accept = createAcceptance(spec, grid, models, checks);
  const namer = createNamer(grid);
  const byDigest = new Map<string, string>();
  let index = 0;
  for (const assignments of combinations(grid.groups)) {
    const early = accept.early(assignments);
    if (early !== undefined) {
      yield { kind: 'rejected', set: setOf(assignments), assignments, ...early };
      continue;
    }
    const candidate = createCandidate(models, assignments);
    const found = typeof candidate === 'string' ? { reason: candidate, moved: [] } : accept.late(candidate);
    const all = found.moved.length === 0 ? assignments : [...assignments, ...found.moved];
    const set = setOf(all);
    if ('reason' in found) {
      const { moved: _, ...reason } = found;
      yield { kind: 'rejected', set, assignments: all, ...reason };
      continue;
    }
    const { recipe, seed } = candidate as Candidate;
    const { model, off } = found;
    const digest = pointDigest(model, recipe, seed);
    const of = byDigest.get(digest);
    if (of !== undefined) {
      yield { kind: 'duplicate', set, assignments: all, of };
      continue;
    }
    const name = namer(assignments);
    byDigest.set(digest, name);
    const facts = factsOf(model);
    yield { kind: 'point', index: index++, name, digest, set, assignments: all, facts, off, seed, recipe, model };
  }
}

interface Accepted {
  readonly model: ModelInstance;
  readonly off: ReadonlyMap<FactName, number>;
  readonly moved: readonly Assignment[];
}

interface Acceptance {
  /** why parameters alone reject a combination, where that can be seen without making a candidate of it */
  early(assignments: readonly Assignment[]): Unmet | undefined;
  late(candidate: Candidate): Accepted | (Reason & { readonly moved: readonly Assignment[] });
}

const firstError = (diagnostics: readonly Diagnostic[], otherwise: string): Reason => {
  const diagnostic = diagnostics.find(({ severity }) => severity === 'error');
  return { reason: diagnostic?.message ?? otherwise, diagnostic };
};

/** Conditions on parameters, then the model, the matches, the conditions on facts, and what the recipe needs of the model. */
function createAcceptance(spec: Spec, grid: Grid, models: Models, checks: PlanChecks): Acceptance {
  const { base, symbol } = grid;
  const moved = grid.matches.map((match) => match.by[0]!.text);
  const wheres = grid.wheres.map((where) => where.condition);
  const conditions: Conditions = createConditions(wheres, base.model, symbol.scope, moved);
  const checkRecipe = createRecipeCheck(grid, checks);
  const wants = wantsOf(spec, grid, models);
  const { earlyNames } = conditions;
  const early: Acceptance['early'] = (assignments) => {
    const peeked = conditions.hasEarly && models.canPeek ? models.peek(assignments, earlyNames) : undefined;
    return peeked && conditions.early(peeked, seedIn(assignments));
  };
  const late: Acceptance['late'] = ({ given, seed, recipe }) => {
    const reject = (why: Reason | string, assignments: readonly Assignment[] = []) => ({
      ...(typeof why === 'string' ? { reason: why } : why),
      moved: assignments,
    });
    if (conditions.hasEarly && !models.canPeek) {
      const { settings, diagnostics } = models.settle(given);
      if (settings === undefined) return reject(firstError(diagnostics, 'a parameter has no value'));
      const why = conditions.early(settings, seed);
      if (why !== undefined) return reject(why);
    }
    const built = models.build(given);
    if (built.model === undefined) return reject(firstError(built.diagnostics, 'it cannot be built'));
    let at = { given, model: built.model };
    const chosen: Assignment[] = [];
    for (const wanted of wants) {
      const next = typeof wanted === 'string' ? wanted : matchPoint(models, wanted, at.given, at.model);
      if (typeof next === 'string')
        return reject(
          { reason: next, ...(typeof wanted !== 'string' && { rule: textOf(grid, wanted.match.span) }) },
          chosen,
        );
      if (next.assignment !== undefined) chosen.push(next.assignment);
      at = next;
    }
    const { model } = at;
    const why = undone(wants, model) ?? conditions.late(model, seed) ?? checkRecipe(recipe, model);
    if (why !== undefined) return reject(why, chosen);
    return { model, off: offsOf(wants, model), moved: chosen };
  };
  return { early, late };
}

const textOf = ({ symbol }: Grid, { start, end }: Span): string =>
  symbol.scope.file.source.text.slice(start, end).replaceAll(/\s+/g, ' ');

function wantsOf(spec: Spec, grid: Grid, models: Models): readonly (Wanted | string)[] {
  if (grid.matches.length === 0) return [];
  const built = models.build(grid.base.settings);
  const base = built.model ?? firstError(built.diagnostics, 'it cannot be built').reason;
  const frame = topFrame(grid.symbol.scope, createSession(spec.instances, '', false), '');
  return grid.matches.map((match) => wantedBy(match, base, frame));
}

/** A later match may have moved an earlier one's fact away again. */
function undone(wants: readonly (Wanted | string)[], model: ModelInstance): string | undefined {
  for (const wanted of wants.slice(0, -1))
    if (typeof wanted !== 'string' && !isNear(factsOf(model)[wanted.fact], wanted))
      return `the matches cannot all be met: what the later ones move takes ${wanted.fact} away again`;
  return undefined;
}

const offsOf = (wants: readonly (Wanted | string)[], model: ModelInstance): ReadonlyMap<FactName, number> =>
  new Map(
    wants.flatMap((wanted) =>
      typeof wanted === 'string' ? [] : [[wanted.fact, offBy(factsOf(model)[wanted.fact], wanted)] as const],
    ),
  );

const setOf = (assignments: readonly Assignment[]): ReadonlyMap<string, string> =>
  new Map(assignments.map((assignment) => [axisName(assignment), assignment.shown]));
