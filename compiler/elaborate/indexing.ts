/** `x[:, 1:, _, ...]` on tensors, `l[i]` and `l[a:b]` on lists, and taking a value apart into names. */
import type { Span } from '../../dsl/span.ts';
import type { IndexExpr, Item } from '../../dsl/tree.ts';
import { type Dim, isBatch, showType } from '../ir/type.ts';
import { emit } from './arithmetic.ts';
import { type Frame, fail } from './context.ts';
import { isInteger, toNumber } from './number.ts';
import { describe, ERROR, type ListTerm, list, showTerm, type TensorTerm, type Term } from './term.ts';

/** An int of compile time, or an error that was said. */
export function intOf(term: Term, what: string, span: Span, frame: Frame): number | undefined {
  if (term.kind === 'error') return undefined;
  if (term.kind === 'number' && isInteger(term.value) && Number.isSafeInteger(toNumber(term.value)))
    return toNumber(term.value);
  if (term.kind === 'number') fail(frame, 'D0306', span, { value: showTerm(term), what });
  else fail(frame, 'D0305', span, { expected: `an int for ${what}`, given: describe(term) });
  return undefined;
}

export function index(expr: IndexExpr, of: Term, frame: Frame): Term {
  if (of.kind === 'error') return ERROR;
  if (of.kind === 'list') return indexList(expr, of, frame);
  if (of.kind === 'tensor') return indexTensor(expr, of, frame);
  return fail(frame, 'D0305', expr.of.span, { expected: 'a tensor or a list to index', given: describe(of) });
}

const axisName = (axis: number): string => `a${axis}`;

/** Where `a:b` starts and ends on an axis of `size`; negative counts from the end. */
function range(
  item: Extract<Item, { kind: 'slice' }>,
  size: number,
  what: string,
  frame: Frame,
): [number, number] | undefined {
  const bound = (expr: typeof item.from, absent: number): number | undefined => {
    if (expr === undefined) return absent;
    const value = intOf(frame.evaluate.expression(expr, frame), 'a bound of a slice', expr.span, frame);
    return value === undefined ? undefined : value < 0 ? value + size : value;
  };
  const start = bound(item.from, 0);
  const end = bound(item.to, size);
  if (start === undefined || end === undefined) return undefined;
  if (start < 0 || end > size || start > end) {
    fail(frame, 'D0307', item.span, { why: `the slice ${start}:${end} is out of range: ${what}` });
    return undefined;
  }
  return [start, end];
}

function indexTensor(expr: IndexExpr, tensor: TensorTerm, frame: Frame): Term {
  const { shape } = tensor.type;
  const given = expr.items.filter((item) => item.kind === 'slice' || item.kind === 'at').length;
  const open = expr.items.filter((item) => item.kind === 'rest').length;
  if (open > 1) return fail(frame, 'D0307', expr.span, { why: 'an index has at most one `...`' });
  if (open === 0 ? given !== shape.length : given > shape.length) {
    return fail(
      frame,
      'D0307',
      expr.span,
      {
        why: `${given} item${given === 1 ? '' : 's'} for the ${shape.length} ax${shape.length === 1 ? 'is' : 'es'} of \`${showType(tensor.type)}\``,
      },
      {
        help:
          given < shape.length ? 'give one item for every axis, `:` for all of it, or `...` for the rest' : undefined,
      },
    );
  }
  let current: TensorTerm = tensor;
  const before: string[] = [];
  const after: string[] = [];
  let changed = false;
  let axis = 0;
  for (const item of expr.items) {
    switch (item.kind) {
      case 'rest':
        for (let i = given; i < shape.length; i++, axis++) {
          before.push(axisName(axis));
          after.push(axisName(axis));
        }
        break;
      case 'new': {
        if (item.rest && frame.rest === undefined) {
          return fail(frame, 'D0307', item.span, {
            why: '`_...` stands for the `...` of the signature, and this one has none',
          });
        }
        for (let i = 0; i < (item.rest ? frame.rest!.length : 1); i++) after.push('1');
        changed ||= !item.rest || frame.rest!.length > 0;
        break;
      }
      default: {
        const sliced =
          item.kind === 'slice' && item.from === undefined && item.to === undefined
            ? current
            : cut(item, current, axis, frame, expr);
        if (sliced.kind !== 'tensor') return sliced;
        current = sliced;
        if (item.kind === 'at') {
          before.push('1');
          changed = true;
        } else {
          before.push(axisName(axis));
          after.push(axisName(axis));
        }
        axis++;
      }
    }
  }
  if (!changed) return current;
  return emit(
    frame,
    'rearrange',
    [current.value],
    { pattern: `${before.join(' ')} -> ${after.join(' ')}`.trim() },
    [expr.of.span],
    expr.span,
    tensor.bound,
  );
}

function cut(
  item: Extract<Item, { kind: 'slice' | 'at' }>,
  tensor: TensorTerm,
  axis: number,
  frame: Frame,
  expr: IndexExpr,
): TensorTerm | typeof ERROR {
  const size: Dim = tensor.type.shape[axis]!;
  const what = `axis ${axis} of \`${showType(tensor.type)}\``;
  if (isBatch(size)) return fail(frame, 'D0307', item.span, { why: `${what} is the batch, which cannot be cut` });
  let bounds: [number, number] | undefined;
  if (item.kind === 'at') {
    const at = intOf(frame.evaluate.expression(item.expr, frame), 'an index', item.span, frame);
    if (at === undefined) return ERROR;
    const from = at < 0 ? at + size : at;
    if (from < 0 || from >= size)
      return fail(frame, 'D0307', item.span, { why: `index ${at} is out of range: ${what}` });
    bounds = [from, from + 1];
  } else {
    bounds = range(item, size, what, frame);
    if (bounds !== undefined && bounds[0] === bounds[1]) {
      return fail(frame, 'D0307', item.span, { why: `the slice ${bounds[0]}:${bounds[1]} is empty: ${what}` });
    }
  }
  if (bounds === undefined) return ERROR;
  if (bounds[0] === 0 && bounds[1] === size) return tensor;
  const cutOut = emit(
    frame,
    'slice',
    [tensor.value],
    { axis, start: bounds[0], end: bounds[1] },
    [expr.of.span],
    expr.span,
    tensor.bound,
  );
  return cutOut as TensorTerm | typeof ERROR;
}

function indexList(expr: IndexExpr, of: ListTerm, frame: Frame): Term {
  const item = expr.items[0]!;
  if (expr.items.length !== 1 || (item.kind !== 'at' && item.kind !== 'slice')) {
    return fail(frame, 'D0307', expr.span, { why: 'a list is indexed by `[i]` or `[a:b]`' });
  }
  const size = of.items.length;
  if (item.kind === 'slice') {
    const bounds = range(item, size, `a list of ${size}`, frame);
    return bounds === undefined ? ERROR : list(of.items.slice(...bounds));
  }
  const at = intOf(frame.evaluate.expression(item.expr, frame), 'an index', item.span, frame);
  if (at === undefined) return ERROR;
  return (
    of.items[at < 0 ? at + size : at] ??
    fail(frame, 'D0307', item.span, { why: `index ${at} is out of range: a list of ${size}` })
  );
}

/** The parts of a list, or of a tensor along its first axis; none (said) when they are not `count`. */
export function takeApart(term: Term, count: number, span: Span, frame: Frame): readonly Term[] | undefined {
  if (term.kind === 'error') return undefined;
  if (term.kind === 'list') {
    if (term.items.length === count) return term.items;
    fail(frame, 'D0308', span, { names: count, parts: term.items.length, of: 'the list' });
    return undefined;
  }
  if (term.kind !== 'tensor') {
    fail(frame, 'D0305', span, { expected: `${count} values`, given: describe(term) });
    return undefined;
  }
  const first = term.type.shape[0];
  if (first !== count) {
    const parts = typeof first === 'number' ? first : 0;
    if (typeof first === 'number')
      fail(frame, 'D0308', span, { names: count, parts, of: `the first axis of \`${showType(term.type)}\`` });
    else
      fail(frame, 'D0307', span, {
        why: `\`${showType(term.type)}\` cannot be taken apart: its first axis is ${first === undefined ? 'missing' : 'the batch'}`,
      });
    return undefined;
  }
  const rest = term.type.shape
    .slice(1)
    .map((_, i) => axisName(i))
    .join(' ');
  const parts: Term[] = [];
  for (let i = 0; i < count; i++) {
    const piece =
      count === 1
        ? term
        : emit(frame, 'slice', [term.value], { axis: 0, start: i, end: i + 1 }, [span], span, term.bound);
    if (piece.kind !== 'tensor') return undefined;
    parts.push(
      emit(frame, 'rearrange', [piece.value], { pattern: `1 ${rest} -> ${rest}`.trim() }, [span], span, term.bound),
    );
  }
  return parts;
}
