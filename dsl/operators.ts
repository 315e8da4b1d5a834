/**
 * A flat chain of operands and operators → a tree, by precedence climbing. From the loosest: `or`, `and`, `not`, a
 * comparison, a range (neither chains), sums, products, a minus before, `^` (to the right, its right side may have a
 * minus). Recursion is bounded: the caller has counted the operators.
 */
import { type Context, placeOf, spanFrom, spanOfToken } from './cst.ts';
import { report } from './syntax-codes.ts';
import { Minus, type Token } from './tokens.ts';
import type { BinaryExpr, BinaryOp, Expr } from './tree.ts';

export interface Operand {
  readonly prefixes: readonly Token[];
  readonly base: Expr;
}

const NOT = 3;
const COMPARE = 4;
const RANGE = 5;
const NEGATE = 8;
const POWER = 9;

const PRECEDENCE: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  '==': COMPARE,
  '!=': COMPARE,
  '<': COMPARE,
  '<=': COMPARE,
  '>': COMPARE,
  '>=': COMPARE,
  '..': RANGE,
  '+': 6,
  '-': 6,
  '*': 7,
  '/': 7,
  '%': 7,
  '^': POWER,
};

/** How tightly an expression holds together, for whoever writes it: a primary holds tightest. */
export function precedenceOf(expr: Expr): number {
  if (expr.kind === 'pipe') return 0;
  if (expr.kind === 'binary') return PRECEDENCE[expr.op]!;
  if (expr.kind === 'range') return RANGE;
  if (expr.kind === 'unary') return expr.op === 'not' ? NOT : NEGATE;
  return 10;
}

export function climb(context: Context, operands: readonly Operand[], operators: readonly Token[]): Expr {
  let at = 0;
  const ahead = () => operators[at];
  const precedence = () => PRECEDENCE[operators[at]?.image ?? ''] ?? -1;

  /** The operand at `at` from its prefix `j` on, and what holds tighter than `least` after it. */
  const chain = (least: number, j: number): Expr => {
    let left = prefixed(least, j);
    for (let level = precedence(); level >= least; level = precedence()) {
      const operator = ahead()!;
      at++;
      const right = chain(level === POWER ? NEGATE : level + 1, 0);
      left = join(operator, left, right);
      if ((level === COMPARE || level === RANGE) && precedence() === level) noChain(ahead()!, level);
    }
    return left;
  };

  const prefixed = (least: number, j: number): Expr => {
    const { prefixes, base } = operands[at]!;
    const prefix = prefixes[j];
    if (prefix === undefined) return base;
    const negates = prefix.tokenType === Minus;
    if (!negates && least > NOT) misplacedNot(prefix, j > 0 ? prefixes[j - 1]! : operators[at - 1]!);
    const operand = chain(negates ? NEGATE : COMPARE - 1, j + 1);
    return { kind: 'unary', op: negates ? '-' : 'not', operand, span: spanFrom(spanOfToken(prefix), operand.span) };
  };

  const join = (operator: Token, left: Expr, right: Expr): Expr => {
    const span = spanFrom(left.span, right.span);
    if (operator.image === '..') return { kind: 'range', from: left, to: right, span };
    return { kind: 'binary', op: operator.image as BinaryOp, at: spanOfToken(operator), left, right, span };
  };

  const noChain = (operator: Token, level: number) => {
    const [what, help] =
      level === COMPARE
        ? ['comparisons', 'join two with `and`: `a < b and b < c`']
        : ['ranges', 'a range is `from..to`'];
    context.report(report('D0116', placeOf(context, spanOfToken(operator)), { what }, { help }));
  };

  const misplacedNot = (prefix: Token, after: Token) => {
    const help = 'write `(not …)`';
    context.report(report('D0117', placeOf(context, spanOfToken(prefix)), { after: after.image }, { help }));
  };

  return chain(1, 0);
}

/** The precedence that the left and the right side of an operator need to stand without parentheses. */
export function sidesOf(expr: BinaryExpr | { readonly kind: 'range' }): readonly [left: number, right: number] {
  const level = expr.kind === 'range' ? RANGE : PRECEDENCE[expr.op]!;
  if (level === COMPARE || level === RANGE) return [level + 1, level + 1];
  return level === POWER ? [POWER + 1, NEGATE] : [level, level + 1];
}
