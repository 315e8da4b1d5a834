/**
 * A call of a block: the dims of its tensors are matched, its parameters settled, and the block is instantiated, or an
 * equal instance is taken again. Two keys lead to an instance: what the call gives, and that with the defaults settled.
 */
import type { Span } from '../../dsl/span.ts';
import { createFoldingBuilder } from '../ir/builder.ts';
import { countMade, ownsWeights } from '../ir/weights.ts';
import { filledIn, type Given, matchArguments } from './arguments.ts';
import { coerce, isOf } from './coerce.ts';
import {
  type CallSite,
  type Frame,
  fail,
  type Instance,
  LIMITS,
  placeOf,
  type Session,
  stop,
  type Wanted,
} from './context.ts';
import { createFrame } from './frame.ts';
import { boundIn, noteReads } from './handed.ts';
import { instantiateBody } from './instance.ts';
import { coarseKey } from './instances.ts';
import { toNumber } from './number.ts';
import { settle } from './settle.ts';
import type { Parameter, Signature, TensorParameter } from './signature.ts';
import { signatureOf } from './signatures.ts';
import { type BlockTerm, describe, ERROR, keyOf, list, NONE, type Term, tensorTerm } from './term.ts';
import { originOf, Watch } from './watch.ts';

export function callBlock(callee: BlockTerm, site: CallSite, frame: Frame, wanted: Wanted): Term {
  const { block } = callee;
  const name = block.decl.name.text;
  for (let at: Frame | undefined = frame; at !== undefined; at = at.parent) {
    if (at.block === block) return fail(frame, 'D0212', site.callee.span, { name });
  }
  if (frame.depth >= LIMITS.depth)
    return fail(frame, 'D0901', site.span, { what: 'blocks inside blocks', limit: `${LIMITS.depth}` });
  const signature = signatureOf(block);
  const { given, sound } = matchArguments(site, signature.names, frame);
  const values = evaluateArguments(callee, signature, given, site, frame);
  if (!sound || values === undefined) return ERROR;

  const { session } = frame;
  let instance = sameAsBefore(callee, signature, site, values, session);
  if (instance === undefined) {
    instance = instanceOf(callee, signature, site, given, values, frame, wanted);
    if (instance === undefined) return ERROR;
    const { training } = session;
    const { era } = session.instances;
    before.set(site.args, { callee, values, instance, era, training, only: frame.failed ? session : undefined });
  }
  if (instance.readsTraining)
    for (let at: Frame | undefined = frame; at !== undefined && !at.readsTraining; at = at.parent)
      at.readsTraining = true;
  return emitCall(instance, name, signature, given, values, site, frame, wanted);
}

/** One that is known, or a new one; none after a mistake. `values`: what the call gives. */
function instanceOf(
  callee: BlockTerm,
  signature: Signature,
  site: CallSite,
  given: ReadonlyMap<string, Given>,
  handed: ReadonlyMap<string, Term>,
  frame: Frame,
  wanted: Wanted,
): Instance | undefined {
  const { session } = frame;
  const { block } = callee;
  const watch = new Watch(block);
  const values = unwatched(handed);
  const coarse = coarseKey(`${block.id}`, signature.names, values, watch.bounds);
  const known = session.instances.find(coarse, values, session.training);
  if (known !== undefined) return known;
  const failure = session.failures.size > 0 ? failureKey(coarse, values) : '';
  if (session.failures.has(failure)) return undefined;
  if (++session.made > LIMITS.instances) {
    fail(frame, 'D0901', site.span, { what: 'different instances of blocks', limit: `${LIMITS.instances}` });
    stop(frame);
    return undefined;
  }
  const child = createFrame({
    session,
    scope: block.scope,
    build: createFoldingBuilder(),
    block,
    watch,
    what: block.decl.name.text,
    parent: frame,
    from: { place: placeOf(frame, site.span), path: wanted.prefix?.path ?? '' },
    depth: frame.depth + 1,
    evaluate: frame.evaluate,
  });
  let instance: Instance | 'failed' | undefined;
  if (settle(signature, values, given, site, child, frame)) {
    const settled = unwatched(child.names);
    const full = coarseKey(`${block.id}`, signature.names, settled, watch.bounds);
    const same = full === coarse || watch.byDefault;
    instance = same ? undefined : session.instances.find(full, settled, session.training);
    if (instance === undefined) {
      instance = instantiateBody(block, signature, child);
      if (instance !== 'failed' && !child.failed && !same)
        session.instances.keep(full, settled, instance, session.training);
    }
  }
  if (child.stopped) frame.stopped = true;
  if (instance === undefined || instance === 'failed') {
    session.failures.add(failureKey(coarse, values));
    return undefined;
  }
  if (!child.failed) session.instances.keep(coarse, values, instance, session.training);
  return instance;
}

/** Within one run of the compiler: what failed once is not said again. */
const failureKey = (coarse: string, values: ReadonlyMap<string, Term>): string =>
  `${coarse} ${[...values.values()].map(keyOf).join('|')}`;

function unwatched(values: ReadonlyMap<string, Term>): ReadonlyMap<string, Term> {
  let own: Map<string, Term> | undefined;
  for (const [name, term] of values) {
    const origin = originOf(term);
    if (origin !== term) (own ??= new Map(values)).set(name, origin);
  }
  return own ?? values;
}

/** The last call at a place of the text, and the instance that was found for it. */
interface Before {
  readonly callee: BlockTerm;
  readonly values: ReadonlyMap<string, Term>;
  readonly instance: Instance;
  readonly era: object;
  readonly training: boolean;
  /** where something was wrong: whoever comes later must be told */
  readonly only?: Session;
}

const before = new WeakMap<CallSite['args'], Before>();

/** In a loop most calls give what the one before gave. Keys would say the same, but they take longer than the call. */
function sameAsBefore(
  callee: BlockTerm,
  { names }: Signature,
  site: CallSite,
  values: ReadonlyMap<string, Term>,
  session: Session,
): Instance | undefined {
  const last = before.get(site.args);
  if (last === undefined || last.era !== session.instances.era || last.training !== session.training) return undefined;
  if (last.only !== undefined && last.only !== session) return undefined;
  if (last.callee.block !== callee.block || last.values.size !== values.size) return undefined;
  for (const name of names) {
    const [a, b] = [last.values.get(name), values.get(name)];
    if (a === b || (a !== undefined && b !== undefined && originOf(a) === originOf(b))) continue;
    if (a?.kind !== 'tensor' || b?.kind !== 'tensor' || a.type !== b.type || a.bound !== b.bound) return undefined;
  }
  return last.instance;
}

/** What the call gives: by parameter, filled-in ones included; none after a mistake. */
function evaluateArguments(
  callee: BlockTerm,
  signature: Signature,
  given: ReadonlyMap<string, Given>,
  site: CallSite,
  frame: Frame,
): Map<string, Term> | undefined {
  const values = new Map<string, Term>();
  let failed = false;
  for (const [name, argument] of given) {
    const parameter = signature.byName.get(name);
    if (parameter === undefined) continue;
    const evaluate = (): Term =>
      frame.evaluate.expression(argument.expr!, frame, parameter.kind === 'value' ? parameter : ANY);
    const bound = boundIn(argument, frame);
    const raw = argument.term ?? (bound === undefined ? evaluate() : frame.watch!.without(bound, evaluate));
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
  return failed ? undefined : values;
}

const ANY: Wanted = {};

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

function emitCall(
  instance: Instance,
  name: string,
  signature: Signature,
  given: ReadonlyMap<string, Given>,
  values: ReadonlyMap<string, Term>,
  site: CallSite,
  frame: Frame,
  wanted: Wanted,
): Term {
  const { graph } = instance;
  const owns = ownsWeights(graph);
  if (owns && wanted.prefix === undefined) {
    const first = graph.owns[0]!;
    const weights = first.kind === 'weight' ? `\`${first.weight.path}\`` : `\`${first.prefix}\``;
    return fail(
      frame,
      'D0401',
      site.callee.span,
      { callee: name, weights: graph.owns.length > 1 ? `${weights} …` : weights },
      {
        help: 'bind it to a new name, or write `as NAME` after the call (`as _` adds nothing to the path)',
      },
    );
  }
  frame.weights += instance.weights ?? countMade(graph);
  if (frame.weights > LIMITS.weights) {
    fail(frame, 'D0901', site.span, { what: 'weights of one model', limit: `${LIMITS.weights}` });
    stop(frame);
    return ERROR;
  }
  const prefix = owns ? wanted.prefix!.path : '';
  const operands: number[] = [];
  for (const parameter of signature.parameters) {
    const value = values.get(parameter.name);
    if (parameter.kind === 'tensor' && value?.kind === 'tensor') operands.push(value.value);
  }
  const place = placeOf(frame, site.span);
  noteReads(instance, given, values, frame);
  const results = frame.build.call(graph, operands, prefix, place);
  if (owns) frame.build.own({ kind: 'call', callee: graph, prefix, shared: wanted.prefix!.shared, place });
  const terms = instance.results.map((result): Term => {
    if (result === undefined) return NONE;
    const value = results[result.at]!;
    return tensorTerm(value, frame.build.typeOf(value), result.bound);
  });
  return terms.length === 1 ? terms[0]! : list(terms);
}
