/**
 * A plan: the points of a grid, each built, counted and named, and every combination that was rejected, with the reason.
 * Outcomes come one after the other, so that a plan of any length is read without holding it.
 */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { factOf } from '../cost/facts.ts';
import { type ModelInstance, settleSettings } from '../elaborate/model.ts';
import type { Entries } from '../elaborate/recipe.ts';
import type { Spec } from '../elaborate/spec.ts';
import { keyOf, type Term } from '../elaborate/term.ts';
import { digestOf } from '../ir/digest.ts';
import { sha256 } from '../ir/sha256.ts';
import { build, createCandidate } from './candidate.ts';
import { conditionFrame, rejection, sortConditions } from './condition.ts';
import type { Grid } from './grid.ts';
import { type Matched, matchPoint, wantedBy } from './match.ts';
import { type Assignment, axisName } from './move.ts';
import { createNamer } from './name.ts';
import { factsOf, type PointFacts } from './point-facts.ts';

export interface PlanPoint {
  readonly kind: 'point';
  /** among the accepted, from 0 */
  readonly index: number;
  readonly name: string;
  /** equal digests are equal work: model, recipe and seed */
  readonly digest: string;
  /** what the grid set, as written: `size.ratio: 3.5` */
  readonly set: ReadonlyMap<string, string>;
  readonly facts: PointFacts;
  /** of a match: how far the fact is from the wanted one, relative */
  readonly off?: number;
  readonly seed: number;
  readonly recipe: Entries;
  readonly model: ModelInstance;
}

export interface Rejected {
  readonly kind: 'rejected';
  readonly set: ReadonlyMap<string, string>;
  readonly reason: string;
  /** the mistake behind it, when it cannot be built */
  readonly diagnostic?: Diagnostic;
}

export interface Duplicate {
  readonly kind: 'duplicate';
  readonly set: ReadonlyMap<string, string>;
  /** the name of the point that is the same work */
  readonly of: string;
}

export type Outcome = PlanPoint | Rejected | Duplicate;

export function* planGrid(spec: Spec, grid: Grid): Generator<Outcome> {
  const conditions = sortConditions(grid);
  const namer = createNamer(grid);
  const byDigest = new Map<string, string>();
  const base = grid.matches.length > 0 ? build(spec, grid, grid.base.settings).model : undefined;
  const topFrame = conditionFrame(spec, grid, new Map(), 0);
  const wants = grid.matches.map((match) =>
    wantedBy(match, (fact) => (base === undefined ? undefined : factOf(base.inference, base.training, fact)), topFrame),
  );
  let index = 0;

  for (const assignments of combinations(grid)) {
    const set = setOf(assignments);
    const candidate = createCandidate(spec, grid, assignments);
    if (typeof candidate === 'string') {
      yield { kind: 'rejected', set, reason: candidate };
      continue;
    }
    if (conditions.early.length > 0) {
      const { settings, diagnostics } = settleSettings(grid.base.model, candidate.given, '', spec.instances);
      const reason =
        settings === undefined
          ? (diagnostics[0]?.message ?? 'a parameter has no value')
          : rejection(conditions.early, conditionFrame(spec, grid, settings, candidate.seed));
      if (reason !== undefined) {
        yield { kind: 'rejected', set, reason };
        continue;
      }
    }
    const built = build(spec, grid, candidate.given);
    if (built.model === undefined) {
      const [diagnostic] = built.diagnostics;
      yield { kind: 'rejected', set, reason: diagnostic?.message ?? 'it cannot be built', diagnostic };
      continue;
    }
    let matched: Matched = { given: candidate.given, model: built.model, off: 0 };
    let reason: string | undefined;
    const moved: Assignment[] = [];
    for (const [at, match] of grid.matches.entries()) {
      const wanted = wants[at];
      const next =
        wanted === undefined
          ? `\`${match.fact.text}\` of the base is not known`
          : matchPoint(spec, grid, match, wanted, matched.given, matched.model, topFrame);
      if (typeof next === 'string') {
        reason = next;
        break;
      }
      if (next.assignment !== undefined) moved.push(next.assignment);
      matched = next;
    }
    const { model } = matched;
    reason ??=
      conditions.late.length === 0
        ? undefined
        : rejection(conditions.late, conditionFrame(spec, grid, model.settings, candidate.seed, model));
    const full = moved.length === 0 ? set : setOf([...assignments, ...moved]);
    if (reason !== undefined) {
      yield { kind: 'rejected', set: full, reason };
      continue;
    }
    const digest = pointDigest(model, candidate.recipe, candidate.seed);
    const same = byDigest.get(digest);
    if (same !== undefined) {
      yield { kind: 'duplicate', set: full, of: same };
      continue;
    }
    const name = namer(assignments, moved);
    byDigest.set(digest, name);
    yield {
      kind: 'point',
      index: index++,
      name,
      digest,
      set: full,
      facts: factsOf(model),
      off: grid.matches.length > 0 ? matched.off : undefined,
      seed: candidate.seed,
      recipe: candidate.recipe,
      model,
    };
  }
}

/** All combinations of moves, the last group fastest. */
function* combinations(grid: Grid): Generator<readonly Assignment[]> {
  const { groups } = grid;
  const at = new Array<number>(groups.length).fill(0);
  if (groups.some((group) => group.moves.length === 0)) return;
  for (;;) {
    yield groups.flatMap((group, index) => group.moves[at[index]!]!);
    let last = groups.length - 1;
    for (; last >= 0; last--) {
      if (++at[last]! < groups[last]!.moves.length) break;
      at[last] = 0;
    }
    if (last < 0) return;
  }
}

const setOf = (assignments: readonly Assignment[]): ReadonlyMap<string, string> =>
  new Map(assignments.map((assignment) => [axisName(assignment), assignment.shown]));

const recipeTexts = new WeakMap<Entries, string>();

/** One text for equal recipes. */
function recipeText(entries: Entries): string {
  let text = recipeTexts.get(entries);
  if (text === undefined) {
    text = [...entries]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(
        ([name, { value }]) =>
          `${name}=${value instanceof Map ? `{${recipeText(value)}}` : portableKey(value as Term)}`,
      )
      .join(';');
    recipeTexts.set(entries, text);
  }
  return text;
}

/** Keys of blocks and records hold numbers of this process; here they are named. */
function portableKey(term: Term): string {
  if (term.kind === 'block')
    return `@${term.block.scope.id}#${term.block.decl.name.text}(${[...term.filled].map(([name, value]) => `${name}:${portableKey(value)}`).join(',')})`;
  if (term.kind === 'record')
    return `${term.record.decl.name.text}(${[...term.fields].map(([name, value]) => `${name}:${portableKey(value)}`).join(',')})`;
  if (term.kind === 'list') return `[${term.items.map(portableKey).join(',')}]`;
  return keyOf(term);
}

const pointDigest = (model: ModelInstance, recipe: Entries, seed: number): string =>
  sha256(
    `${digestOf(model.inference)} ${model.training === model.inference ? '' : digestOf(model.training)} ${recipeText(recipe)} seed=${seed}`,
  );
