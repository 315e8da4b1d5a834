/** An instance with other counts: the same graph but for how often its runs turn, and for what is shown of it. */
import type { FoldedNode, FoldedOwned } from '../ir/graph.ts';
import { countMade } from '../ir/weights.ts';
import { changed, withCount } from './changed.ts';
import { type Instance, LIMITS } from './context.ts';
import { isAlone, rootOf } from './paths.ts';
import { showSettings } from './settings.ts';
import type { Term } from './term.ts';
import { readIn } from './watch.ts';

/** What was made of instances already, by the counts: equal calls call one graph. */
export type Derived = Map<Instance, Map<string, Instance>>;

/** Of longer runs the budgets are looked at as they are evaluated. */
const MOST_TURNS = 10_000;

/** The instance itself where the counts are its own; none where it has to be evaluated. */
export function derived(instance: Instance, values: ReadonlyMap<string, Term>, made: Derived): Instance | undefined {
  const { counts } = instance;
  const wanted: number[] = [];
  let isItself = true;
  for (const count of counts) {
    const term = readIn(count, values);
    if (term?.kind !== 'number' || typeof term.value !== 'number') return undefined;
    if (term.value !== count.value) isItself = false;
    wanted.push(term.value);
  }
  if (isItself) return instance;
  const key = wanted.join();
  let known = made.get(instance);
  if (known === undefined) made.set(instance, (known = new Map()));
  let now = known.get(key);
  if (now === undefined) {
    now = counted(instance, wanted);
    if (now !== undefined) known.set(key, now);
  }
  return now;
}

/** None where a run would be none any more, or so long that budgets must be looked at turn by turn. */
function counted(instance: Instance, wanted: readonly number[]): Instance | undefined {
  if (!mayGrow(instance)) return undefined;
  const { graph, counts, terms, bounds, reads } = instance;
  const nodes: FoldedNode[] = [...graph.nodes];
  const owns: FoldedOwned[] = [...graph.owns];
  const at: number[] = [];
  for (const [index, count] of counts.entries()) {
    const value = wanted[index]!;
    if (value > MOST_TURNS) return undefined;
    const [node, owned] = [nodes[count.node]!, owns[count.own]!];
    if (node.kind !== 'call' || node.run === undefined || owned.kind !== 'call') return undefined;
    const times = node.run.times + value - count.value;
    if (times < 2) return undefined;
    at.push(count.node);
    nodes[count.node] = { ...node, run: { times, carries: node.run.carries } };
    owns[count.own] = { ...owned, times };
  }
  const now = counts.map((count, index) => ({ ...count, value: wanted[index]! }));
  const settings = (): string => {
    const shown = now.reduce((all, count) => withCount(all, count, count.value), terms);
    return showSettings({ terms: shown, bounds, reads, counts: now });
  };
  const made = changed(graph, { nodes, owns, at }, settings);
  if (countMade(made) > LIMITS.weights) return undefined;
  const { results, readsTraining, own } = instance;
  return { graph: made, results, readsTraining, terms, bounds, reads, own, counts: now, passed: [] };
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
