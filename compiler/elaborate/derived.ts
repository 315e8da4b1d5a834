/** An instance with other counts: the same graph but for how often its runs turn, and for what is shown of it. */
import type { FoldedNode, FoldedOwned } from '../ir/graph.ts';
import { createMemo } from '../ir/memo.ts';
import { countMade } from '../ir/weights.ts';
import { changed, withCount } from './changed.ts';
import { type Instance, LIMITS } from './context.ts';
import { isAlone, rootOf } from './paths.ts';
import { showSettings } from './settings.ts';
import type { Term } from './term.ts';
import { readIn, showRead } from './watch.ts';

/**
 * What was made of one instance: as long as somebody has the graph, so that equal calls call one graph, and the last few.
 * A grid may ask for any number of depths.
 */
interface MadeOf {
  readonly all: Map<string, WeakRef<Instance>>;
  readonly last: Instance[];
}
const made = new WeakMap<Instance, MadeOf>();
const instanceOf = createMemo<Instance>();
const MOST_KEPT = 4;
const MOST_MADE = 64;

/** Of longer runs the budgets are looked at as they are evaluated. */
const MOST_TURNS = 10_000;

/** The instance itself where the counts are its own; none where it has to be evaluated. */
export function derived(instance: Instance, values: ReadonlyMap<string, Term>): Instance | undefined {
  const { counts } = instance;
  if (counts.length === 0) return instance;
  const wanted = new Map<string, number>();
  for (const count of counts) {
    const term = readIn(count, values);
    if (term?.kind !== 'number' || typeof term.value !== 'number') return undefined;
    wanted.set(showRead(count), term.value);
  }
  return withCounts(instance, wanted);
}

function withCounts(from: Instance, wanted: ReadonlyMap<string, number>): Instance | undefined {
  const instance = from.template ?? from;
  const { counts } = instance;
  if (counts.every((count) => wanted.get(showRead(count)) === count.value)) return instance;
  let key = '';
  for (const count of counts) key += `${wanted.get(showRead(count))},`;
  let known = made.get(instance);
  if (known === undefined) made.set(instance, (known = { all: new Map(), last: [] }));
  const { all, last } = known;
  const before = all.get(key)?.deref();
  if (before !== undefined) return before;
  const now = counted(instance, wanted);
  if (now === undefined) return undefined;
  instanceOf.set(now.graph, now);
  if (all.size >= MOST_MADE) for (const [each, ref] of all) if (ref.deref() === undefined) all.delete(each);
  all.set(key, new WeakRef(now));
  if (last.push(now) > MOST_KEPT) last.shift();
  return now;
}

/** None where a run would be none any more, or so long that budgets must be looked at turn by turn. */
function counted(instance: Instance, wanted: ReadonlyMap<string, number>): Instance | undefined {
  if (!mayGrow(instance)) return undefined;
  const { graph, counts, terms, reads } = instance;
  const nodes: FoldedNode[] = [...graph.nodes];
  const owns: FoldedOwned[] = [...graph.owns];
  const at: number[] = [];
  let weights = instance.weights ?? countMade(graph);
  for (const count of counts) {
    const value = wanted.get(showRead(count))!;
    if (value > MOST_TURNS) return undefined;
    const [node, owned] = [nodes[count.node]!, owns[count.own]!];
    if (node.kind !== 'call' || node.run === undefined || owned.kind !== 'call') return undefined;
    const more = value - count.value;
    const times = node.run.times + more;
    if (times < 2) return undefined;
    at.push(count.node);
    nodes[count.node] = { ...node, run: { times, carries: node.run.carries } };
    owns[count.own] = { ...owned, times };
    weights += more * countMade(node.callee);
  }
  if (weights > LIMITS.weights) return undefined;
  const now = counts.map((count) => ({ ...count, value: wanted.get(showRead(count))! }));
  const settings = (): string =>
    showSettings(
      now.reduce((all, count) => withCount(all, count, count.value), terms),
      reads,
      now,
    );
  return {
    ...instance,
    graph: changed(graph, { nodes, owns, at }, settings),
    counts: now,
    weights,
    template: instance,
    again: undefined,
  };
}

const growing = new WeakMap<Instance, boolean>();

/** Whether paths of more turns can be nobody else's. */
function mayGrow(instance: Instance): boolean {
  let may = growing.get(instance);
  if (may === undefined) {
    const { counts, graph } = instance;
    may = counts.every(({ own }) => isAlone(graph.owns, own, rootOf(graph.owns[own]!)));
    growing.set(instance, may);
  }
  return may;
}
