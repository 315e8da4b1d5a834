/** Functions and names of compile time: they are not ops, and make no nodes (but `split`, which makes slices). */
import type { Span } from '../../dsl/span.ts';
import { isBatch } from '../ir/type.ts';
import { emit, TENSOR_ROUNDING } from './arithmetic.ts';
import { type Frame, fail } from './context.ts';
import { intOf } from './indexing.ts';
import { apply, ceil, compare, floor, isNum, type NoNumber, type Num, squareRoot, toNumber } from './number.ts';
import { describe, ERROR, list, number, type Term } from './term.ts';

export interface Builtin {
  readonly parameters: readonly string[];
  readonly required: number;
  /** says how a number is computed when all arguments are numbers, for names that are ops too */
  readonly run: (
    args: readonly (Term | undefined)[],
    spans: readonly (Span | undefined)[],
    span: Span,
    frame: Frame,
  ) => Term;
}

function numeric(name: string, f: (value: Num) => Num | NoNumber): Builtin {
  return {
    parameters: ['x'],
    required: 1,
    run: ([x], spans, span, frame) => {
      if (x!.kind === 'tensor')
        return fail(
          frame,
          'D0305',
          spans[0] ?? span,
          { expected: `a number for \`${name}\``, given: describe(x!) },
          { help: TENSOR_ROUNDING },
        );
      if (x!.kind !== 'number') return wrong(x!, `a number for \`${name}\``, spans[0] ?? span, frame);
      const result = f(x!.value);
      return isNum(result) ? number(result) : fail(frame, 'D0312', span, { why: result.problem });
    },
  };
}

function wrong(term: Term, expected: string, span: Span, frame: Frame): Term {
  return term.kind === 'error' ? ERROR : fail(frame, 'D0305', span, { expected, given: describe(term) });
}

function extreme(name: string, better: (difference: number) => boolean): Builtin {
  return {
    parameters: ['a', 'b'],
    required: 2,
    run: ([a, b], spans, span, frame) => {
      if (a!.kind !== 'number') return wrong(a!, `a number for \`${name}\``, spans[0] ?? span, frame);
      if (b!.kind !== 'number') return wrong(b!, `a number for \`${name}\``, spans[1] ?? span, frame);
      return better(compare(a!.value, b!.value)) ? a! : b!;
    },
  };
}

function drawn(kind: 'normal' | 'uniform', parameter: string): Builtin {
  return {
    parameters: [parameter],
    required: 1,
    run: ([x], spans, span, frame) => {
      if (x!.kind !== 'number') return wrong(x!, `a number for \`${kind}\``, spans[0] ?? span, frame);
      const value = toNumber(x!.value);
      if (value < 0)
        return fail(frame, 'D0312', spans[0] ?? span, { why: `\`${kind}\` needs a number that is not negative` });
      return { kind: 'init', init: kind === 'normal' ? { kind, std: value } : { kind, bound: value } };
    },
  };
}

export const BUILTINS: Readonly<Record<string, Builtin>> = {
  floor: numeric('floor', floor),
  ceil: numeric('ceil', ceil),
  sqrt: numeric('sqrt', squareRoot),
  exp: numeric('exp', (x) => apply(Math.exp, x)),
  log: numeric('log', (x) => apply(Math.log, x)),
  sin: numeric('sin', (x) => apply(Math.sin, x)),
  cos: numeric('cos', (x) => apply(Math.cos, x)),
  tanh: numeric('tanh', (x) => apply(Math.tanh, x)),
  min: extreme('min', (difference) => difference <= 0),
  max: extreme('max', (difference) => difference >= 0),
  len: {
    parameters: ['list'],
    required: 1,
    run: ([l], spans, span, frame) =>
      l!.kind === 'list' ? number(l!.items.length) : wrong(l!, 'a list for `len`', spans[0] ?? span, frame),
  },
  reverse: {
    parameters: ['list'],
    required: 1,
    run: ([l], spans, span, frame) =>
      l!.kind === 'list' ? list([...l!.items].reverse()) : wrong(l!, 'a list for `reverse`', spans[0] ?? span, frame),
  },
  size: {
    parameters: ['x', 'axis'],
    required: 2,
    run: ([x, axis], spans, span, frame) => {
      if (x!.kind !== 'tensor') return wrong(x!, 'a tensor for `size`', spans[0] ?? span, frame);
      const at = intOf(axis!, 'the axis', spans[1] ?? span, frame);
      if (at === undefined) return ERROR;
      const { shape } = x!.type;
      const dim = shape[at < 0 ? at + shape.length : at];
      if (dim === undefined)
        return fail(frame, 'D0307', spans[1] ?? span, {
          why: `axis ${at} is out of range: the tensor has ${shape.length} axes`,
        });
      return isBatch(dim) ? { kind: 'batch', times: dim.batch } : number(dim);
    },
  },
  split: { parameters: ['x', 'parts', 'axis'], required: 2, run: split },
  normal: drawn('normal', 'std'),
  uniform: drawn('uniform', 'bound'),
  xavier_uniform: {
    parameters: ['fan_in', 'fan_out'],
    required: 2,
    run: ([a, b], spans, span, frame) => {
      const fanIn = intOf(a!, 'the fan in', spans[0] ?? span, frame);
      const fanOut = intOf(b!, 'the fan out', spans[1] ?? span, frame);
      if (fanIn === undefined || fanOut === undefined) return ERROR;
      return { kind: 'init', init: { kind: 'xavier_uniform', fans: [fanIn, fanOut] } };
    },
  },
};

/** Names of compile time that stand for a value by themselves. */
export const BUILTIN_VALUES: Readonly<Record<string, Term>> = {
  pi: number({ float: Math.PI }),
  xavier_uniform: { kind: 'init', init: { kind: 'xavier_uniform' } },
};

/** `split(x, n)` in equal parts, `split(x, [a, b])` in parts of these sizes */
function split(
  args: readonly (Term | undefined)[],
  spans: readonly (Span | undefined)[],
  span: Span,
  frame: Frame,
): Term {
  const [x, parts, axisTerm] = args;
  if (x!.kind !== 'tensor') return wrong(x!, 'a tensor for `split`', spans[0] ?? span, frame);
  const { shape } = x!.type;
  const given = axisTerm === undefined ? -1 : intOf(axisTerm, 'the axis', spans[2] ?? span, frame);
  if (given === undefined) return ERROR;
  const axis = given < 0 ? given + shape.length : given;
  const size = shape[axis];
  if (size === undefined)
    return fail(frame, 'D0307', spans[2] ?? span, {
      why: `axis ${given} is out of range: the tensor has ${shape.length} axes`,
    });
  if (isBatch(size))
    return fail(frame, 'D0307', spans[2] ?? span, { why: `axis ${axis} is the batch, which cannot be cut` });
  const sizes = sizesOf(parts!, size, spans[1] ?? span, frame);
  if (sizes === undefined) return ERROR;
  const pieces: Term[] = [];
  let start = 0;
  for (const part of sizes) {
    pieces.push(
      part === size
        ? x!
        : emit(frame, 'slice', [x!.value], { axis, start, end: start + part }, [spans[0] ?? span], span, x!.bound),
    );
    start += part;
  }
  return list(pieces);
}

function sizesOf(parts: Term, size: number, span: Span, frame: Frame): readonly number[] | undefined {
  if (parts.kind === 'list') {
    const sizes: number[] = [];
    for (const item of parts.items) {
      const part = intOf(item, 'the size of a part', span, frame);
      if (part === undefined) return undefined;
      sizes.push(part);
    }
    const total = sizes.reduce((sum, part) => sum + part, 0);
    if (total === size && sizes.every((part) => part > 0)) return sizes;
    fail(frame, 'D0307', span, { why: `parts of ${sizes.join(' + ')} = ${total} do not make up the axis of ${size}` });
    return undefined;
  }
  const count = intOf(parts, 'the number of parts', span, frame);
  if (count === undefined) return undefined;
  if (count > 0 && count <= 4096 && size % count === 0) return new Array<number>(count).fill(size / count);
  fail(frame, 'D0307', span, { why: `an axis of ${size} cannot be split into ${count} equal parts` });
  return undefined;
}
