/**
 * `match macs +- 1% by size.ratio step 1/16`: a point that is off by more than the tolerance has `by` moved to the value
 * nearest the wanted fact, the smaller of two that are equally near. Values at which the model cannot be built are
 * passed over. A point that stays outside is rejected, with what is nearest on both sides.
 */
import type { Match } from '../../dsl/tree.ts';
import { showQuantity } from '../check/quantity.ts';
import type { FactName } from '../cost/facts.ts';
import type { Frame } from '../elaborate/context.ts';
import type { ModelInstance, Settings } from '../elaborate/model.ts';
import { isNum, type Num, parseNum, showNum, toNumber } from '../elaborate/number.ts';
import { number } from '../elaborate/term.ts';
import type { Models } from './candidate.ts';
import { valuesOf } from './match-values.ts';
import type { Assignment } from './move.ts';
import { factsOf } from './point-facts.ts';
import { nearestIndex } from './search.ts';

/** What all points are brought to. */
export interface Wanted {
  readonly match: Match;
  readonly fact: FactName;
  readonly target: number;
  readonly slack: number;
  readonly step: Num;
}

export interface Matched {
  readonly given: Settings;
  readonly model: ModelInstance;
  /** what was chosen, where it was moved */
  readonly assignment?: Assignment;
}

/** `to`, or the fact of the base; a reason where there is neither. */
export function wantedBy(match: Match, base: ModelInstance | string, frame: Frame): Wanted | string {
  const fact = match.fact.text as FactName;
  const to = match.to === undefined ? undefined : frame.evaluate.expression(match.to, frame);
  if (to === undefined && typeof base === 'string') return `the base has no ${fact} to match: ${base}`;
  const target =
    to === undefined ? factsOf(base as ModelInstance)[fact] : to.kind === 'number' ? toNumber(to.value) : 0;
  const raw = parseNum(match.tolerance.value.raw);
  const step = frame.evaluate.expression(match.step, frame);
  if (!isNum(raw) || step.kind !== 'number') return `\`match ${fact}\` makes no sense`;
  const slack = match.tolerance.percent ? (Math.abs(target) * toNumber(raw)) / 100 : toNumber(raw);
  return { match, fact, target, slack, step: step.value };
}

const off = (fact: number, { target }: Wanted): number => Math.abs(fact - target);

/** Half a unit in the last place of the tolerance must not decide. */
export const isNear = (fact: number, wanted: Wanted): boolean => off(fact, wanted) <= wanted.slack * (1 + 1e-12);

/** Relative, with its sign: 0.0024 is 0.24 % more than wanted. */
export const offBy = (fact: number, { target }: Wanted): number => (target === 0 ? fact : (fact - target) / target);

/** One tried value: a number of the fact, where the model can be built. */
interface Tried {
  readonly value: Num;
  readonly fact: number;
}

export function matchPoint(models: Models, wanted: Wanted, given: Settings, model: ModelInstance): Matched | string {
  const { match, fact, target } = wanted;
  const own = factsOf(model)[fact];
  if (isNear(own, wanted)) return { given, model };
  const values = valuesOf(models.grid.base.model, match, model.settings, wanted.step);
  if (typeof values === 'string') return values;
  const path = match.by.map((name) => name.text);
  const setTo = (index: number) => {
    const changed = models.set(given, path, number(values[index]!));
    return changed === undefined ? undefined : { given: changed, model: models.build(changed).model };
  };
  const tried: Tried[] = [];
  const chosen = nearestIndex(
    values.length,
    (index) => {
      const built = setTo(index)?.model;
      if (built === undefined) return undefined;
      const found = factsOf(built)[fact];
      tried.push({ value: values[index]!, fact: found });
      return found;
    },
    target,
  );
  const best = chosen === undefined ? undefined : setTo(chosen);
  if (best?.model === undefined || !isNear(factsOf(best.model)[fact], wanted)) return nothingNear(wanted, tried, own);
  const value = values[chosen!]!;
  const assignment: Assignment = { target: 'parameter', path, term: number(value), shown: showNum(value) };
  return { given: best.given, model: best.model, assignment };
}

/** "no size.ratio makes macs 41.8M ± 418K: 2.25 gives 41.1M, 2.5 gives 42.3M" */
function nothingNear(wanted: Wanted, tried: readonly Tried[], own: number): string {
  const { match, fact, target, slack } = wanted;
  const by = match.by.map((name) => name.text).join('.');
  const goal = `no ${by} makes ${fact} ${showQuantity(target, 4)} ± ${showQuantity(slack, 2)}`;
  const below = tried.filter((each) => each.fact <= target).sort((a, b) => b.fact - a.fact)[0];
  const above = tried.filter((each) => each.fact > target).sort((a, b) => a.fact - b.fact)[0];
  const gives = ({ value, fact: found }: Tried): string => `${showNum(value)} gives ${showQuantity(found, 4)}`;
  if (below !== undefined && above !== undefined) return `${goal}: ${gives(below)}, ${gives(above)}`;
  const nearest = below ?? above;
  if (nearest === undefined) return `${goal}: it has ${showQuantity(own, 4)}, and no other value can be built`;
  return `${goal}: ${gives(nearest)}, and all others are further ${below === undefined ? 'above' : 'below'}`;
}
