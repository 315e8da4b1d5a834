/**
 * What `asRun` would leave of a graph, counted without rewriting it: one sample's MACs and FLOPs for a plan of thousands
 * of points. The rules are those of the passes: what is constant was computed beforehand, of equal nodes the first runs,
 * and what no result needs does not, in called graphs too.
 */
import { constantValues } from '../ir/closed.ts';
import { structureDigest } from '../ir/digest.ts';
import { attributesText } from '../ir/digest-text.ts';
import type { FoldedCall, FoldedGraph, FoldedNode, OpNode, Value } from '../ir/graph.ts';
import { likeOf } from '../ir/like.ts';
import { createMemo } from '../ir/memo.ts';
import { bindShape, showType } from '../ir/type.ts';
import { usesWeights } from '../ir/weights.ts';
import type { Work } from '../ops/op.ts';
import { opNamed } from '../ops/registry.ts';
import { type Mask, maskOf, type Reads, turnsOf } from '../passes/peel.ts';

interface Run extends Work {
  /** which results are asked for */
  readonly mask: Mask;
  /** for each input whether what runs reads it */
  readonly reads: readonly boolean[];
  readonly calls: readonly CallRun[];
}

/** The turns of a call together. */
interface CallRun extends Work {
  readonly node: FoldedCall;
  /** of its last turn */
  readonly asked: Mask;
  /** for each operand whether it is read */
  readonly reads: readonly boolean[];
}

const runs = createMemo<Run[]>();
const onces = createMemo<Once>();

/** Equal to `workOf(asRun(graph), 1)`, as far as that goes. */
export function runWork(graph: FoldedGraph): Work {
  const { macs, flops } = runOf(graph, '1'.repeat(graph.results.length));
  return { macs, flops };
}

/** One run that is asked for the results that `mask` has a 1 for. */
function runOf(graph: FoldedGraph, mask: Mask): Run {
  const known = runs.get(graph) ?? runs.set(graph, []);
  for (const run of known) if (run.mask === mask) return run;
  const run = countLike(graph, mask) ?? count(graph, mask);
  known.push(run);
  return run;
}

function count(graph: FoldedGraph, mask: Mask): Run {
  const { nodes, instead } = onceOf(graph);
  const live = new Uint8Array(graph.values.length);
  for (const [at, { value }] of graph.results.entries()) if (mask[at] === '1') live[instead[value]!] = 1;
  const calls: CallRun[] = [];
  let macs = 0;
  let flops = 0;
  for (let at = nodes.length - 1; at >= 0; at--) {
    const node = nodes[at]!;
    if (node.kind === 'op') {
      if (live[node.results[0]!] !== 1) continue;
      for (const operand of node.operands) live[instead[operand]!] = 1;
      const work = workOfOp(graph, node);
      macs += work.macs;
      flops += work.flops;
      continue;
    }
    const inner = countTurns(node, maskOf(node.results, live));
    calls.push(inner);
    macs += inner.macs;
    flops += inner.flops;
    for (let i = 0; i < node.operands.length; i++) if (inner.reads[i]) live[instead[node.operands[i]!]!] = 1;
  }
  return { mask, macs, flops, reads: graph.inputs.map(({ value }) => live[value] === 1), calls };
}

function countTurns(node: FoldedCall, asked: Mask): CallRun {
  const { turns, reads } = turnsOf(node, asked, readsOf);
  let macs = 0;
  let flops = 0;
  for (const turn of turns) {
    const inner = runOf(node.callee, turn.asked);
    macs += turn.times * inner.macs;
    flops += turn.times * inner.flops;
  }
  return { node, asked, macs, flops, reads };
}

/** By what differs from another graph. None where there is none, or where that decides more than the work of some calls. */
function countLike(graph: FoldedGraph, mask: Mask): Run | undefined {
  const like = likeOf(graph);
  if (like === undefined) return undefined;
  const run = runOf(like.graph, mask);
  const calls = run.calls.slice();
  let { macs, flops } = run;
  for (const at of like.at) {
    const before = like.graph.nodes[at] as FoldedCall;
    const node = graph.nodes[at] as FoldedCall;
    // one without may be constant, or equal to another
    if (!usesWeights(before.callee) || !usesWeights(node.callee)) return undefined;
    const index = calls.findIndex((each) => each.node === before);
    const was = calls[index]!;
    const is = countTurns(node, was.asked);
    if (was.reads.some((read, input) => read !== is.reads[input])) return undefined;
    macs += is.macs - was.macs;
    flops += is.flops - was.flops;
    calls[index] = is;
  }
  return { mask, macs, flops, reads: run.reads, calls };
}

const readsOf: Reads = (callee, asked) => runOf(callee, asked).reads;

function workOfOp(graph: FoldedGraph, { op, operands, results, attributes }: OpNode): Work {
  const bound = (value: Value) => {
    const { dtype, shape } = graph.values[value]!.type;
    return { dtype, shape: bindShape(shape, 1) };
  };
  return opNamed(op).work(operands.map(bound), bound(results[0]!), attributes);
}

interface Once {
  /** those that run at most once: neither constant nor equal to an earlier one */
  readonly nodes: readonly (OpNode | FoldedCall)[];
  /** for each value the one that stands for it */
  readonly instead: Int32Array;
}

function onceOf(graph: FoldedGraph): Once {
  const known = onces.get(graph);
  if (known !== undefined) return known;
  const constant = constantValues(graph);
  const instead = new Int32Array(graph.values.length);
  for (let value = 0; value < instead.length; value++) instead[value] = value;
  const byKey = new Map<string, FoldedNode>();
  // only nodes with the same first operand can be equal, and few have one
  const byOperand: (FoldedNode[] | undefined)[] = new Array(graph.values.length);
  const earlier = (node: FoldedNode): FoldedNode | undefined => {
    if ((node.kind === 'op' || node.kind === 'call') && node.operands.length > 0) {
      if (node.kind === 'call' && usesWeights(node.callee)) return undefined;
      const first = instead[node.operands[0]!]!;
      const rivals = (byOperand[first] ??= []);
      for (const rival of rivals) if (isEqual(rival, node, instead)) return rival;
      rivals.push(node);
      return undefined;
    }
    const key = keyOf(graph, node);
    const same = byKey.get(key);
    if (same === undefined) byKey.set(key, node);
    return same;
  };
  const nodes: (OpNode | FoldedCall)[] = [];
  for (const node of graph.nodes) {
    const same = earlier(node);
    if (same !== undefined)
      for (let at = 0; at < node.results.length; at++) instead[node.results[at]!] = same.results[at]!;
    else if ((node.kind === 'op' || node.kind === 'call') && !constant[node.results[0]!]) nodes.push(node);
  }
  return onces.set(graph, { nodes, instead });
}

/** Both have operands, the first the same. */
function isEqual(a: FoldedNode, b: FoldedNode, instead: Int32Array): boolean {
  if (a.kind === 'op' && b.kind === 'op') {
    if (a.op !== b.op || !sameOperands(a, b, instead)) return false;
    return attributesText(a.attributes) === attributesText(b.attributes);
  }
  if (a.kind !== 'call' || b.kind !== 'call' || !sameOperands(a, b, instead)) return false;
  return a.callee === b.callee || structureDigest(a.callee) === structureDigest(b.callee);
}

const sameOperands = (a: OpNode | FoldedCall, b: OpNode | FoldedCall, instead: Int32Array): boolean =>
  a.operands.length === b.operands.length &&
  a.operands.every((operand, at) => instead[operand] === instead[b.operands[at]!]);

/** Of nodes without operands. */
function keyOf(graph: FoldedGraph, node: FoldedNode): string {
  switch (node.kind) {
    case 'op':
      return `${node.op} ${attributesText(node.attributes)}`;
    case 'call':
      return usesWeights(node.callee) ? `weights ${node.results[0]}` : `call ${structureDigest(node.callee)}`;
    case 'weight':
      return `weight ${node.weight.path}`;
    case 'const':
      if (typeof node.value !== 'number') return `const ${structureDigest(node.value)}`;
      return `fill ${Object.is(node.value, -0) ? '-0' : node.value} ${showType(graph.values[node.results[0]!]!.type)}`;
  }
}
