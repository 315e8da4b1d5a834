/**
 * The last turns of a run may be asked for less than the ones before, whose results they take: those turns become calls
 * of their own, and of the run that is left every turn is asked for the same.
 */
import type { FoldedCall, FoldedGraph, FoldedNode, FoldedOwned, Value, ValueInfo } from '../ir/graph.ts';
import { prefixesOf, timesOf } from '../ir/run.ts';

/** Which results are asked for: a 1 or a 0 for each. */
export type Mask = string;

/** Which inputs a callee reads when it is asked for some of its results. */
export type Reads = (callee: FoldedGraph, asked: Mask) => readonly boolean[];

/** The turns of a call, one if it is no run, from the last to the first. */
export interface Turns {
  /** equal ones in a row are one; turns that nobody asks for are none */
  readonly turns: readonly { readonly asked: Mask; readonly times: number }[];
  /** which operands of the call itself are read */
  readonly reads: readonly boolean[];
}

/** `asked`: of the last turn. */
export function turnsOf({ callee, operands, results, run }: FoldedCall, asked: Mask, readsOf: Reads): Turns {
  if (run === undefined)
    return asked.includes('1') ? { turns: [{ asked, times: 1 }], reads: readsOf(callee, asked) } : NOTHING_ASKED;
  const turns: { asked: Mask; times: number }[] = [];
  const all = operands.map(() => false);
  let left = run.times;
  for (let now = asked; left > 0 && now.includes('1'); ) {
    const reads = readsOf(callee, now);
    let before = '';
    for (let result = 0; result < results.length; result++)
      before += run.carries.some((carried, at) => carried === result && reads[at]) ? '1' : '0';
    const times = before === now ? left : 1;
    turns.push({ asked: now, times });
    left -= times;
    for (let at = 0; at < all.length; at++)
      if (reads[at] && (left === 0 || run.carries[at] === undefined)) all[at] = true;
    now = before;
  }
  return { turns, reads: all };
}

const NOTHING_ASKED: Turns = { turns: [], reads: [] };

/** Those of some results that are live. */
export function maskOf(results: readonly Value[], live: Uint8Array): Mask {
  let mask = '';
  for (const result of results) mask += live[result] === 1 ? '1' : '0';
  return mask;
}

/** The graph itself where every run is asked for the same at every turn. */
export function peeled(graph: FoldedGraph, needed: Mask, readsOf: Reads): FoldedGraph {
  if (!graph.nodes.some((node) => node.kind === 'call' && node.run !== undefined)) return graph;
  const live = new Uint8Array(graph.values.length);
  for (const [at, { value }] of graph.results.entries()) if (needed[at] === '1') live[value] = 1;
  const apart = new Map<FoldedCall, number>();
  for (let index = graph.nodes.length - 1; index >= 0; index--) {
    const node = graph.nodes[index]!;
    if (!node.results.some((value) => live[value] === 1)) continue;
    if (node.kind === 'op') for (const operand of node.operands) live[operand] = 1;
    if (node.kind !== 'call') continue;
    const { turns, reads } = turnsOf(node, maskOf(node.results, live), readsOf);
    for (const [at, operand] of node.operands.entries()) if (reads[at]) live[operand] = 1;
    // the first of them go on as a run, unless nobody asks for what is before them
    const asked = turns.reduce((sum, { times }) => sum + times, 0);
    const alone = asked < timesOf(node) ? asked : asked - turns.at(-1)!.times;
    if (alone > 0) apart.set(node, alone);
  }
  return apart.size === 0 ? graph : withApart(graph, apart);
}

function withApart(graph: FoldedGraph, apart: ReadonlyMap<FoldedCall, number>): FoldedGraph {
  const values: ValueInfo[] = [...graph.values];
  const owns = new Map<string, number>();
  const nodes = graph.nodes.flatMap((node): FoldedNode[] => {
    const alone = node.kind === 'call' ? apart.get(node) : undefined;
    if (node.kind !== 'call' || node.run === undefined || alone === undefined) return [node];
    owns.set(node.prefix, alone);
    const { run, ...call } = node;
    const { times, carries } = run;
    const made: FoldedNode[] = [];
    let operands: readonly Value[] = node.operands;
    const parts = partsOf(node.prefix, times, alone);
    for (const [at, { prefix, turns }] of parts.entries()) {
      const results =
        at === parts.length - 1 ? node.results : node.results.map((value) => values.push(graph.values[value]!) - 1);
      made.push({ ...call, operands, prefix, results, run: turns > 1 ? { times: turns, carries } : undefined });
      operands = operands.map((operand, index) => {
        const carried = carries[index];
        return carried === undefined ? operand : results[carried]!;
      });
    }
    return made;
  });
  return { ...graph, values, nodes, owns: graph.owns.flatMap((owned) => ownedApart(owned, owns)) };
}

function ownedApart(owned: FoldedOwned, apart: ReadonlyMap<string, number>): readonly FoldedOwned[] {
  if (owned.kind === 'weight' || owned.times === undefined) return [owned];
  const alone = apart.get(owned.prefix);
  if (alone === undefined) return [owned];
  return partsOf(owned.prefix, owned.times, alone).map(({ prefix, turns }) => ({
    ...owned,
    prefix,
    times: turns > 1 ? turns : undefined,
  }));
}

/** What is left of a run, and the turns at its end that are apart. */
function partsOf(prefix: string, times: number, alone: number): readonly { prefix: string; turns: number }[] {
  const prefixes = prefixesOf(prefix, times);
  const first = times - alone;
  const apart = prefixes.slice(first).map((each) => ({ prefix: each, turns: 1 }));
  return first > 0 ? [{ prefix, turns: first }, ...apart] : apart;
}
