/**
 * `match macs +- 1% by size.ratio step 1/16`: a point that is off by more than the tolerance has `by` moved, in steps
 * from its own value, between a quarter and four times of it, to the value nearest the wanted fact; the smaller on a tie.
 * Values at which the model cannot be built are passed over.
 */
import type { Match } from '../../dsl/tree.ts';
import { showQuantity } from '../check/quantity.ts';
import { type FactName, factOf } from '../cost/facts.ts';
import type { Frame } from '../elaborate/context.ts';
import { type ModelInstance, type Settings, settleSettings } from '../elaborate/model.ts';
import {
  add,
  compare,
  divide,
  isInteger,
  isNum,
  multiply,
  type Num,
  parseNum,
  showNum,
  toNumber,
} from '../elaborate/number.ts';
import { signatureOf } from '../elaborate/signatures.ts';
import { fieldType, type Spec } from '../elaborate/spec.ts';
import { number, type Term } from '../elaborate/term.ts';
import { build, setParameter } from './candidate.ts';
import type { Grid } from './grid.ts';
import type { Assignment } from './move.ts';

/** Finer steps are refused: nobody compares thousands of values of one parameter. */
const MOST_VALUES = 4096;
/** up to so many values all are looked at; beyond, the search halves, and looks at all if the fact is not monotonic */
const FEW = 24;

export interface Matched {
  readonly given: Settings;
  readonly model: ModelInstance;
  /** what was chosen, when it was moved */
  readonly assignment?: Assignment;
  /** relative: how far the fact is from the wanted one */
  readonly off: number;
}

interface Tried {
  readonly value: Num;
  readonly given: Settings;
  readonly model: ModelInstance;
  readonly fact: number;
}

export interface Wanted {
  readonly fact: FactName;
  readonly target: number;
  readonly slack: number;
}

/** What the points are matched to: `to`, or the fact of the base. */
export function wantedBy(
  match: Match,
  baseFact: (fact: FactName) => number | undefined,
  frame: Frame,
): Wanted | undefined {
  const fact = match.fact.text as FactName;
  const term = match.to === undefined ? undefined : frame.evaluate.expression(match.to, frame);
  const target = term === undefined ? baseFact(fact) : term.kind === 'number' ? toNumber(term.value) : undefined;
  const raw = parseNum(match.tolerance.value.raw);
  if (target === undefined || !isNum(raw)) return undefined;
  return { fact, target, slack: match.tolerance.percent ? (target * toNumber(raw)) / 100 : toNumber(raw) };
}

export function matchPoint(
  spec: Spec,
  grid: Grid,
  match: Match,
  wanted: Wanted,
  given: Settings,
  model: ModelInstance,
  frame: Frame,
): Matched | string {
  const factOfModel = (each: ModelInstance): number => factOf(each.inference, each.training, wanted.fact);
  const own = factOfModel(model);
  const off = (fact: number): number => Math.abs(fact - wanted.target);
  const relative = (fact: number): number => (fact - wanted.target) / wanted.target;
  if (off(own) <= wanted.slack) return { given, model, off: relative(own) };
  const path = match.by.map((name) => name.text);
  const values = valuesOf(spec, grid, match, given, path, frame);
  if (typeof values === 'string') return values;
  const tries = new Map<number, Tried | undefined>();
  const look = (index: number): Tried | undefined => {
    if (!tries.has(index)) {
      const value = values[index]!;
      const changed = setParameter(spec, grid, given, path, number(value));
      const built = changed === undefined ? undefined : build(spec, grid, changed).model;
      tries.set(
        index,
        built === undefined ? undefined : { value, given: changed!, model: built, fact: factOfModel(built) },
      );
    }
    return tries.get(index);
  };
  search(values.length, look, wanted.target);
  let best: Tried | undefined;
  for (const tried of [...tries].sort(([a], [b]) => a - b)) {
    const candidate = tried[1];
    if (candidate !== undefined && (best === undefined || off(candidate.fact) < off(best.fact))) best = candidate;
  }
  if (best === undefined || off(best.fact) > wanted.slack) return nothingNear(match, wanted, [...tries.values()], own);
  const assignment: Assignment = { target: 'parameter', path, term: number(best.value), shown: showNum(best.value) };
  return { given: best.given, model: best.model, assignment, off: relative(best.fact) };
}

/** Values of `by`: its own, and steps from it, that its type allows. */
function valuesOf(
  spec: Spec,
  grid: Grid,
  match: Match,
  given: Settings,
  path: readonly string[],
  frame: Frame,
): readonly Num[] | string {
  const { settings } = settleSettings(grid.base.model, given, '', spec.instances);
  let term: Term | undefined = settings?.get(path[0]!);
  for (const name of path.slice(1)) term = term?.kind === 'record' ? term.fields.get(name) : undefined;
  const step = frame.evaluate.expression(match.step, frame);
  if (term?.kind !== 'number' || step.kind !== 'number' || toNumber(step.value) <= 0)
    return `\`${path.join('.')}\` cannot be moved: it has no number, or the step is not positive`;
  const own = term.value;
  const parameter = signatureOf(grid.base.model).byName.get(path[0]!);
  const type = parameter?.kind === 'value' ? fieldType(parameter.type, path.slice(1)) : undefined;
  const whole = type?.type.kind === 'basic' && type.type.basic === 'int';
  const low = divide(own, 4);
  const high = multiply(own, 4);
  const span = (toNumber(own) * 3.75) / toNumber(step.value);
  if (!isNum(low) || !isNum(high) || !(span >= 0)) return `\`${path.join('.')}\` must be positive to be moved`;
  if (span > MOST_VALUES)
    return `the step is too fine: ${Math.floor(span)} values of \`${path.join('.')}\`, and at most ${MOST_VALUES} are looked at`;
  const values: Num[] = [];
  const first = -Math.floor((toNumber(own) * 0.75) / toNumber(step.value));
  for (let i = first - 1; ; i++) {
    const shift = multiply(i, step.value);
    const value = isNum(shift) ? add(own, shift) : shift;
    if (!isNum(value) || compare(value, high) > 0) break;
    if (compare(value, low) >= 0 && (!whole || isInteger(value))) values.push(value);
  }
  return values;
}

/**
 * Looks at the values that matter: all when they are few, or when the fact does not go one way with the value; else those
 * where it crosses the target.
 */
function search(count: number, look: (index: number) => Tried | undefined, target: number): void {
  const all = (): void => {
    for (let i = 0; i < count; i++) look(i);
  };
  if (count <= FEW) return all();
  const samples: { readonly at: number; readonly fact: number }[] = [];
  for (let k = 0; k <= 8; k++) {
    const found = nearby(Math.round((k * (count - 1)) / 8), count, look);
    if (found !== undefined && found.at !== samples.at(-1)?.at) samples.push(found);
  }
  const rising = samples.every((sample, i) => i === 0 || sample.fact >= samples[i - 1]!.fact);
  const falling = samples.every((sample, i) => i === 0 || sample.fact <= samples[i - 1]!.fact);
  if (samples.length < 3 || (!rising && !falling)) return all();
  const below = (fact: number): boolean => (rising ? fact < target : fact > target);
  let low = -1;
  let high = count;
  for (const { at, fact } of samples) {
    if (below(fact)) low = Math.max(low, at);
    else high = Math.min(high, at);
  }
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    let found: { readonly at: number; readonly fact: number } | undefined;
    for (let d = 0; found === undefined && (middle - d > low || middle + d < high); d++) {
      for (const at of d === 0 ? [middle] : [middle - d, middle + d]) {
        if (at <= low || at >= high) continue;
        const tried = look(at);
        if (tried !== undefined) found = { at, fact: tried.fact };
        if (found !== undefined) break;
      }
    }
    if (found === undefined) return;
    if (below(found.fact)) low = found.at;
    else high = found.at;
  }
}

/** The nearest index at which a model can be built, a short way off at most. */
function nearby(
  at: number,
  count: number,
  look: (index: number) => Tried | undefined,
): { readonly at: number; readonly fact: number } | undefined {
  for (let d = 0; d < Math.max(4, count / 16); d++) {
    for (const index of d === 0 ? [at] : [at - d, at + d]) {
      const tried = index >= 0 && index < count ? look(index) : undefined;
      if (tried !== undefined) return { at: index, fact: tried.fact };
    }
  }
  return undefined;
}

/** "no size.ratio makes macs 41.8M ± 418K: 2.25 gives 41.1M, 2.5 gives 42.3M" */
function nothingNear(match: Match, wanted: Wanted, tries: readonly (Tried | undefined)[], own: number): string {
  const found = tries.filter((tried) => tried !== undefined);
  const by = match.by.map((name) => name.text).join('.');
  const goal = `no ${by} makes ${wanted.fact} ${showQuantity(wanted.target, 4)} ± ${showQuantity(wanted.slack, 2)}`;
  const below = found.filter((tried) => tried.fact <= wanted.target).sort((a, b) => b.fact - a.fact)[0];
  const above = found.filter((tried) => tried.fact > wanted.target).sort((a, b) => a.fact - b.fact)[0];
  const nearest = [below, above].flatMap((tried) =>
    tried === undefined ? [] : [`${showNum(tried.value)} gives ${showQuantity(tried.fact, 4)}`],
  );
  return nearest.length > 0
    ? `${goal}: ${nearest.join(', ')}`
    : `${goal}: no other value can be built, and it has ${showQuantity(own, 4)}`;
}
