/** Steps 2 and 3 of a call: dims of tensors are bound, the other parameters settled, dims that are expressions compared. */
import type { Span } from '../../dsl/span.ts';
import { isBatch, showShape } from '../ir/type.ts';
import type { Given } from './arguments.ts';
import { coerce } from './coerce.ts';
import { type CallSite, type Frame, fail, placeOf } from './context.ts';
import { type Binding, bindShape, showDeclared } from './dims.ts';
import { toNumber } from './number.ts';
import type { Signature, TensorParameter, ValueParameter } from './signature.ts';
import { keyOf, NONE, showTerm, type TensorTerm, type Term } from './term.ts';
import { holdsWatched, watched } from './watch.ts';

/** False when something does not fit; it was said. */
export function settle(
  signature: Signature,
  values: ReadonlyMap<string, Term>,
  given: ReadonlyMap<string, Given>,
  site: CallSite,
  child: Frame,
  frame: Frame,
): boolean {
  const callee = site.callee.text;
  const binding: Binding = { later: [] };
  const isParameter = (name: string): boolean => signature.byName.has(name);
  let sound = true;
  for (const parameter of signature.parameters) {
    if (parameter.kind !== 'tensor') continue;
    const value = values.get(parameter.name);
    if (value === undefined && !parameter.optional) {
      fail(frame, 'D0321', site.callee.span, { name: parameter.name, callee });
      sound = false;
    }
    if (value?.kind !== 'tensor') continue;
    if (!bindShape(parameter.dims, value.type.shape, isParameter, child, parameter.name, binding)) {
      sayShape(parameter, value, given, site, child, frame);
      sound = false;
    }
  }
  if (!sound) return false;
  for (const parameter of signature.parameters) {
    const value =
      parameter.kind === 'tensor'
        ? (values.get(parameter.name) ?? NONE)
        : settleValue(parameter, values, site, child, frame);
    if (value.kind === 'error') return false;
    child.names.set(
      parameter.name,
      value.kind === 'tensor'
        ? { ...value, value: child.build.input(parameter.name, value.type) }
        : watched(value, parameter.name, child.watch),
    );
  }
  for (const { dim, given: size, parameter } of binding.later) {
    const declared = child.evaluate.expression(dim.expr, child);
    if (declared.kind === 'error') return false;
    const agrees =
      declared.kind === 'number'
        ? toNumber(declared.value) === size
        : declared.kind === 'batch' && isBatch(size) && toNumber(declared.times) === size.batch;
    if (agrees) continue;
    sayShape(
      signature.byName.get(parameter) as TensorParameter,
      values.get(parameter) as TensorTerm,
      given,
      site,
      child,
      frame,
      `\`${textOf(child, dim.span)}\` is ${showTerm(declared)}`,
    );
    return false;
  }
  return true;
}

function settleValue(
  parameter: ValueParameter,
  values: ReadonlyMap<string, Term>,
  site: CallSite,
  child: Frame,
  frame: Frame,
): Term {
  const { name, type, optional } = parameter;
  const value = values.get(name);
  if (value !== undefined) return value;
  if (parameter.default === undefined) {
    return optional ? NONE : fail(frame, 'D0321', site.callee.span, { name, callee: site.callee.text });
  }
  const { default: written } = parameter;
  const term = child.evaluate.expression(written, child, { type });
  // a parameter that is made of another one is read as itself: whoever asks for its key reads all of it
  if (holdsWatched(term)) keyOf(term);
  if (child.watch !== undefined && child.watch.size > 0) child.watch.byDefault = true;
  return coerce(term, type, optional, `\`${name}\``, written.span, child);
}

const textOf = (frame: Frame, span: Span): string => frame.scope.file.source.text.slice(span.start, span.end);

function sayShape(
  parameter: TensorParameter,
  value: TensorTerm,
  given: ReadonlyMap<string, Given>,
  site: CallSite,
  child: Frame,
  frame: Frame,
  note?: string,
): void {
  const declared = showDeclared(parameter.dims, child.scope.file.source.text, child.names);
  fail(
    frame,
    'D0302',
    given.get(parameter.name)?.span ?? site.callee.span,
    { parameter: parameter.name, block: site.callee.text, declared, given: showShape(value.type.shape) },
    {
      labels: [{ place: placeOf(child, parameter.param.span), text: 'declared here' }],
      notes: note === undefined ? [] : [note],
    },
  );
}
