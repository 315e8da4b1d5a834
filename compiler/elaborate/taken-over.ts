/**
 * An instance for other values of what its body only passes on: the same graph, but that its calls call others. Nothing
 * of the body is evaluated but the arguments of those calls, where the callees give what they gave before.
 */
import { createFoldingBuilder } from '../ir/builder.ts';
import type { FoldedNode, FoldedOwned } from '../ir/graph.ts';
import { sameType } from '../ir/type.ts';
import { countMade, ownsWeights, usesWeights } from '../ir/weights.ts';
import { evaluateAgain } from './call-values.ts';
import { changed, withCount } from './changed.ts';
import { type Frame, type Instance, LIMITS } from './context.ts';
import { type BlockCall, type Passed, passedReads } from './passed.ts';
import { areApart } from './paths.ts';
import { settingsLater } from './settings.ts';
import { keyOf, type Term } from './term.ts';
import { originOf, type Read, readIn, readsOf } from './watch.ts';

/** For frames in which only arguments are evaluated that are no tensors. */
export const BUILDS_NOTHING = createFoldingBuilder();

/** `frame`: of the body, with nothing in it. None where the body has to be evaluated. */
export function takenOver(
  instance: Instance,
  values: ReadonlyMap<string, Term>,
  frame: Frame,
  instanceOf: (call: BlockCall, frame: Frame) => Instance | undefined,
): Instance | undefined {
  const { graph, bounds, own, counts, readsTraining, results } = instance;
  let terms = withValues(instance.terms, values);
  const passed: Passed[] = [];
  const nodes: FoldedNode[] = [...graph.nodes];
  const owns: FoldedOwned[] = [...graph.owns];
  const at: number[] = [];
  for (const before of instance.passed) {
    const now = before.reads.some((read) => differs(read, instance.terms, terms))
      ? passedAgain(before, terms, frame, instanceOf)
      : before;
    if (now === undefined) return undefined;
    passed.push(now);
    if (now.instance === before.instance) continue;
    const { node, owns: owned } = before;
    const call = nodes[node]!;
    if (call.kind !== 'call') return undefined;
    const { graph: callee } = now.instance;
    at.push(node);
    nodes[node] = { ...call, callee };
    if (owned !== undefined) owns[owned] = { ...owns[owned]!, callee } as FoldedOwned;
  }
  if (!areApart(owns)) return undefined;
  // it turns as often as before
  for (const count of counts) terms = withCount(terms, count, count.value);
  // a model is shown with all that it has
  const reads = frame.model === undefined ? readsOf(own, passed) : instance.reads;
  const made = changed(graph, { nodes, owns, at }, settingsLater({ terms, bounds, reads, counts }));
  if (countMade(made) > LIMITS.weights) return undefined;
  return { graph: made, results, readsTraining, terms, bounds, reads, own, counts, passed: [] };
}

function withValues(terms: Instance['terms'], values: ReadonlyMap<string, Term>): Instance['terms'] {
  const now = new Map(terms);
  for (const name of terms.keys()) if (values.has(name)) now.set(name, originOf(values.get(name)!));
  return now;
}

function differs(read: Read, before: Instance['terms'], now: Instance['terms']): boolean {
  const [a, b] = [readIn(read, before), readIn(read, now)];
  if (a === b) return false;
  if (a?.kind === 'number' && b?.kind === 'number' && typeof a.value === 'number') return a.value !== b.value;
  return a === undefined || b === undefined || keyOf(a) !== keyOf(b);
}

function passedAgain(
  before: Passed,
  terms: Instance['terms'],
  frame: Frame,
  instanceOf: (call: BlockCall, frame: Frame) => Instance | undefined,
): Passed | undefined {
  const values = evaluateAgain(before, terms, frame);
  if (values === undefined) return undefined;
  const call = { ...before, ...values };
  const instance = instanceOf(call, frame);
  if (instance === undefined || !isLike(instance, before.instance)) return undefined;
  return { ...call, instance, reads: passedReads(call, instance, frame) };
}

/** Whether what follows a call cannot tell which of them was called. */
function isLike(a: Instance, b: Instance): boolean {
  if (a === b) return true;
  return (
    a.readsTraining === b.readsTraining &&
    ownsWeights(a.graph) === ownsWeights(b.graph) &&
    usesWeights(a.graph) === usesWeights(b.graph) &&
    a.results.length === b.results.length &&
    a.results.every((result, at) => result?.at === b.results[at]?.at && result?.bound === b.results[at]?.bound) &&
    a.graph.results.every(({ value }, at) =>
      sameType(a.graph.values[value]!.type, b.graph.values[b.graph.results[at]!.value]!.type),
    )
  );
}
