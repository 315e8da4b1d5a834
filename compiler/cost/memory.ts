/**
 * How much memory the values of a graph take when its nodes run in order and each value is freed after its last use, as
 * all engines here do. Worked out for each distinct graph and each pattern of inputs that may be freed inside, so that
 * depth costs nothing. Weights and constants are not activations.
 */
import type { Place } from '../../dsl/span.ts';
import type { CallNode, FoldedGraph, Graph, OpNode, Value } from '../ir/graph.ts';
import { createMemo } from '../ir/memo.ts';
import { BYTES, countElements } from '../ir/type.ts';
import { shortened } from '../ir/unroll.ts';
import { joinPath } from '../ir/weights.ts';
import { storageOf } from './storage.ts';

/** Relative to the moment before a graph runs, when its inputs are there. */
interface Profile {
  /** the most bytes at any moment, beside the inputs */
  readonly peak: number;
  /** bytes afterwards: results, without the inputs that were freed */
  readonly end: number;
  /** the node at which the most are there, and the same of what it calls; none where that is before the first */
  readonly at?: { readonly node: OpNode | CallNode; readonly inner?: Profile };
}

/** Needed after the last node. */
const KEPT = 0x7fffffff;

/** What a profile depends on besides the graph. */
interface Setting {
  readonly n: number;
  /** for each input that nobody needs afterwards the first input with the same memory, itself if there is no other; else KEPT */
  readonly dying: readonly number[];
  /** values that are counted elsewhere: gradients, next values of state */
  readonly elsewhere: ReadonlySet<Value>;
}

/**
 * The most bytes of inputs, intermediate values and results at any moment of a run with batch `n`. Values `elsewhere`
 * take none, and neither does what they are inside of the calls that make them; a graph that has some has no runs.
 */
export function activationBytes(folded: FoldedGraph, n: number, elsewhere: ReadonlySet<Value> = new Set()): number {
  const graph = shortened(folded);
  const inputs = graph.inputs.reduce((sum, { value }) => sum + bytesOf(graph, value, n), 0);
  return inputs + ofWhole(graph, n, elsewhere).peak;
}

const ofWhole = (graph: Graph, n: number, elsewhere: ReadonlySet<Value>): Profile =>
  profileOf(graph, { n, dying: graph.inputs.map((_, index) => index), elsewhere });

export interface Peak {
  /** of the module in which it is: `blocks.0.mlp`; empty for the model itself */
  readonly path: string;
  /** an op, or `input` where nothing has run yet */
  readonly what: string;
  readonly place?: Place;
}

/** Where the most bytes are there. */
export function activationPeak(folded: FoldedGraph, n: number): Peak {
  let path = '';
  let peak: Peak = { path, what: 'input' };
  for (let at = ofWhole(shortened(folded), n, new Set()).at; at !== undefined; at = at.inner?.at) {
    const { node } = at;
    if (node.kind === 'call') path = joinPath(path, node.prefix);
    peak = { path, what: node.kind === 'op' ? node.op : node.callee.name, place: node.place };
  }
  return peak;
}

export function bytesOf(graph: FoldedGraph, value: Value, n: number): number {
  const { dtype, shape } = graph.values[value]!.type;
  return countElements(shape, n) * BYTES[dtype];
}

/** Beyond so many patterns for one graph (no sound spec has them) nothing is freed inside: the figure is a bound. */
const MOST_PROFILES = 256;
const profiles = createMemo<Map<string, Profile>>();

function profileOf(graph: Graph, setting: Setting): Profile {
  let known = profiles.get(graph);
  if (known === undefined) profiles.set(graph, (known = new Map()));
  const { n, elsewhere } = setting;
  const dying = known.size < MOST_PROFILES ? setting.dying : graph.inputs.map(() => KEPT);
  const key = `${n} ${dying.join()} ${[...elsewhere].join()}`;
  let profile = known.get(key);
  if (profile === undefined) known.set(key, (profile = measure(graph, { n, dying, elsewhere })));
  return profile;
}

/** For each storage the index of the last node that needs it; -1 for inputs that nobody uses. */
function lastUses(graph: Graph, root: Int32Array): Int32Array {
  const last = new Int32Array(graph.values.length).fill(-1);
  for (const [index, node] of graph.nodes.entries()) {
    if (node.kind === 'op' || node.kind === 'call') for (const operand of node.operands) last[root[operand]!] = index;
    // what nobody uses goes as soon as it is made
    for (const result of node.results) last[root[result]!] = index;
  }
  for (const { value } of graph.results) last[root[value]!] = KEPT;
  return last;
}

function sizesOf(graph: Graph, root: Int32Array, { n, elsewhere }: Setting): Float64Array {
  const sizes = Float64Array.from(graph.values, (_, value) => bytesOf(graph, value, n));
  for (const node of graph.nodes)
    if (node.kind === 'weight' || node.kind === 'const') for (const result of node.results) sizes[result] = 0;
  if (elsewhere.size === 0) return sizes;
  const inputs = new Set(graph.inputs.map(({ value }) => value));
  for (const value of elsewhere) if (!inputs.has(root[value]!)) sizes[root[value]!] = 0;
  return sizes;
}

/** Two inputs may be the same memory: then the first one's. */
function rootsOf(graph: Graph, { dying }: Setting): Int32Array {
  const { root } = storageOf(graph);
  const joined = new Map<Value, Value>();
  for (const [index, { value }] of graph.inputs.entries()) {
    const first = dying[index]!;
    if (first !== KEPT && first !== index) joined.set(value, graph.inputs[first]!.value);
  }
  return joined.size === 0 ? root : root.map((value) => joined.get(value) ?? value);
}

function measure(graph: Graph, setting: Setting): Profile {
  const root = rootsOf(graph, setting);
  const last = lastUses(graph, root);
  const sizes = sizesOf(graph, root, setting);
  const freed = new Uint8Array(graph.values.length);
  for (const [index, { value }] of graph.inputs.entries()) if (setting.dying[index] !== index) freed[value] = 1;
  let live = 0;
  let peak = 0;
  let highest: Profile['at'];
  const reach = (bytes: number, node: OpNode | CallNode, inner?: Profile): void => {
    if (bytes <= peak) return;
    peak = bytes;
    highest = { node, inner };
  };
  const free = (storage: Value): void => {
    if (freed[storage] === 1) return;
    freed[storage] = 1;
    live -= sizes[storage]!;
  };
  for (const { value } of graph.inputs) if (last[value] === -1) free(value);
  for (const [index, node] of graph.nodes.entries()) {
    if (node.kind === 'weight' || node.kind === 'const') continue;
    if (node.kind === 'call') {
      const dying = handedOver(node, root, (storage) => {
        return last[storage] === index && freed[storage] === 0 && sizes[storage]! > 0;
      });
      const elsewhere = setting.elsewhere.size === 0 ? setting.elsewhere : within(node, root, sizes);
      const inner = profileOf(node.callee, { n: setting.n, dying, elsewhere });
      reach(live + inner.peak, node, inner);
      live += inner.end;
      // what is handed through is there still, as a result
      const through = new Set(storageOf(node.callee).sources.map((source) => source !== undefined && dying[source]));
      for (let at = 0; at < dying.length; at++)
        if (dying[at] !== KEPT && !through.has(dying[at]!)) freed[root[node.operands[at]!]!] = 1;
    } else if (root[node.results[0]!] === node.results[0]) {
      live += sizes[node.results[0]!]!;
    }
    reach(live, node);
    for (const operand of node.operands) if (last[root[operand]!] === index) free(root[operand]!);
    for (const result of node.results) if (last[root[result]!] === index) free(root[result]!);
  }
  return { peak, end: live, at: highest };
}

/** What the callee makes that is counted elsewhere: its results to which this graph gives no memory. */
function within({ results, callee }: CallNode, root: Int32Array, sizes: Float64Array): ReadonlySet<Value> {
  return new Set(
    results.flatMap((result, at) =>
      root[result] === result && sizes[result] === 0 ? [callee.results[at]!.value] : [],
    ),
  );
}

/** Operands that end with this call: it may free them inside. */
function handedOver(node: CallNode, root: Int32Array, ends: (storage: Value) => boolean): readonly number[] {
  const storages = node.operands.map((operand) => root[operand]!);
  return storages.map((storage) => (ends(storage) ? storages.indexOf(storage) : KEPT));
}
