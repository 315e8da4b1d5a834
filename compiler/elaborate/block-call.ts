/** A call of a block: its arguments are evaluated, and the graph that is its instance for them is called. */
import { countMade, ownsWeights } from '../ir/weights.ts';
import { matchArguments } from './arguments.ts';
import { instanceOf } from './block-instance.ts';
import { evaluateArguments } from './call-values.ts';
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
import { type BlockCall, passedReads } from './passed.ts';
import { signatureOf } from './signatures.ts';
import { type BlockTerm, ERROR, list, NONE, type Term, tensorTerm } from './term.ts';
import { originOf } from './watch.ts';

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

  const call: BlockCall = { callee, site, given, ...values, path: wanted.prefix?.path ?? '' };
  const { session } = frame;
  let instance = sameAsBefore(call, session);
  if (instance === undefined) {
    instance = instanceOf(call, frame);
    if (instance === undefined) return ERROR;
    const { training } = session;
    const { era } = session.instances;
    const only = frame.failed ? session : undefined;
    before.set(site.args, { callee, values: values.values, instance, era, training, only });
  }
  if (instance.readsTraining)
    for (let at: Frame | undefined = frame; at !== undefined && !at.readsTraining; at = at.parent)
      at.readsTraining = true;
  return emitCall(call, instance, frame, wanted);
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
function sameAsBefore({ callee, site, values }: BlockCall, session: Session): Instance | undefined {
  const last = before.get(site.args);
  if (last === undefined || last.era !== session.instances.era || last.training !== session.training) return undefined;
  if (last.only !== undefined && last.only !== session) return undefined;
  if (last.callee.block !== callee.block || last.values.size !== values.size) return undefined;
  for (const name of signatureOf(callee.block).names) {
    const [a, b] = [last.values.get(name), values.get(name)];
    if (a === b || (a !== undefined && b !== undefined && originOf(a) === originOf(b))) continue;
    if (a?.kind !== 'tensor' || b?.kind !== 'tensor' || a.type !== b.type || a.bound !== b.bound) return undefined;
  }
  return last.instance;
}

function emitCall(call: BlockCall, instance: Instance, frame: Frame, wanted: Wanted): Term {
  const { site, values, callee } = call;
  const { build, watch } = frame;
  const { graph } = instance;
  const ownsSome = ownsWeights(graph);
  if (ownsSome && wanted.prefix === undefined) {
    const first = graph.owns[0]!;
    const weights = first.kind === 'weight' ? `\`${first.weight.path}\`` : `\`${first.prefix}\``;
    return fail(
      frame,
      'D0401',
      site.callee.span,
      { callee: callee.block.decl.name.text, weights: graph.owns.length > 1 ? `${weights} …` : weights },
      {
        help: 'bind it to a new name, or write `as NAME` after the call (`as _` adds nothing to the path)',
      },
    );
  }
  frame.weights += countMade(graph);
  if (frame.weights > LIMITS.weights) {
    fail(frame, 'D0901', site.span, { what: 'weights of one model', limit: `${LIMITS.weights}` });
    stop(frame);
    return ERROR;
  }
  const prefix = ownsSome ? wanted.prefix!.path : '';
  const operands: number[] = [];
  for (const parameter of signatureOf(callee.block).parameters) {
    const value = values.get(parameter.name);
    if (parameter.kind === 'tensor' && value?.kind === 'tensor') operands.push(value.value);
  }
  const place = placeOf(frame, site.span);
  const reads = passedReads(call, instance, frame);
  if (reads.length > 0) {
    const { nodes, owns } = build.mark();
    watch!.pass({ ...call, node: nodes, owns: ownsSome ? owns : undefined, instance, reads });
  }
  const results = build.call(graph, operands, prefix, place);
  if (ownsSome) build.own({ kind: 'call', callee: graph, prefix, shared: wanted.prefix!.shared, place });
  const terms = instance.results.map((result): Term => {
    if (result === undefined) return NONE;
    const value = results[result.at]!;
    return tensorTerm(value, build.typeOf(value), result.bound);
  });
  return terms.length === 1 ? terms[0]! : list(terms);
}
