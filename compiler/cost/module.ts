/**
 * The cost of a model by module: the tree that the paths of its weights make, equal neighbours collapsed
 * (`blocks[0..27]`, 28 times). A block without weights belongs to the module that calls it. Figures of a module are those
 * of all its repetitions, everything inside included; `rows` are the leaves, which add up to the whole.
 */
import type { Graph, Node, OpNode } from '../ir/graph.ts';
import { BYTES, bindShape, countElements } from '../ir/type.ts';
import { opNamed } from '../ops/registry.ts';
import { bytesOf } from './memory.ts';
import { type CostRole, roleOf } from './role.ts';

export interface CostRow {
  /** of the module: `blocks[0..27].attn.qkv`; empty for the model itself */
  readonly path: string;
  readonly op: string;
  /** how often the op runs */
  readonly count: number;
  readonly macs: number;
  readonly flops: number;
  readonly params: number;
  /** of activations and weights, read and written */
  readonly bytes: number;
  readonly role: CostRole;
  /** work on tensors with an axis of tokens, or on one row a sample */
  readonly perToken: boolean;
}

export interface ModuleCost {
  /** the last part of the path; empty for the model */
  readonly name: string;
  readonly path: string;
  /** of the block, when the module is one call */
  readonly block?: string;
  readonly times: number;
  readonly macs: number;
  readonly flops: number;
  readonly params: number;
  readonly frozen: number;
  readonly bytes: number;
  readonly children: readonly ModuleCost[];
}

interface Draft {
  readonly name: string;
  readonly path: string;
  block?: string;
  times: number;
  macs: number;
  flops: number;
  params: number;
  frozen: number;
  bytes: number;
  readonly children: Map<string, Draft>;
}

export interface ModelCost {
  readonly root: ModuleCost;
  readonly rows: readonly CostRow[];
}

/** Cost of a graph (as it is run) with batch `n`. Weights come from `owner`, whose `owns` the passes keep. */
export function modelCost(graph: Graph, n: number): ModelCost {
  const root = draft('', '');
  const rows = new Map<string, Mutable<CostRow>>();
  visit(graph, root, 1, { afterBlocks: false }, n, rows);
  countWeights(graph, root, 1, rows);
  return { root: finish(root), rows: [...rows.values()] };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const draft = (name: string, path: string): Draft => ({
  name,
  path,
  times: 1,
  macs: 0,
  flops: 0,
  params: 0,
  frozen: 0,
  bytes: 0,
  children: new Map(),
});

/** Calls of one graph at consecutive places of a list (`blocks.0` … `blocks.27`), or one call by itself. */
interface Run {
  readonly node: Node & { kind: 'call' };
  readonly label: string;
  readonly times: number;
}

const INDEXED = /^(.*?)(?:^|\.)(\d+)$/;

/** Joins calls of equal graphs whose prefixes differ in their last segment, an int. */
function runsOf(graph: Graph): ReadonlyMap<Node, Run | 'joined'> {
  const groups = new Map<string, (Node & { kind: 'call' })[]>();
  const ids = new Map<Graph, number>();
  const runs = new Map<Node, Run | 'joined'>();
  for (const node of graph.nodes) {
    if (node.kind !== 'call') continue;
    const match = INDEXED.exec(node.prefix);
    if (match === null) continue;
    if (!ids.has(node.callee)) ids.set(node.callee, ids.size);
    const key = `${match[1]} ${ids.get(node.callee)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [node]);
    else group.push(node);
  }
  for (const group of groups.values()) {
    const [first] = group;
    const [, stem] = INDEXED.exec(first!.prefix)!;
    const indices = group.map((node) => Number(INDEXED.exec(node.prefix)![2]));
    const label = group.length === 1 ? first!.prefix : `${stem}[${ranges(indices)}]`;
    runs.set(first!, { node: first!, label, times: group.length });
    for (const node of group.slice(1)) runs.set(node, 'joined');
  }
  return runs;
}

/** 0,1,2,3,7 → `0..3, 7`; even steps: `0, 2 .. 26` */
export function ranges(indices: readonly number[]): string {
  const sorted = [...new Set(indices)].sort((a, b) => a - b);
  const step = sorted.length > 2 ? sorted[1]! - sorted[0]! : 1;
  if (step > 1 && sorted.every((value, i) => i === 0 || value - sorted[i - 1]! === step))
    return `${sorted[0]}, ${sorted[1]} .. ${sorted.at(-1)}`;
  const parts: string[] = [];
  for (let i = 0; i < sorted.length; ) {
    let j = i;
    while (j + 1 < sorted.length && sorted[j + 1] === sorted[j]! + 1) j++;
    parts.push(j > i ? `${sorted[i]}..${sorted[j]}` : `${sorted[i]}`);
    i = j + 1;
  }
  return parts.join(', ');
}

/** The module of a label below another, made on the way: `x_embedder.proj` is two. */
function moduleAt(parent: Draft, label: string): Draft {
  let at = parent;
  if (label === '') return at;
  for (const name of label.match(/[^.[]+(\[[^\]]*\])?|\[[^\]]*\]/g) ?? []) {
    let child = at.children.get(name);
    if (child === undefined) at.children.set(name, (child = draft(name, at.path === '' ? name : `${at.path}.${name}`)));
    at = child;
  }
  return at;
}

function visit(
  graph: Graph,
  module: Draft,
  times: number,
  state: { afterBlocks: boolean },
  n: number,
  rows: Map<string, Mutable<CostRow>>,
): void {
  const runs = runsOf(graph);
  const weights = new Set(graph.nodes.flatMap((node) => (node.kind === 'weight' ? node.results : [])));
  for (const node of graph.nodes) {
    if (node.kind === 'op') countOp(graph, node, module, times, state, n, weights, rows);
    if (node.kind !== 'call') continue;
    const run = runs.get(node);
    if (run === 'joined') continue;
    const repeats = run?.times ?? 1;
    const child = moduleAt(module, run?.label ?? node.prefix);
    if (child !== module) {
      child.block = node.callee.name;
      child.times = repeats;
    }
    visit(node.callee, child, times * repeats, state, n, rows);
    if (repeats > 1) state.afterBlocks = true;
  }
}

function countOp(
  graph: Graph,
  node: OpNode,
  module: Draft,
  times: number,
  state: { afterBlocks: boolean },
  n: number,
  weights: ReadonlySet<number>,
  rows: Map<string, Mutable<CostRow>>,
): void {
  const bound = (value: number) => ({
    dtype: graph.values[value]!.type.dtype,
    shape: bindShape(graph.values[value]!.type.shape, n),
  });
  const result = bound(node.results[0]!);
  const op = opNamed(node.op);
  const work = op.work(node.operands.map(bound), result, node.attributes);
  const moved = op.aliases?.(
    node.operands.map((value) => graph.values[value]!.type),
    node.attributes,
  )
    ? 0
    : [...node.operands, node.results[0]!].reduce((sum, value) => sum + bytesOf(graph, value, n), 0);
  const weighted = node.operands.some((value) => weights.has(value));
  const activation = node.operands.find((value) => !weights.has(value));
  const rank = activation === undefined ? 0 : graph.values[activation]!.type.shape.length;
  const role =
    work.macs > 0
      ? roleOf({
          path: module.path,
          weighted,
          rank,
          convolution: node.op.startsWith('conv'),
          afterBlocks: state.afterBlocks,
        })
      : 'other';
  module.macs += work.macs * times;
  module.flops += work.flops * times;
  module.bytes += moved * times;
  const key = `${module.path} ${node.op} ${role}`;
  const row = rows.get(key);
  if (row === undefined) {
    rows.set(key, {
      path: module.path,
      op: node.op,
      count: times,
      macs: work.macs * times,
      flops: work.flops * times,
      params: 0,
      bytes: moved * times,
      role,
      perToken: rank > 2,
    });
  } else {
    row.count += times;
    row.macs += work.macs * times;
    row.flops += work.flops * times;
    row.bytes += moved * times;
  }
}

/** Weights belong to the module that owns them, shared ones to the first. */
function countWeights(graph: Graph, root: Draft, times: number, rows: Map<string, Mutable<CostRow>>): void {
  const labels = labelsOf(graph);
  for (const owned of graph.owns) {
    if (owned.kind === 'weight') {
      const count = countElements(owned.weight.type.shape, 1) * times;
      if (owned.weight.trained) root.params += count;
      else root.frozen += count;
      const op = owned.weight.trained ? 'param' : 'frozen';
      const key = `${root.path} ${op}`;
      const row = rows.get(key);
      const bytes = count * BYTES[owned.weight.type.dtype];
      const trained = owned.weight.trained ? count : 0;
      if (row === undefined)
        rows.set(key, {
          path: root.path,
          op,
          count: times,
          macs: 0,
          flops: 0,
          params: trained,
          bytes,
          role: 'other',
          perToken: false,
        });
      else {
        row.params += trained;
        row.bytes += bytes;
      }
      continue;
    }
    const label = labels.get(owned.prefix);
    if (label === undefined) continue;
    countWeights(owned.callee, moduleAt(root, label.label), times * label.times, rows);
  }
}

/** For each prefix the label under which it is counted; none for those that are joined to another, or shared again. */
function labelsOf(graph: Graph): ReadonlyMap<string, { readonly label: string; readonly times: number }> {
  const labels = new Map<string, { readonly label: string; readonly times: number }>();
  const runs = runsOf(graph);
  for (const [node, run] of runs)
    if (run !== 'joined' && node.kind === 'call') labels.set(node.prefix, { label: run.label, times: run.times });
  const joined = new Set(
    [...runs].flatMap(([node, run]) => (run === 'joined' && node.kind === 'call' ? [node.prefix] : [])),
  );
  for (const owned of graph.owns)
    if (owned.kind === 'call' && !labels.has(owned.prefix) && !joined.has(owned.prefix))
      labels.set(owned.prefix, { label: owned.prefix, times: 1 });
  return labels;
}

function finish(at: Draft): ModuleCost {
  const children = [...at.children.values()].map(finish);
  const sum = (of: (child: ModuleCost) => number): number => children.reduce((total, child) => total + of(child), 0);
  return {
    name: at.name,
    path: at.path,
    block: at.block,
    times: at.times,
    macs: at.macs + sum((c) => c.macs),
    flops: at.flops + sum((c) => c.flops),
    params: at.params + sum((c) => c.params),
    frozen: at.frozen + sum((c) => c.frozen),
    bytes: at.bytes + sum((c) => c.bytes),
    children,
  };
}
