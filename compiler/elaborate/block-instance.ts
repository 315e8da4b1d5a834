/**
 * The instance of a block for a call: one that is known, one made of another, or a new one. Two keys lead to an
 * instance: what the call gives, and that with the defaults settled.
 */
import { createFoldingBuilder, type FoldingBuilder } from '../ir/builder.ts';
import { type Frame, fail, type Instance, LIMITS, markFailed, placeOf, stop } from './context.ts';
import { createFrame } from './frame.ts';
import { instantiateBody } from './instance.ts';
import { coarseKey } from './instances.ts';
import type { BlockCall } from './passed.ts';
import { settle } from './settle.ts';
import { signatureOf } from './signatures.ts';
import { BUILDS_NOTHING, takenOver } from './taken-over.ts';
import { keyOf, type Term } from './term.ts';
import { boundsOf, originOf, Watch } from './watch.ts';

/** None after a mistake. `frame`: the caller's. */
export function instanceOf(call: BlockCall, frame: Frame): Instance | undefined {
  const { callee, site, given } = call;
  const { block } = callee;
  const { session } = frame;
  const { instances, training } = session;
  const signature = signatureOf(block);
  const bounds = boundsOf(block);
  const { values } = call;
  const coarse = coarseKey(`${block.id}`, signature.names, values, bounds);
  const known = instances.find(coarse, values, training);
  if (known !== undefined) return known;
  const failure = session.failures.size > 0 ? failureKey(coarse, values) : '';
  if (session.failures.has(failure)) {
    markFailed(frame);
    return undefined;
  }
  if (++session.made > LIMITS.instances) {
    fail(frame, 'D0901', site.span, { what: 'different instances of blocks', limit: `${LIMITS.instances}` });
    stop(frame);
    return undefined;
  }
  const createChild = (build: FoldingBuilder): Frame =>
    createFrame({
      session,
      scope: block.scope,
      build,
      block,
      watch: new Watch(block),
      what: block.decl.name.text,
      parent: frame,
      from: { place: placeOf(frame, site.span), path: call.path },
      depth: frame.depth + 1,
      evaluate: frame.evaluate,
    });
  const like = instances.like(coarse, values, training);
  if (like !== undefined) {
    const made = takenOver(like, values, createChild(BUILDS_NOTHING), instanceOf);
    if (made !== undefined) {
      instances.keep(coarse, values, made, training);
      const counted = instances.derived(made, values);
      if (counted !== undefined) return counted;
    }
  }
  const child = createChild(createFoldingBuilder());
  let instance: Instance | 'failed' | undefined;
  if (settle(signature, values, given, site, child, frame)) {
    const settled = child.names;
    const full = coarseKey(`${block.id}`, signature.names, settled, bounds);
    const same = full === coarse || child.watch!.byDefault;
    instance = same ? undefined : instances.find(full, settled, training);
    if (instance === undefined) {
      instance = instantiateBody(block, signature, child);
      if (instance !== 'failed' && !child.failed && !same) instances.keep(full, settled, instance, training);
    }
  }
  if (child.stopped) frame.stopped = true;
  if (instance === undefined || instance === 'failed') {
    session.failures.add(failureKey(coarse, values));
    return undefined;
  }
  if (!child.failed) instances.keep(coarse, values, instance, training);
  return instance;
}

/** Within one run of the compiler: what failed once is not said again. */
const failureKey = (coarse: string, values: ReadonlyMap<string, Term>): string =>
  `${coarse} ${[...values.values()].map((term) => keyOf(originOf(term))).join('|')}`;
