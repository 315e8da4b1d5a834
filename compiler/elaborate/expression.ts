/** The walk over expressions. It knows which part of compile time or of the graph a form belongs to, and no op. */

import { nearest } from '../../dsl/suggest.ts';
import type { ChoiceExpr, Expr, MemberExpr, NumberExpr } from '../../dsl/tree.ts';
import { isOpName } from '../ops/registry.ts';
import { binary, unary } from './arithmetic.ts';
import { call } from './call.ts';
import { type CallSite, type Frame, fail, LIMITS, placeOf, type Wanted } from './context.ts';
import { foreignHelp } from './foreign-name.ts';
import { index } from './indexing.ts';
import { lookup, visibleNames } from './lookup.ts';
import { match } from './match.ts';
import { isInteger, isNum, parseNum, showNum, toNumber } from './number.ts';
import { prefixOf } from './paths.ts';
import type { Kind } from './signature.ts';
import { describe, ERROR, FALSE, list, NONE, number, type Term, TRUE, truth } from './term.ts';

/** The value of an expression. What is wrong is said, and then the value is the error that nobody speaks of again. */
export function expression(expr: Expr, frame: Frame, wanted: Wanted = NOTHING_WANTED): Term {
  const { session } = frame;
  if (frame.stopped || frame.halted) return ERROR;
  if (session.depth >= LIMITS.nesting) {
    return fail(frame, 'D0901', expr.span, {
      what: 'expressions inside expressions, through calls',
      limit: `${LIMITS.nesting}`,
    });
  }
  session.depth++;
  try {
    return evaluate(expr, frame, wanted);
  } finally {
    session.depth--;
  }
}

function evaluate(expr: Expr, frame: Frame, wanted: Wanted): Term {
  switch (expr.kind) {
    case 'missing':
      return ERROR;
    case 'number':
      return literal(expr, frame);
    case 'string':
      return { kind: 'string', value: expr.value };
    case 'bool':
      return expr.value ? TRUE : FALSE;
    case 'none':
      return NONE;
    case 'name':
      return name(expr.name.text, expr, frame, wanted.type);
    case 'list':
      return items(
        expr.items.map((item) =>
          expression(item, frame, wanted.type === undefined ? NOTHING_WANTED : { type: wanted.type }),
        ),
      );
    case 'paren':
      return expression(expr.of, frame, wanted);
    case 'unary':
      return unary(expr, expression(expr.operand, frame), frame);
    case 'range':
      return range(expr.from, expr.to, expr, frame);
    case 'member':
      return member(expr, frame);
    case 'index':
      return index(expr, expression(expr.of, frame), frame);
    case 'choice':
      return choice(expr, frame, wanted);
    case 'match':
      return match(expr, frame, wanted);
    case 'call':
      return call({ callee: expr.callee, args: expr.args, span: expr.span }, frame, wanted);
    case 'pipe': {
      const term = expression(expr.input, frame);
      if (term.kind === 'error') return ERROR;
      const prefix = expr.path === undefined ? wanted.prefix : prefixOf(expr.path, frame);
      const span = { start: expr.callee.span.start, end: expr.span.end };
      return call(
        { callee: expr.callee, piped: { term, span: expr.input.span }, args: expr.args ?? NO_ARGS, span },
        frame,
        {
          prefix,
        },
      );
    }
    case 'path': {
      if (!hasHead(expr.of))
        return fail(frame, 'D0409', expr.path.span, {}, { help: 'a path follows the call that owns the weights' });
      const prefix = prefixOf(expr.path, frame);
      return prefix === undefined ? ERROR : expression(expr.of, frame, { ...wanted, prefix });
    }
    case 'binary':
      return binaryOf(expr, frame);
  }
}

const NOTHING_WANTED: Wanted = {};
const NO_ARGS: CallSite['args'] = [];

const items = (terms: readonly Term[]): Term => (terms.some((term) => term.kind === 'error') ? ERROR : list(terms));

const literals = new WeakMap<NumberExpr, Term>();

function literal(expr: NumberExpr, frame: Frame): Term {
  let term = literals.get(expr);
  if (term === undefined) {
    const value = parseNum(expr.raw);
    if (!isNum(value)) return fail(frame, 'D0312', expr.span, { why: value.problem });
    term = number(value);
    literals.set(expr, term);
  }
  return term;
}

function memberOf(type: Kind | undefined, text: string): Term | undefined {
  if (type?.kind !== 'enum') return undefined;
  const { decl } = type.enum;
  return decl.members.some((each) => each.text === text) ? { kind: 'member', of: decl, name: text } : undefined;
}

function name(text: string, expr: Expr, frame: Frame, type: Kind | undefined): Term {
  if (frame.watch?.bounds.has(text)) frame.watch.note({ name: text });
  const term = frame.names.get(text) ?? memberOf(type, text) ?? lookup(frame, text, expr.span);
  if (term !== undefined) return term;
  const members = type?.kind === 'enum' ? type.enum.decl.members.map((each) => each.text) : [];
  const close = nearest(text, [...members, ...visibleNames(frame)]);
  return fail(
    frame,
    'D0201',
    expr.span,
    { name: text },
    {
      help: close === undefined ? undefined : `did you mean \`${close}\`?`,
      fixes:
        close === undefined
          ? []
          : [{ message: `write \`${close}\``, edits: [{ place: placeOf(frame, expr.span), text: close }] }],
    },
  );
}

function member(expr: MemberExpr, frame: Frame): Term {
  const text = expr.name.text;
  if (expr.of.kind === 'name' && !frame.names.has(expr.of.name.text)) {
    const symbol = frame.scope.names.get(expr.of.name.text);
    if (symbol?.kind === 'enum') {
      const found = memberOf({ kind: 'enum', enum: symbol }, text);
      if (found !== undefined) return found;
      const names = symbol.decl.members.map((each) => each.text);
      const close = nearest(text, names);
      return fail(
        frame,
        'D0204',
        expr.name.span,
        { name: text, from: symbol.decl.name.text },
        {
          help:
            close === undefined ? `it has ${names.map((n) => `\`${n}\``).join(', ')}` : `did you mean \`${close}\`?`,
        },
      );
    }
  }
  const of = expression(expr.of, frame);
  if (of.kind === 'error') return ERROR;
  if (of.kind !== 'record') {
    const help =
      of.kind === 'tensor'
        ? isOpName(text)
          ? `write \`${text}(x)\`: a tensor has no methods`
          : foreignHelp(text)
        : undefined;
    return fail(frame, 'D0214', expr.name.span, { what: describe(of), name: text }, { help });
  }
  const field = of.fields.get(text);
  if (field !== undefined) return field;
  const close = nearest(text, [...of.fields.keys()]);
  return fail(
    frame,
    'D0214',
    expr.name.span,
    { what: `\`${of.record.decl.name.text}\``, name: text },
    {
      help:
        close === undefined
          ? `it has ${[...of.fields.keys()].map((n) => `\`${n}\``).join(', ')}`
          : `did you mean \`${close}\`?`,
    },
  );
}

function range(from: Expr, to: Expr, expr: Expr, frame: Frame): Term {
  const bound = (side: Expr): number | undefined => {
    const term = expression(side, frame);
    if (term.kind === 'error') return undefined;
    if (term.kind === 'number' && isInteger(term.value)) return toNumber(term.value);
    if (term.kind === 'number')
      fail(frame, 'D0306', side.span, { value: showNum(term.value), what: 'a bound of a range' });
    else fail(frame, 'D0305', side.span, { expected: 'an int for a bound of a range', given: describe(term) });
    return undefined;
  };
  const [start, end] = [bound(from), bound(to)];
  if (start === undefined || end === undefined) return ERROR;
  if (end - start > LIMITS.items)
    return fail(frame, 'D0901', expr.span, { what: `a range of ${end - start}`, limit: `${LIMITS.items} items` });
  if (end < start)
    return fail(
      frame,
      'D0307',
      expr.span,
      { why: `the range ${start}..${end} ends before it begins` },
      { help: `ranges go up: \`${start}..${start}\` is empty, and \`reverse(${end}..${start})\` goes down` },
    );
  const numbers: Term[] = [];
  for (let i = start; i < end; i++) numbers.push(number(i));
  return list(numbers);
}

/** A condition of compile time; none after a mistake. */
export function condition(expr: Expr, frame: Frame): boolean | undefined {
  const term = expression(expr, frame);
  if (term.kind === 'error') return undefined;
  if (term.kind === 'bool') return term.value;
  fail(
    frame,
    'D0305',
    expr.span,
    { expected: 'a bool of compile time', given: describe(term) },
    {
      help:
        term.kind === 'tensor'
          ? 'there is no control flow at run time; `where(condition, a, b)` chooses by element'
          : undefined,
    },
  );
  return undefined;
}

function choice(expr: ChoiceExpr, frame: Frame, wanted: Wanted): Term {
  const holds = condition(expr.condition, frame);
  return holds === undefined ? ERROR : expression(holds ? expr.then : expr.else, frame, wanted);
}

function binaryOf(expr: Extract<Expr, { kind: 'binary' }>, frame: Frame): Term {
  const { op, left, right } = expr;
  if (op === 'and' || op === 'or') {
    const first = condition(left, frame);
    if (first === undefined) return ERROR;
    if (first === (op === 'or')) return truth(first);
    const second = condition(right, frame);
    return second === undefined ? ERROR : truth(second);
  }
  if (op === '==' || op === '!=') {
    // a member of an enum is found by the value beside it
    const leftFirst = !(
      left.kind === 'name' &&
      !frame.names.has(left.name.text) &&
      !frame.scope.names.has(left.name.text)
    );
    const first = expression(leftFirst ? left : right, frame);
    const type = enumOf(first, frame);
    const second = expression(leftFirst ? right : left, frame, type === undefined ? NOTHING_WANTED : { type });
    return leftFirst ? binary(expr, first, second, frame) : binary(expr, second, first, frame);
  }
  return binary(expr, expression(left, frame), expression(right, frame), frame);
}

function enumOf(term: Term, frame: Frame): Kind | undefined {
  return term.kind === 'member'
    ? { kind: 'enum', enum: { kind: 'enum', decl: term.of, scope: frame.scope } }
    : undefined;
}

/** Whether an expression is, inside, a call that a path can name. */
function hasHead(expr: Expr): boolean {
  switch (expr.kind) {
    case 'call':
    case 'pipe':
    case 'missing':
      return true;
    case 'paren':
    case 'path':
      return hasHead(expr.of);
    case 'choice':
      return hasHead(expr.then) || hasHead(expr.else);
    case 'match':
      return expr.arms.some((arm) => hasHead(arm.value));
    default:
      return false;
  }
}
