/** An instance with other counts: the same graph but for how often its runs turn, and for what is shown of it. */
import type { FoldedGraph, FoldedNode, FoldedOwned } from '../ir/graph.ts';
import { setLike } from '../ir/like.ts';
import { createMemo } from '../ir/memo.ts';
import { countMade, joinPath } from '../ir/weights.ts';
import { type Instance, LIMITS } from './context.ts';
import { isAlone, rootOf } from './paths.ts';
import { setField } from './set-field.ts';
import { showSettings } from './settings.ts';
import { number, type Term } from './term.ts';
import { type Count, type Read, readIn, showRead } from './watch.ts';

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
  const { graph } = instance;
  const nodes: FoldedNode[] = [...graph.nodes];
  const owns: FoldedOwned[] = [...graph.owns];
  const at = new Set<number>();
  const inner = new Map<number, { readonly count: Count; readonly wanted: Map<string, number> }>();
  let weights = weightsIn(instance);
  for (const count of instance.counts) {
    const value = wanted.get(showRead(count))!;
    if (value > MOST_TURNS) return undefined;
    at.add(count.node);
    if (count.inner !== undefined) {
      let call = inner.get(count.node);
      if (call === undefined) {
        const own = count.inner.instance.counts.map((each) => [showRead(each), each.value] as const);
        inner.set(count.node, (call = { count, wanted: new Map(own) }));
      }
      call.wanted.set(showRead(count.inner.read), value);
      continue;
    }
    const [node, owned] = [nodes[count.node]!, owns[count.own]!];
    if (node.kind !== 'call' || node.run === undefined || owned.kind !== 'call') return undefined;
    const more = value - count.value;
    const times = node.run.times + more;
    if (times < 2) return undefined;
    nodes[count.node] = { ...node, run: { times, carries: node.run.carries } };
    owns[count.own] = { ...owned, times };
    weights += more * countMade(node.callee);
  }
  for (const { count, wanted: values } of inner.values()) {
    const before = count.inner!.instance;
    const now = withCounts(before, values);
    const [node, owned] = [nodes[count.node]!, owns[count.own]!];
    if (now === undefined || node.kind !== 'call' || owned.kind !== 'call') return undefined;
    nodes[count.node] = { ...node, callee: now.graph };
    owns[count.own] = { ...owned, callee: now.graph };
    weights += weightsIn(now) - weightsIn(before);
  }
  if (weights > LIMITS.weights) return undefined;
  return withNodes(instance, { nodes, owns, at: [...at] }, wanted, weights);
}

/** What is shown of it is put together when somebody looks: a plan shows few of its points' graphs. */
function withNodes(
  instance: Instance,
  { nodes, owns, at }: Pick<FoldedGraph, 'nodes' | 'owns'> & { readonly at: readonly number[] },
  wanted: ReadonlyMap<string, number>,
  weights: number,
): Instance {
  const { graph, counts, terms, reads, results, readsTraining } = instance;
  const { name, inputs, results: returned, values, place } = graph;
  const now: FoldedGraph = {
    name,
    inputs,
    results: returned,
    nodes,
    values,
    owns,
    place,
    get settings() {
      return showSettings(
        counts.reduce((all, count) => withTerm(all, count, wanted.get(showRead(count))!), terms),
        reads,
        counts,
      );
    },
  };
  setLike(now, { graph, at });
  const changed = counts.map((count) => ({ ...count, value: wanted.get(showRead(count))! }));
  return { graph: now, results, readsTraining, terms, reads, counts: changed, weights, template: instance };
}

function withTerm(terms: Instance['terms'], { name, field }: Read, value: number): Instance['terms'] {
  const term = field === undefined ? number(value) : setField(terms.get(name)!, [field], number(value));
  return new Map(terms).set(name, term!);
}

const weightsIn = ({ graph, weights }: Instance): number => weights ?? countMade(graph);

const growing = new WeakMap<Instance, boolean>();

/** Whether paths of more turns can be nobody else's. */
function mayGrow(instance: Instance): boolean {
  let may = growing.get(instance);
  if (may === undefined) {
    const { counts, graph } = instance;
    may = counts.every((count) => pathsBelow(instance, count).every((path) => isAlone(graph.owns, count.own, path)));
    growing.set(instance, may);
  }
  return may;
}

/** What the turns of a count stand below: of a called graph, of all its counts. */
function pathsBelow({ graph }: Instance, { own, inner }: Count): readonly string[] {
  const owned = graph.owns[own]!;
  if (inner === undefined || owned.kind === 'weight') return [rootOf(owned)];
  const { instance } = inner;
  return instance.counts.flatMap((count) => pathsBelow(instance, count).map((path) => joinPath(owned.prefix, path)));
}
