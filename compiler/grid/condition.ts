/**
 * `where`: conditions over parameters, the seed and facts. A condition is cut at its `and`s; what names no fact, and
 * nothing that `match` moves, is settled before anything is built, so that a grid of a million combinations with a tight
 * condition builds only the few that it accepts.
 */
import type { Expr, Name } from '../../dsl/tree.ts';
import { showQuantity } from '../check/quantity.ts';
import { type FactName, isFactName } from '../cost/facts.ts';
import { createSession, type Frame } from '../elaborate/context.ts';
import { Instances } from '../elaborate/instances.ts';
import type { ModelInstance, Settings } from '../elaborate/model.ts';
import { toNumber } from '../elaborate/number.ts';
import { topFrame } from '../elaborate/point.ts';
import { signatureOf } from '../elaborate/signatures.ts';
import type { ModelSymbol, Scope } from '../elaborate/symbol.ts';
import { number, showTerm, type Term } from '../elaborate/term.ts';
import { factsOf } from './point-facts.ts';

/** What keeps a point out. */
export interface Unmet {
  /** in words, with what its values are: "macs 131.2G is not below 120G" */
  readonly reason: string;
  /** the condition, as it is written */
  readonly rule: string;
  /** it could not be evaluated, or is no condition */
  readonly isMistake?: true;
}

export interface Conditions {
  /** whether anything is settled before a model is built */
  readonly hasEarly: boolean;
  /** the parameters that decide it */
  readonly earlyNames: readonly string[];
  /** why parameters alone reject a point; none when they do not */
  early(settings: Settings, seed: number): Unmet | undefined;
  /** why a built point is rejected */
  late(model: ModelInstance, seed: number): Unmet | undefined;
}

export function createConditions(
  conditions: readonly Expr[],
  model: ModelSymbol,
  scope: Scope,
  moved: readonly string[] = [],
): Conditions {
  const waiting = dependents(model, moved);
  const parameters = signatureOf(model).byName;
  const isFact = (name: string): name is FactName => isFactName(name) && !parameters.has(name);
  const parts = conditions.flatMap(conjuncts);
  const waits = (part: Expr): boolean => namesIn(part).some((name) => waiting.has(name) || isFact(name));
  const early = parts.filter((part) => !waits(part));
  const late = parts.filter(waits);
  const facts = [...new Set(late.flatMap(namesIn).filter(isFact))];
  const session = createSession(new Instances(), '', false);
  const frame = topFrame(scope, session, '');
  const enter = (settings: Settings, seed: number): void => {
    frame.names.clear();
    session.diagnostics.length = 0;
    session.seen.clear();
    session.steps = 0;
    session.failed = false;
    frame.nodes = 0;
    frame.failed = false;
    frame.stopped = false;
    frame.names.set('seed', number(seed));
    for (const [name, term] of settings) frame.names.set(name, term);
  };
  return {
    hasEarly: early.length > 0,
    earlyNames: [...new Set(early.flatMap(namesIn))].filter((name) => parameters.has(name)),
    early(settings, seed) {
      enter(settings, seed);
      return rejection(early, frame);
    },
    late(built, seed) {
      if (late.length === 0) return undefined;
      enter(built.settings, seed);
      for (const fact of facts) frame.names.set(fact, number(factsOf(built)[fact]));
      return rejection(late, frame);
    },
  };
}

/** The moved parameters, and those whose defaults are made of them. */
function dependents(model: ModelSymbol, moved: readonly string[]): ReadonlySet<string> {
  const all = new Set(moved);
  for (const parameter of signatureOf(model).parameters)
    if (parameter.kind === 'value' && parameter.default !== undefined)
      if (namesIn(parameter.default).some((name) => all.has(name))) all.add(parameter.name);
  return all;
}

/** What `and` joins. */
export function conjuncts(expr: Expr): readonly Expr[] {
  if (expr.kind === 'paren') return conjuncts(expr.of);
  return expr.kind === 'binary' && expr.op === 'and' ? [...conjuncts(expr.left), ...conjuncts(expr.right)] : [expr];
}

export const namesIn = (expr: Expr): readonly string[] => namesOf(expr).map(({ text }) => text);

/** Every name that stands in an expression for a value. */
export function namesOf(expr: Expr): readonly Name[] {
  const names: Name[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    else if (typeof value === 'object' && value !== null) {
      const node = value as { readonly kind?: string; readonly name?: Name };
      if (node.kind === 'name' && node.name !== undefined) names.push(node.name);
      else for (const inner of Object.values(value)) visit(inner);
    }
  };
  visit(expr);
  return names;
}

/** Why one of the conditions does not hold; none when all do. */
function rejection(conditions: readonly Expr[], frame: Frame): Unmet | undefined {
  for (const condition of conditions) {
    const term = frame.evaluate.expression(condition, frame);
    if (term.kind === 'bool' && term.value) continue;
    const rule = textOf(condition, frame);
    if (term.kind === 'bool') return { reason: inWords(condition, frame), rule };
    return { reason: frame.session.diagnostics[0]?.message ?? `\`${rule}\` is no condition`, rule, isMistake: true };
  }
  return undefined;
}

const texts = new WeakMap<Expr, string>();

function textOf(expr: Expr, frame: Frame): string {
  let text = texts.get(expr);
  if (text === undefined) {
    text = frame.scope.file.source.text.slice(expr.span.start, expr.span.end).replaceAll(/\s+/g, ' ');
    texts.set(expr, text);
  }
  return text;
}

const NOT: Readonly<Record<string, string>> = {
  '<': 'is not below',
  '<=': 'is above',
  '>': 'is not above',
  '>=': 'is below',
  '==': 'is not',
  '!=': 'is',
};

/** "macs 131.2G is not below 120G"; "depth % 2 is 1, which is not 0" */
function inWords(condition: Expr, frame: Frame): string {
  if (condition.kind !== 'binary' || NOT[condition.op] === undefined)
    return `\`${textOf(condition, frame)}\` does not hold`;
  const not = NOT[condition.op]!;
  const rounded = (expr: Expr, term: Term, digits: number): string => {
    if (term.kind === 'number') return showQuantity(toNumber(term.value), digits);
    // a member of an enum has a value beside one of its type only
    return term.kind === 'error' ? textOf(expr, frame) : showTerm(term);
  };
  const left = textOf(condition.left, frame);
  const right = textOf(condition.right, frame);
  const term = frame.evaluate.expression(condition.right, frame);
  // 1000 of a width is not 1K
  const isShort = condition.right.kind === 'number' && /^[\d.]{1,5}$/.test(right);
  const limit = rounded(condition.right, term, 4);
  // both sides are the same then
  if (condition.op === '!=') return `${left} ${not} ${isShort ? right : limit}`;
  const own = frame.evaluate.expression(condition.left, frame);
  const value = rounded(condition.left, own, 4);
  // rounding must not make a contradiction of it
  const isNear = value === limit && value !== left;
  const shown = isShort ? right : isNear ? rounded(condition.right, term, 12) : limit;
  if (left === value) return `${left} ${not} ${shown}`;
  const exact = isNear ? rounded(condition.left, own, 12) : value;
  return condition.left.kind === 'binary'
    ? `${left} is ${exact}, which ${not} ${shown}`
    : `${left} ${exact} ${not} ${shown}`;
}
