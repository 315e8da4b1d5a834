/** The body of a block becomes a graph, checked against the results that the signature declares. */
import type { Span } from '../../dsl/span.ts';
import type { FoldedGraph, GraphResult } from '../ir/graph.ts';
import { isBatch, showType, type TensorType } from '../ir/type.ts';
import { type Frame, fail, type Instance, placeOf } from './context.ts';
import { type Binding, bindShape, showDeclared } from './dims.ts';
import { toNumber } from './number.ts';
import { checkPaths } from './paths.ts';
import { settingsLater } from './settings.ts';
import { dtypeOf, type Signature } from './signature.ts';
import type { BlockSymbol } from './symbol.ts';
import { describe, ERROR, type Term } from './term.ts';
import { originOf } from './watch.ts';

export function instantiateBody({ decl }: BlockSymbol, signature: Signature, child: Frame): Instance | 'failed' {
  const terms = new Map<string, Term>();
  for (const { kind, name } of signature.parameters)
    if (kind === 'value') terms.set(name, originOf(child.names.get(name)!));
  // dims of results mean what the signature bound, whatever the body does to the names
  const declared: Frame = { ...child, names: new Map(child.names) };
  child.evaluate.statements(decl.body, child);
  const returned = decl.returns.map((expr) => child.evaluate.expression(expr, child));
  if (child.stopped || child.halted || returned.some((term) => term.kind === 'error')) return 'failed';
  // a single value may be a list that stands for several results: `= f(x)` where f has several
  const flat =
    returned.length === 1 && signature.results.length > 1 && returned[0]!.kind === 'list'
      ? returned[0]!.items
      : returned;
  if (flat.length !== signature.results.length) {
    fail(child, 'D0308', decl.returns[0]?.span ?? decl.name.span, {
      names: signature.results.length,
      parts: flat.length,
      of: 'the returned values',
    });
    return 'failed';
  }
  const results: GraphResult[] = [];
  const known: Instance['results'][number][] = [];
  for (let index = 0; index < signature.results.length; index++) {
    const result = signature.results[index]!;
    const span = (decl.returns[index] ?? decl.returns[0])?.span ?? decl.name.span;
    const term = checkResult(flat[index]!, index, signature, span, child, declared);
    if (term.kind === 'error') return 'failed';
    if (term.kind !== 'tensor') {
      known.push(undefined);
      continue;
    }
    known.push({ at: results.length, ...(term.bound === undefined ? {} : { bound: term.bound }) });
    results.push(result.name === undefined ? { value: term.value } : { name: result.name, value: term.value });
  }
  const { reads, own, counts, passed } = child.watch!.settle();
  const { bounds } = child.watch!;
  const graph: FoldedGraph = child.build.finish(results, {
    name: decl.name.text,
    settings: settingsLater({ terms, bounds, reads, counts }),
    place: placeOf(child, decl.name.span),
  });
  checkPaths(graph.owns, child);
  return { graph, results: known, readsTraining: child.readsTraining, terms, bounds, reads, own, counts, passed };
}

/** A result as declared; a number becomes a scalar where one is. */
function checkResult(term: Term, index: number, signature: Signature, span: Span, child: Frame, declared: Frame): Term {
  const { type } = signature.results[index]!;
  const block = child.what;
  if (type.shape === undefined)
    return fail(
      child,
      'D0213',
      type.span,
      { name: type.name?.text ?? '?' },
      { help: 'a result is a tensor: `[N, T, D]`' },
    );
  if (term.kind === 'none' && type.optional) return term;
  const value: Term =
    term.kind === 'number' && type.shape.every((dim) => dim.kind === 'rest')
      ? { kind: 'tensor', value: child.build.number(toNumber(term.value)), type: { dtype: 'f32', shape: [] } }
      : term;
  if (value.kind !== 'tensor')
    return fail(child, 'D0305', span, { expected: 'a tensor to return', given: describe(value) });
  const dtype = dtypeOf(type) ?? 'f32';
  const binding: Binding = { later: [] };
  const fits =
    dtypeAgrees(value.type, dtype) &&
    bindShape(type.shape, value.type.shape, (name) => declared.names.has(name), declared, '', binding);
  const wrong = (): Term => {
    const text =
      (dtype === 'f32' ? '' : dtype) + showDeclared(type.shape!, child.scope.file.source.text, declared.names);
    return fail(
      child,
      'D0303',
      span,
      { block, declared: text, given: showType(value.type) },
      { labels: [{ place: placeOf(child, type.span), text: 'declared here' }] },
    );
  };
  if (!fits) return wrong();
  for (const { dim, given } of binding.later) {
    const wanted = declared.evaluate.expression(dim.expr, declared);
    if (wanted.kind === 'error') return ERROR;
    const agrees =
      wanted.kind === 'number'
        ? toNumber(wanted.value) === given
        : wanted.kind === 'batch' && isBatch(given) && toNumber(wanted.times) === given.batch;
    if (!agrees) return wrong();
  }
  return value;
}

const dtypeAgrees = (given: TensorType, declared: TensorType['dtype']): boolean =>
  given.dtype === declared || (given.dtype === 'int' && declared === 'f32');
