/**
 * `where`: conditions over parameters and facts. A condition is cut at its `and`s; what names no fact (and nothing that
 * `match` moves) is settled before anything is built, so that a grid of a million combinations with a tight condition
 * builds only the few that it accepts.
 */
import type { Expr, Match } from '../../dsl/tree.ts';
import { showQuantity } from '../check/quantity.ts';
import { type FactName, isFactName } from '../cost/facts.ts';
import { createSession, type Frame } from '../elaborate/context.ts';
import type { ModelInstance, Settings } from '../elaborate/model.ts';
import { toNumber } from '../elaborate/number.ts';
import { topFrame } from '../elaborate/point.ts';
import { signatureOf } from '../elaborate/signatures.ts';
import type { Spec } from '../elaborate/spec.ts';
import { number, showTerm, type Term } from '../elaborate/term.ts';
import { factTerm } from './candidate.ts';
import type { Grid } from './grid.ts';

export interface Conditions {
  /** settled from parameters alone */
  readonly early: readonly Expr[];
  readonly late: readonly Expr[];
}

export function sortConditions(grid: Grid): Conditions {
  const parameters = signatureOf(grid.base.model).byName;
  const moved = new Set(grid.matches.map((match: Match) => match.by[0]!.text));
  const early: Expr[] = [];
  const late: Expr[] = [];
  for (const where of grid.wheres) {
    for (const part of conjuncts(where.condition)) {
      const names = namesIn(part);
      const waits = names.some((name) => moved.has(name) || (isFactName(name) && !parameters.has(name)));
      (waits ? late : early).push(part);
    }
  }
  return { early, late };
}

function conjuncts(expr: Expr): readonly Expr[] {
  if (expr.kind === 'paren') return conjuncts(expr.of);
  return expr.kind === 'binary' && expr.op === 'and' ? [...conjuncts(expr.left), ...conjuncts(expr.right)] : [expr];
}

/** Every name that stands in an expression. */
export function namesIn(expr: Expr): readonly string[] {
  const names: string[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    else if (typeof value === 'object' && value !== null) {
      const node = value as { readonly kind?: string; readonly name?: { readonly text?: string } };
      if (node.kind === 'name' && node.name?.text !== undefined) names.push(node.name.text);
      else for (const inner of Object.values(value)) visit(inner);
    }
  };
  visit(expr);
  return names;
}

/** The conditions' surroundings: parameters, the seed, and facts, which are worked out when asked for. */
export function conditionFrame(spec: Spec, grid: Grid, settings: Settings, seed: number, model?: ModelInstance): Frame {
  const session = createSession(spec.instances, '', false);
  const frame = topFrame(grid.symbol.scope, session, '');
  for (const [name, term] of settings) frame.names.set(name, term);
  if (!settings.has('seed')) frame.names.set('seed', number(seed));
  if (model === undefined) return frame;
  const known = frame.names;
  const lazily: Map<string, Term> = new Map(known);
  const get = lazily.get.bind(lazily);
  lazily.get = (name) => {
    const term = get(name);
    if (term !== undefined || !isFactName(name)) return term;
    const fact = factTerm(model, name as FactName);
    lazily.set(name, fact);
    return fact;
  };
  return { ...frame, names: lazily };
}

/** Why a point is rejected by a condition, in words; none when it holds. */
export function rejection(conditions: readonly Expr[], frame: Frame): string | undefined {
  for (const condition of conditions) {
    const term = frame.evaluate.expression(condition, frame);
    if (term.kind === 'bool') {
      if (!term.value) return inWords(condition, frame);
      continue;
    }
    const [first] = frame.session.diagnostics;
    return first?.message ?? `\`${textOf(condition, frame)}\` is no condition`;
  }
  return undefined;
}

const textOf = (expr: Expr, frame: Frame): string =>
  frame.scope.file.source.text.slice(expr.span.start, expr.span.end).replaceAll(/\s+/g, ' ');

const NOT: Readonly<Record<string, string>> = {
  '<': 'is not below',
  '<=': 'is above',
  '>': 'is not above',
  '>=': 'is below',
  '==': 'is not',
  '!=': 'is',
};

/** "macs 131.2G is not below 120G" */
function inWords(condition: Expr, frame: Frame): string {
  if (condition.kind !== 'binary' || NOT[condition.op] === undefined)
    return `\`${textOf(condition, frame)}\` does not hold`;
  const side = (expr: Expr): string => {
    const term = frame.evaluate.expression(expr, frame);
    return term.kind === 'number' ? showQuantity(toNumber(term.value), 4) : showTerm(term);
  };
  const left = textOf(condition.left, frame);
  const value = side(condition.left);
  return `${left}${left === value ? '' : ` ${value}`} ${NOT[condition.op]} ${side(condition.right)}`;
}
