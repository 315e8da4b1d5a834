/**
 * The cost of a model by module: the tree that the paths of its weights make, equal neighbours collapsed
 * (`blocks[0..27]`, 28 times). A block without weights belongs to the module that calls it. Figures of a module are those
 * of all its repetitions, everything inside included; `rows` are the leaves, which add up to the whole.
 */
import type { Place } from '../../dsl/span.ts';
import { calledGraphs, perGraph } from '../ir/callees.ts';
import type { FoldedCall, FoldedGraph, OpNode } from '../ir/graph.ts';
import { isBatch, type Shape } from '../ir/type.ts';
import { createLedger, type Ledger, type ModuleDraft, moduleAt } from './ledger.ts';
import { repeatsOf } from './repeats.ts';
import { type CostRole, ROLES, roleOf } from './role.ts';
import { countWeights } from './weight-cost.ts';
import { type RunWork, workOf, workOfOp } from './work.ts';

export interface CostFigures {
  readonly macs: number;
  readonly flops: number;
  /** numbers in trained weights */
  readonly trained: number;
  readonly frozen: number;
  readonly weightBytes: number;
  /** of operands, weights among them */
  readonly read: number;
  readonly written: number;
}

export interface CostRow extends CostFigures {
  /** of the module: `blocks[0..27].attn.qkv`; empty for the model itself */
  readonly path: string;
  /** an op; `param` and `frozen` for weights */
  readonly op: string;
  /** how often the op runs; how many weights there are */
  readonly count: number;
  readonly role: CostRole;
  /** works on more than one row a sample: grows with the number of tokens */
  readonly perToken: boolean;
}

export interface ModuleCost extends CostFigures {
  /** the last part of the path; empty for the model */
  readonly name: string;
  readonly path: string;
  /** the block it is a call of, and where that call is written; none where a path only groups */
  readonly block?: string;
  readonly place?: Place;
  /** in each of the module above */
  readonly times: number;
  /** what all inside is for: norms aside, and attention scores where there is anything else; none where that is several things */
  readonly role?: CostRole;
  /** the same, of what is in none of the children */
  readonly ownRole?: CostRole;
  readonly children: readonly ModuleCost[];
}

export interface ModelCost {
  readonly root: ModuleCost;
  readonly rows: readonly CostRow[];
}

/** Cost of a graph (as it is run) with batch `n`; weights that only `training` owns are counted too. */
export function modelCost(graph: FoldedGraph, n: number, training: FoldedGraph = graph): ModelCost {
  const ledger = createLedger();
  visit(graph, {
    ledger,
    n,
    module: ledger.root,
    times: 1,
    budget: MOST_VISITS,
    layers: { done: 0, left: layersIn(graph) },
  });
  countWeights(graph, training, ledger);
  return ledger.finish();
}

/** A graph that is called over and over on many levels is not followed into all of its calls: those are then one row. */
const MOST_VISITS = 20_000;

/** Calls to follow, repeats being one. */
const visits = perGraph<number, FoldedGraph>((graph, of) => {
  let total = 1;
  for (const node of repeatsOf(graph).first.keys()) total += of(node.callee);
  return total;
}, calledGraphs);

/** Calls of layers to come across on the way through. */
const layersIn = perGraph<number, FoldedGraph>((graph, of) => {
  const { first, layers } = repeatsOf(graph);
  let total = layers.size;
  for (const node of first.keys()) total += of(node.callee);
  return total;
}, calledGraphs);

interface Visit {
  readonly ledger: Ledger;
  readonly n: number;
  readonly module: ModuleDraft;
  readonly times: number;
  readonly budget: number;
  /** calls of layers, whatever the level */
  readonly layers: { done: number; left: number };
}

function visit(graph: FoldedGraph, at: Visit): void {
  const { module, times, n, layers, ledger } = at;
  const { first, layers: own } = repeatsOf(graph);
  const whole = visits(graph) <= at.budget;
  const budget = whole ? at.budget : Math.floor((at.budget - 1) / Math.max(1, first.size));
  for (const node of graph.nodes) {
    if (node.kind === 'op') countOp(graph, node, at);
    const repeat = node.kind === 'call' ? first.get(node) : undefined;
    if (node.kind !== 'call' || repeat === undefined) continue;
    const inner = moduleAt(module, repeat.label);
    if (inner !== module) describe(inner, node, repeat.places);
    const next = { ...at, module: inner, times: times * repeat.calls, budget };
    if (whole || budget >= 1) visit(node.callee, next);
    else {
      layers.left -= layersIn(node.callee);
      ledger.add(inner, {
        op: node.callee.name,
        count: next.times,
        role: 'other',
        perToken: true,
        work: workOf(node.callee, n),
      });
    }
    if (own.has(node)) {
      layers.done++;
      layers.left--;
    }
  }
}

function describe(module: ModuleDraft, node: FoldedCall, places: number): void {
  if (module.block !== undefined) return;
  module.block = node.callee.name;
  module.place = node.place;
  module.times = places;
}

function countOp(graph: FoldedGraph, node: OpNode, { module, times, n, layers, ledger }: Visit): void {
  const work: RunWork = workOfOp(graph, node, n);
  const shapes = [...node.operands, ...node.results].map((value) => graph.values[value]!.type.shape);
  const batched = shapes.filter((shape) => shape.some(isBatch));
  const perToken = batched.some(hasRows);
  const role: CostRole =
    work.macs === 0
      ? 'norms and elementwise'
      : roleOf({
          path: module.path,
          weighted: batched.length < shapes.length,
          perToken,
          convolution: node.op.startsWith('conv'),
          afterBlocks: layers.done > 0 && layers.left === 0,
        });
  ledger.add(module, { op: node.op, count: times, role, perToken, work });
}

/** More than one row a sample: an axis besides the batch and the last. */
const hasRows = (shape: Shape): boolean => shape.slice(0, -1).some((dim) => !isBatch(dim) && dim > 1);

/** Rows added up by what they have in common, the costliest first. */
export function groupRows<K>(
  rows: readonly CostRow[],
  keyOf: (row: CostRow) => K,
): Map<K, CostFigures & { count: number }> {
  const groups = new Map<K, { -readonly [F in keyof CostFigures]: number } & { count: number }>();
  for (const row of rows) {
    const key = keyOf(row);
    let group = groups.get(key);
    if (group === undefined)
      groups.set(
        key,
        (group = { macs: 0, flops: 0, trained: 0, frozen: 0, weightBytes: 0, read: 0, written: 0, count: 0 }),
      );
    for (const field of FIELDS) group[field] += row[field];
    group.count += row.count;
  }
  return groups;
}

const FIELDS = ['macs', 'flops', 'trained', 'frozen', 'weightBytes', 'read', 'written'] as const;

/** In the order of `ROLES`; roles that nothing has are left out. */
export function costByRole(rows: readonly CostRow[]) {
  const groups = groupRows(rows, ({ role }) => role);
  return ROLES.flatMap((role) => {
    const figures = groups.get(role);
    return figures === undefined ? [] : [{ role, ...figures }];
  });
}
