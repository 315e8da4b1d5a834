/** Calls of ops: how the arguments that people write become operands and attributes. */
import type { Span } from '../../dsl/span.ts';
import type { Dim } from '../ir/type.ts';
import type { OpName } from '../ops/registry.ts';
import { opNamed } from '../ops/registry.ts';
import { filledIn, type Given, matchArguments } from './arguments.ts';
import { applyOp, emit } from './arithmetic.ts';
import { type CallSite, type Frame, fail } from './context.ts';
import { dimOf } from './dims.ts';
import { intOf } from './indexing.ts';
import { toNumber } from './number.ts';
import { describe, ERROR, type OpTerm, type TensorTerm, type Term } from './term.ts';

/** One argument of an op, in the order of a call by position. */
interface Slot {
  readonly name: string;
  readonly kind: 'tensor' | 'tensors' | 'int' | 'axis' | 'number' | 'string';
  readonly default?: number;
}

const tensor = (name: string): Slot => ({ name, kind: 'tensor' });
const int = (name: string, fallback?: number): Slot => ({ name, kind: 'int', default: fallback });
const axis = (fallback: number): Slot => ({ name: 'axis', kind: 'axis', default: fallback });
const PATTERN: Slot = { name: 'pattern', kind: 'string' };
const EPS: Slot = { name: 'eps', kind: 'number', default: 1e-6 };

/** Ops whose calls are more than their operands in order. */
const SLOTS: Partial<Record<OpName, readonly Slot[]>> = {
  layernorm: [tensor('x'), EPS],
  rmsnorm: [tensor('x'), EPS],
  einsum: [PATTERN, tensor('a'), tensor('b')],
  conv2d: [tensor('x'), tensor('w'), int('stride', 1), int('padding', 0)],
  conv2d_input: [tensor('gradient'), tensor('w'), int('height'), int('width'), int('stride', 1), int('padding', 0)],
  conv2d_weight: [tensor('x'), tensor('gradient'), int('height'), int('width'), int('stride', 1), int('padding', 0)],
  rearrange: [tensor('x'), PATTERN],
  repeat: [tensor('x'), PATTERN],
  reduce: [tensor('x'), PATTERN, { name: 'op', kind: 'string' }],
  concat: [{ name: 'parts', kind: 'tensors' }, axis(-1)],
  slice: [tensor('x'), axis(-1), int('start'), int('end')],
  pad: [tensor('x'), axis(-1), int('before'), int('after')],
  gather: [tensor('x'), tensor('index'), axis(0), int('batch', 0)],
  scatter: [tensor('gradient'), tensor('index'), int('rows'), axis(0), int('batch', 0)],
  arange: [int('size')],
};

const PATTERNED: ReadonlySet<string> = new Set(['rearrange', 'repeat', 'reduce']);
/** ops that move ints without changing them */
const KEEPS_BOUND: ReadonlySet<string> = new Set(['rearrange', 'repeat', 'slice']);

const slotCache = new Map<string, readonly Slot[]>();

function slotsOf(op: string): readonly Slot[] {
  let slots = slotCache.get(op);
  if (slots === undefined) {
    const { operands } = opNamed(op);
    slots = SLOTS[op as OpName] ?? ('rest' in operands ? [] : operands.map(tensor));
    slotCache.set(op, slots);
  }
  return slots;
}

const nameCache = new Map<string, readonly string[]>();

/** The names of an op's arguments, for messages and for filling some in. */
export function parametersOfOp(op: string): readonly string[] {
  let names = nameCache.get(op);
  if (names === undefined) nameCache.set(op, (names = slotsOf(op).map((slot) => slot.name)));
  return names;
}
const openCache = new Map<string, readonly string[]>();

/** The names that are left when a value was piped to one of them. */
function openOfOp(op: string, piped: string): readonly string[] {
  let names = openCache.get(op);
  if (names === undefined) openCache.set(op, (names = parametersOfOp(op).filter((name) => name !== piped)));
  return names;
}

export const tensorsOfOp = (op: string): readonly string[] =>
  slotsOf(op).flatMap((slot) => (slot.kind.startsWith('tensor') ? [slot.name] : []));

export function callOp(term: OpTerm, site: CallSite, frame: Frame): Term {
  const { op } = term;
  const slots = slotsOf(op);
  const open = PATTERNED.has(op);
  const names = parametersOfOp(op);
  // a piped value is the first tensor, wherever that stands among the arguments
  const first = slots.findIndex((slot) => slot.kind.startsWith('tensor'));
  const pipedName = site.piped !== undefined && first > 0 ? names[first] : undefined;
  const direct = pipedName === undefined ? site : { ...site, piped: undefined };
  const order = pipedName === undefined ? names : openOfOp(op, pipedName);
  const { given: matched, sound } = matchArguments(direct, order, frame, open);
  if (!sound) return ERROR;
  const given =
    pipedName === undefined
      ? matched
      : new Map([...matched, [pipedName, { term: site.piped!.term, span: site.piped!.span } as Given]]);

  const operands: Term[] = [];
  const spans: Span[] = [];
  const attributes: Record<string, number | string | Record<string, Dim>> = {};
  const axes: [string, number, Span][] = [];
  for (const slot of slots) {
    const argument = given.get(slot.name);
    const value =
      argument !== undefined
        ? (argument.term ?? frame.evaluate.expression(argument.expr!, frame))
        : term.filled.get(slot.name);
    const span = argument?.span ?? site.span;
    if (argument !== undefined && term.filled.has(slot.name)) return filledIn(term, slot.name, span, frame);
    if (value === undefined) {
      if (slot.default === undefined) return fail(frame, 'D0321', site.callee.span, { name: slot.name, callee: op });
      if (slot.kind === 'axis') axes.push([slot.name, slot.default, span]);
      else attributes[slot.name] = slot.default;
      continue;
    }
    if (value.kind === 'error') return ERROR;
    switch (slot.kind) {
      case 'tensor':
        operands.push(value);
        spans.push(span);
        break;
      case 'tensors':
        if (value.kind !== 'list')
          return fail(frame, 'D0305', span, { expected: `a list of tensors for \`${op}\``, given: describe(value) });
        if (value.items.length === 0) return fail(frame, 'D0307', span, { why: `\`${op}\` needs at least one tensor` });
        for (const item of value.items) {
          operands.push(item);
          spans.push(span);
        }
        break;
      case 'string':
        if (value.kind !== 'string')
          return fail(frame, 'D0305', span, {
            expected: `a string for \`${slot.name}\` of \`${op}\``,
            given: describe(value),
          });
        attributes[slot.name] = value.value;
        break;
      case 'number':
        if (value.kind !== 'number')
          return fail(frame, 'D0305', span, {
            expected: `a number for \`${slot.name}\` of \`${op}\``,
            given: describe(value),
          });
        attributes[slot.name] = toNumber(value.value);
        break;
      default: {
        const int = intOf(value, `\`${slot.name}\` of \`${op}\``, span, frame);
        if (int === undefined) return ERROR;
        if (slot.kind === 'axis') axes.push([slot.name, int, span]);
        else attributes[slot.name] = int;
      }
    }
  }
  for (const [name, value, span] of axes) {
    const operand = operands[0]!;
    if (operand.kind === 'error') return ERROR;
    const rank = operand.kind === 'tensor' ? operand.type.shape.length : 0;
    const at = value < 0 ? value + rank : value;
    if (at < 0 || at >= rank)
      return fail(frame, 'D0307', span, { why: `axis ${value} is out of range: the tensor has ${rank} axes` });
    attributes[name] = at;
  }
  if (open) {
    const sizes: Record<string, Dim> = {};
    for (const [name, argument] of given) {
      if (names.includes(name)) continue;
      const dim = dimOf(argument.term ?? frame.evaluate.expression(argument.expr!, frame), argument.span, frame);
      if (dim === undefined) return ERROR;
      sizes[name] = dim;
    }
    if (Object.keys(sizes).length > 0 || op === 'repeat') attributes.sizes = sizes;
  }
  if (op === 'gather' && !rowsSuffice(operands, attributes.axis as number, spans[1]!, frame)) return ERROR;
  const result =
    SLOTS[op as OpName] === undefined
      ? applyOp(frame, op, operands, spans, site.span)
      : withScalars(frame, op, operands, attributes, spans, site.span);
  return result.kind === 'tensor' ? bounded(result, op, operands) : result;
}

/** Like `applyOp`, with attributes. */
const withScalars = (
  frame: Frame,
  op: string,
  operands: readonly Term[],
  attributes: object,
  spans: readonly Span[],
  span: Span,
): Term =>
  operands.length === 0
    ? emit(frame, op, [], attributes, spans, span)
    : applyOp(frame, op, operands, spans, span, attributes);

/** An index whose bound is known must fit the rows of the table. */
function rowsSuffice(operands: readonly Term[], axisOfTable: number, span: Span, frame: Frame): boolean {
  const [table, index] = operands;
  if (table?.kind !== 'tensor' || index?.kind !== 'tensor' || index.bound === undefined) return true;
  const rows = table.type.shape[axisOfTable];
  if (typeof rows !== 'number' || index.bound <= rows) return true;
  fail(
    frame,
    'D0505',
    span,
    { bound: index.bound, rows },
    {
      help: 'a label that may be "no label" needs one more row: `Embedding(y, classes + 1, width)`',
    },
  );
  return false;
}

function bounded(result: TensorTerm, op: string, operands: readonly Term[]): TensorTerm {
  const [x] = operands;
  if (KEEPS_BOUND.has(op) && x?.kind === 'tensor' && x.bound !== undefined) return { ...result, bound: x.bound };
  const last = result.type.shape.at(-1);
  return (op === 'argsort' || op === 'arange') && typeof last === 'number' ? { ...result, bound: last } : result;
}
