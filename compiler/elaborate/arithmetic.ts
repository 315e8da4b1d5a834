/** Operators and one-argument functions, on numbers exactly and on tensors as ops of the graph. */
import type { Span } from '../../dsl/span.ts';
import type { BinaryExpr, UnaryExpr } from '../../dsl/tree.ts';
import { isValue } from '../ir/builder.ts';
import type { TensorType } from '../ir/type.ts';
import { type Frame, fail, LIMITS, placeOf } from './context.ts';
import {
  add,
  compare,
  divide,
  isInteger,
  isNum,
  multiply,
  type NoNumber,
  type Num,
  negate,
  power,
  remainder,
  subtract,
  toNumber,
} from './number.ts';
import { describe, ERROR, keyOf, list, number, type TensorTerm, type Term, tensorTerm, truth } from './term.ts';

const OP_OF: Readonly<Record<string, string>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '^': 'pow',
  '==': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'le',
};

/** floor, ceil and % are for numbers of compile time */
export const TENSOR_ROUNDING =
  'tensors are not rounded; the place of a token on a grid is `rows(h, w)` and `columns(h, w)` of `std.embed`';

/** An op of the graph on terms: numbers become scalars. A misfit is reported at the operand it names. */
export function applyOp(
  frame: Frame,
  op: string,
  operands: readonly Term[],
  spans: readonly Span[],
  span: Span,
  attributes = {},
): Term {
  const values: number[] = [];
  const tensors = operands.filter((term): term is TensorTerm => term.kind === 'tensor');
  for (let index = 0; index < operands.length; index++) {
    const term = operands[index]!;
    if (term.kind === 'error') return ERROR;
    if (term.kind === 'tensor') values.push(term.value);
    else if (term.kind === 'number') values.push(scalar(frame, term.value, tensors));
    else if (term.kind === 'bool') values.push(frame.build.number(term.value ? 1 : 0, { dtype: 'bool', shape: [] }));
    else return fail(frame, 'D0305', spans[index] ?? span, { expected: 'a tensor or a number', given: describe(term) });
  }
  return emit(frame, op, values, attributes, spans, span);
}

/** A number beside int tensors stays an int where it is one. */
function scalar(frame: Frame, value: Num, tensors: readonly TensorTerm[]): number {
  const whole = isInteger(value) && tensors.length > 0 && tensors.every((tensor) => tensor.type.dtype === 'int');
  const type: TensorType = { dtype: whole ? 'int' : 'f32', shape: [] };
  return frame.build.number(toNumber(value), type);
}

export function emit(
  frame: Frame,
  op: string,
  values: readonly number[],
  attributes: object,
  spans: readonly Span[],
  span: Span,
  bound?: number,
): Term {
  const result = frame.build.tryOp(op, values, attributes as Record<string, never>, placeOf(frame, span));
  if (!isValue(result)) {
    const at = typeof result.at === 'number' ? (spans[result.at] ?? span) : span;
    return fail(frame, 'D0301', at, { op, why: result.misfit }, { help: result.help });
  }
  return tensorTerm(result, frame.build.typeOf(result), bound);
}

function settled(frame: Frame, span: Span, result: Num | NoNumber): Term {
  return isNum(result) ? number(result) : fail(frame, 'D0312', span, { why: result.problem });
}

const EXACT: Readonly<Record<string, (a: Num, b: Num) => Num | NoNumber>> = {
  '+': add,
  '-': subtract,
  '*': multiply,
  '/': divide,
  '%': remainder,
  '^': power,
};

const ORDER: Readonly<Record<string, (difference: number) => boolean>> = {
  '<': (d) => d < 0,
  '<=': (d) => d <= 0,
  '>': (d) => d > 0,
  '>=': (d) => d >= 0,
};

/** `left op right` for everything but `and` and `or`, which do not always look at their right side. */
export function binary(expr: BinaryExpr, left: Term, right: Term, frame: Frame): Term {
  if (left.kind === 'error' || right.kind === 'error') return ERROR;
  const { op, at } = expr;
  if (left.kind === 'tensor' || right.kind === 'tensor') {
    if ((op === '==' || op === '!=') && (left.kind === 'none' || right.kind === 'none')) return truth(op === '!=');
    return onTensors(expr, left, right, frame);
  }
  if (op === '==' || op === '!=') return truth(equal(left, right) === (op === '=='));
  if (left.kind === 'number' && right.kind === 'number') {
    const order = ORDER[op];
    return order !== undefined
      ? truth(order(compare(left.value, right.value)))
      : settled(frame, expr.span, EXACT[op]!(left.value, right.value));
  }
  if ((left.kind === 'batch' || right.kind === 'batch') && isScalar(left) && isScalar(right))
    return onBatch(expr, left, right, frame);
  if (op === '+' && left.kind === 'list' && right.kind === 'list') {
    if (left.items.length + right.items.length > LIMITS.items)
      return fail(frame, 'D0901', expr.span, { what: 'the list is too long', limit: `${LIMITS.items} items` });
    return list([...left.items, ...right.items]);
  }
  const culprit = left.kind === 'number' || left.kind === 'batch' || left.kind === 'list' ? right : left;
  return fail(
    frame,
    'D0305',
    culprit === right ? expr.right.span : expr.left.span,
    {
      expected: left.kind === 'list' && op === '+' ? `a list for \`${op}\`` : `a number or a tensor for \`${op}\``,
      given: describe(culprit),
    },
    { labels: [{ place: placeOf(frame, at), text: 'for this operator' }] },
  );
}

const isScalar = (term: Term): boolean => term.kind === 'number' || term.kind === 'batch';

function equal(left: Term, right: Term): boolean {
  return left.kind === 'number' && right.kind === 'number'
    ? compare(left.value, right.value) === 0
    : keyOf(left) === keyOf(right);
}

/** Multiples of N: added to each other, multiplied and divided by numbers, divided by each other. */
function onBatch(expr: BinaryExpr, left: Term, right: Term, frame: Frame): Term {
  const { op } = expr;
  const wrap = (result: Num | NoNumber): Term => {
    const term = settled(frame, expr.span, result);
    return term.kind !== 'number'
      ? term
      : toNumber(term.value) === 0
        ? number(0)
        : { kind: 'batch', times: term.value };
  };
  if (left.kind === 'batch' && right.kind === 'batch') {
    if (op === '+' || op === '-') return wrap(EXACT[op]!(left.times, right.times));
    if (op === '/') return settled(frame, expr.span, divide(left.times, right.times));
  } else if (left.kind === 'batch' && right.kind === 'number') {
    if (op === '*' || op === '/') return wrap(EXACT[op]!(left.times, right.value));
  } else if (left.kind === 'number' && right.kind === 'batch' && op === '*') {
    return wrap(multiply(left.value, right.times));
  }
  return fail(
    frame,
    'D0310',
    expr.at,
    { op },
    {
      help: 'multiples of N can be added to each other, multiplied and divided by numbers, and divided by each other',
    },
  );
}

function onTensors(expr: BinaryExpr, left: Term, right: Term, frame: Frame): Term {
  const { op } = expr;
  const spans = [expr.left.span, expr.right.span];
  if (op === '>' || op === '>=')
    return applyOp(frame, op === '>' ? 'lt' : 'le', [right, left], [spans[1]!, spans[0]!], expr.span);
  const name = OP_OF[op];
  if (name === undefined) {
    const given = describe(left.kind === 'tensor' ? left : right);
    return fail(frame, 'D0305', expr.at, { expected: `numbers for \`${op}\``, given }, { help: TENSOR_ROUNDING });
  }
  return applyOp(frame, name, [left, right], spans, expr.span);
}

export function unary(expr: UnaryExpr, operand: Term, frame: Frame): Term {
  if (operand.kind === 'error') return ERROR;
  if (expr.op === 'not') {
    return operand.kind === 'bool'
      ? truth(!operand.value)
      : fail(frame, 'D0305', expr.operand.span, { expected: 'a bool of compile time', given: describe(operand) });
  }
  if (operand.kind === 'number') return number(negate(operand.value));
  if (operand.kind === 'tensor') return applyOp(frame, 'neg', [operand], [expr.operand.span], expr.span);
  return fail(frame, 'D0305', expr.operand.span, {
    expected: 'a number or a tensor for `-`',
    given: describe(operand),
  });
}
