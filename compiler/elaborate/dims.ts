/** Dims of tensors: from terms, and the matching of declared shapes (`[N, T, 6 * D]`) against given ones. */
import type { Span } from '../../dsl/span.ts';
import type { Dim as DimExpr } from '../../dsl/tree.ts';
import { type Dim, isBatch, type Shape, sameDim, showDim } from '../ir/type.ts';
import { type Frame, fail } from './context.ts';
import { isInteger, showNum, toNumber } from './number.ts';
import { describe, number, type Term } from './term.ts';

const MAX_DIM = 2 ** 40;

/** The dim that a term is: a positive int, or a positive int times N. */
export function dimOf(term: Term, span: Span, frame: Frame): Dim | undefined {
  if (term.kind === 'error') return undefined;
  if (term.kind !== 'number' && term.kind !== 'batch') {
    fail(frame, 'D0305', span, { expected: 'a dim', given: describe(term) });
    return undefined;
  }
  const value = term.kind === 'number' ? term.value : term.times;
  const size = toNumber(value);
  if (!isInteger(value) || size <= 0) {
    fail(frame, 'D0311', span, { value: term.kind === 'number' ? showNum(value) : `${showNum(value)} * N` });
    return undefined;
  }
  if (size > MAX_DIM) {
    fail(frame, 'D0901', span, { what: `a dim of ${size}`, limit: `${MAX_DIM}` });
    return undefined;
  }
  return term.kind === 'number' ? size : { batch: size };
}

export const dimTerm = (dim: Dim): Term => (isBatch(dim) ? { kind: 'batch', times: dim.batch } : number(dim));

/** All dims of a shape whose names are bound already (weights, results, inputs). `...` is what the signature bound. */
export function shapeOf(dims: readonly DimExpr[], frame: Frame): Shape | undefined {
  const shape: Dim[] = [];
  let sound = true;
  for (const dim of dims) {
    if (dim.kind === 'rest') {
      if (frame.rest === undefined) {
        fail(frame, 'D0307', dim.span, { why: '`...` has no meaning here: no tensor parameter has it' });
        return undefined;
      }
      shape.push(...frame.rest);
      continue;
    }
    const settled = dimOf(frame.evaluate.expression(dim.expr, frame), dim.span, frame);
    if (settled === undefined) sound = false;
    else shape.push(settled);
  }
  return sound ? shape : undefined;
}

/** Declared dims and what `...` and the new names stand for; expressions are compared later, when parameters have values. */
export interface Binding {
  /** dims whose expressions must come out as these sizes */
  readonly later: {
    readonly dim: Extract<DimExpr, { kind: 'dim' }>;
    readonly given: Dim;
    readonly parameter: string;
  }[];
}

/**
 * Matches a given shape against declared dims. A name that is no parameter is bound when first met; `...` takes the
 * remaining axes. False when ranks or bound names disagree.
 */
export function bindShape(
  dims: readonly DimExpr[],
  shape: Shape,
  isParameter: (name: string) => boolean,
  frame: Frame,
  parameter: string,
  binding: Binding,
): boolean {
  const rest = dims.findIndex((dim) => dim.kind === 'rest');
  if (rest < 0 ? dims.length !== shape.length : dims.length - 1 > shape.length) return false;
  const restLength = rest < 0 ? 0 : shape.length - (dims.length - 1);
  for (let index = 0; index < dims.length; index++) {
    const dim = dims[index]!;
    if (dim.kind === 'rest') {
      const taken = shape.slice(index, index + restLength);
      if (frame.rest === undefined) frame.rest = taken;
      else if (frame.rest.length !== taken.length || !taken.every((d, i) => sameDim(d, frame.rest![i]!))) return false;
      continue;
    }
    const given = shape[rest >= 0 && index > rest ? index + restLength - 1 : index]!;
    const { expr } = dim;
    if (expr.kind !== 'name' || isParameter(expr.name.text)) {
      binding.later.push({ dim, given, parameter });
      continue;
    }
    const name = expr.name.text;
    const bound = frame.names.get(name);
    if (bound === undefined) frame.names.set(name, dimTerm(given));
    else if (
      bound.kind === 'number'
        ? !(typeof given === 'number' && toNumber(bound.value) === given)
        : !(bound.kind === 'batch' && isBatch(given) && toNumber(bound.times) === given.batch)
    )
      return false;
  }
  return true;
}

/** Declared dims with what is known of them: `[N, T, D = 384]` */
export function showDeclared(dims: readonly DimExpr[], source: string, names: ReadonlyMap<string, Term>): string {
  const parts = dims.map((dim) => {
    if (dim.kind === 'rest') return '...';
    const text = source.slice(dim.span.start, dim.span.end);
    const bound = dim.expr.kind === 'name' ? names.get(dim.expr.name.text) : undefined;
    return bound?.kind === 'number' ? `${text} = ${showDim(toNumber(bound.value))}` : text;
  });
  return `[${parts.join(', ')}]`;
}
