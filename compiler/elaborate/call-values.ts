/** The arguments of a call of a block, evaluated: what is no tensor as the type of the parameter has it. */
import type { Span } from '../../dsl/span.ts';
import { filledIn, type Given } from './arguments.ts';
import { coerce, isOf } from './coerce.ts';
import { type CallSite, type Frame, fail, type Wanted } from './context.ts';
import { toNumber } from './number.ts';
import { type BlockCall, type Names, namesFor, namesIn } from './passed.ts';
import type { Parameter, Signature, TensorParameter } from './signature.ts';
import { signatureOf } from './signatures.ts';
import { type BlockTerm, describe, type Term } from './term.ts';
import { holdsWatched, type Read, watcherOf } from './watch.ts';

export type CallValues = Pick<BlockCall, 'values' | 'written' | 'reads'>;

/** What the call gives, filled-in parameters included; none after a mistake. */
export function evaluateArguments(
  callee: BlockTerm,
  signature: Signature,
  given: ReadonlyMap<string, Given>,
  site: CallSite,
  frame: Frame,
): CallValues | undefined {
  const values = new Map<string, Term>();
  const written = new Map<string, Names>();
  const reads: Read[] = [];
  let failed = false;
  for (const [name, argument] of given) {
    const parameter = signature.byName.get(name);
    if (parameter === undefined) continue;
    const names = parameter.kind === 'value' && argument.expr ? namesIn(argument.expr, frame) : undefined;
    let raw = argument.term;
    if (names === undefined) raw ??= evaluate(argument, parameter, frame);
    else {
      const found = frame.watch!.aside(() => evaluate(argument, parameter, frame));
      raw = found.result;
      const hides = hidesWatched(raw);
      if (!hides) written.set(name, names);
      for (const read of found.reads) {
        if (hides) frame.watch!.note(read);
        else reads.push(read);
      }
    }
    const value = fits(raw, parameter) ? raw : asParameter(raw, parameter, argument.span, site, frame);
    if (value.kind === 'error') failed = true;
    else if (value.kind !== 'none' || parameter.kind === 'tensor' || parameter.optional) values.set(name, value);
  }
  for (const [name, value] of callee.filled) {
    if (!values.has(name)) values.set(name, value);
    else if (!failed) {
      filledIn(callee, name, given.get(name)!.span, frame);
      failed = true;
    }
  }
  return failed ? undefined : { values, written, reads };
}

const ANY: Wanted = {};

const evaluate = ({ expr }: Given, parameter: Parameter, frame: Frame): Term =>
  frame.evaluate.expression(expr!, frame, parameter.kind === 'value' ? parameter : ANY);

/** The same call for other values of the caller's parameters; none where that may be another call. */
export function evaluateAgain(call: BlockCall, terms: ReadonlyMap<string, Term>, frame: Frame): CallValues | undefined {
  const { written, given, site, callee } = call;
  const { byName } = signatureOf(callee.block);
  const values = new Map(call.values);
  const own: Frame = { ...frame, names: namesFor(written.values(), terms, frame.watch!) };
  const evaluateAll = (): boolean => {
    for (const name of written.keys()) {
      const [parameter, argument] = [byName.get(name)!, given.get(name)!];
      const raw = evaluate(argument, parameter, own);
      const value = fits(raw, parameter) ? raw : asParameter(raw, parameter, argument.span, site, own);
      if (value.kind === 'error' || hidesWatched(value)) return false;
      if (value.kind !== 'none' || parameter.optional) values.set(name, value);
      else values.delete(name);
    }
    return true;
  };
  const { result, reads } = frame.watch!.aside(evaluateAll);
  return result ? { values, written, reads } : undefined;
}

/** A record that is a parameter is known by its fields, unless it is in something else. */
const hidesWatched = (term: Term): boolean => watcherOf(term) === undefined && holdsWatched(term);

/** Most arguments are what the parameter takes. */
const fits = (term: Term, parameter: Parameter): boolean =>
  parameter.kind === 'value'
    ? isOf(term, parameter.type)
    : term.kind === 'tensor' &&
      (term.type.dtype === parameter.dtype || (term.type.dtype === 'int' && parameter.dtype === 'f32'));

function asParameter(term: Term, parameter: Parameter, span: Span, site: CallSite, frame: Frame): Term {
  const what = `\`${parameter.name}\` of \`${site.callee.text}\``;
  return parameter.kind === 'value'
    ? coerce(term, parameter.type, parameter.optional || parameter.default !== undefined, what, span, frame)
    : asTensor(term, parameter, what, span, frame);
}

function asTensor(term: Term, parameter: TensorParameter, what: string, span: Span, frame: Frame): Term {
  if (term.kind === 'error' || term.kind === 'tensor') return wrongDtype(term, parameter, what, span, frame);
  if (term.kind === 'none')
    return parameter.optional
      ? term
      : fail(frame, 'D0305', span, { expected: `a tensor for ${what}`, given: '`none`' });
  const scalar = parameter.dims.every((dim) => dim.kind === 'rest');
  if (term.kind === 'number' && scalar) {
    return { kind: 'tensor', value: frame.build.number(toNumber(term.value)), type: { dtype: 'f32', shape: [] } };
  }
  return fail(frame, 'D0305', span, { expected: `a tensor for ${what}`, given: describe(term) });
}

function wrongDtype(term: Term, parameter: TensorParameter, what: string, span: Span, frame: Frame): Term {
  if (term.kind !== 'tensor') return term;
  const word = parameter.dtype === 'f32' ? 'a tensor of numbers' : `an ${parameter.dtype} tensor`;
  return fail(frame, 'D0305', span, { expected: `${word} for ${what}`, given: describe(term) });
}
