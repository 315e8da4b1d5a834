/**
 * The two halves of a graph that `hoist.ts` has cut: nodes go where they are wanted, what the late half needs of the early
 * one is handed over under one name, and each half owns the weights that it reads; those that nobody reads stay with the late.
 */
import type { CallNode, Graph, GraphInput, GraphResult, Node, Owned, Value, ValueInfo } from '../ir/graph.ts';
import type { TensorType } from '../ir/type.ts';
import { joinPath, ownsWeights } from '../ir/weights.ts';
import { onValues, operandsOf } from './pass.ts';

/** What the early half hands to the late one has one name in both: a result of the one, an input of the other. */
export interface Halves {
  /** absent where nothing is worth carrying */
  readonly early?: Graph;
  /** the inputs that it reads, then what is carried; all results */
  readonly late: Graph;
}

/** Before the names of what is carried. */
export const CARRIED = 'early.';

export interface Carried {
  /** `blocks.0.mod` */
  readonly name: string;
  readonly type: TensorType;
}

export interface Cut extends Halves {
  /** places among the inputs of the whole that each half reads */
  readonly earlyInputs: readonly number[];
  readonly lateInputs: readonly number[];
  readonly carried: readonly Carried[];
}

/** Which nodes go where; a call with an inner cut may go into both. */
export interface Plan {
  readonly inner: ReadonlyMap<Node, Cut>;
  readonly early: ReadonlySet<Node>;
  readonly wanted: Uint8Array;
  readonly rest: ReadonlySet<Node>;
  readonly needed: Uint8Array;
}

/** Numbers and weights are read wherever they are wanted. */
export const isWork = ({ kind }: Node): boolean => kind === 'op' || kind === 'call';

const titleOf = (node: Node): string => (node.kind === 'op' ? node.op : node.kind === 'call' ? node.callee.name : '');

const lastWord = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

export function assemble(graph: Graph, { inner, early, wanted, rest, needed }: Plan): Cut {
  const places = (marks: Uint8Array): number[] =>
    graph.inputs.flatMap(({ value }, at) => (marks[value] === 1 ? [at] : []));
  const [earlyInputs, lateInputs] = [places(wanted), places(needed)];
  const [one, two] = [createHalf(graph, earlyInputs), createHalf(graph, lateInputs)];
  const names = new Set(graph.inputs.map(({ name }) => name));
  const carried: Carried[] = [];
  const results: GraphResult[] = [];
  const inputs: GraphInput[] = [];
  /** From the value of the early half to that of the late one. */
  const carry = (wish: string, from: Value, type: TensorType): Value => {
    let name = wish;
    for (let count = 2; names.has(CARRIED + name); count++) name = `${wish}_${count}`;
    names.add(CARRIED + name);
    carried.push({ name, type });
    results.push({ name: CARRIED + name, value: from });
    const value = two.fresh({ type, name: lastWord(wish) });
    inputs.push({ name: CARRIED + name, value });
    return value;
  };

  for (const node of graph.nodes) {
    const cut = inner.get(node);
    if (cut !== undefined) {
      const call = node as CallNode;
      const handed: Value[] = [];
      if (early.has(node)) {
        const made = cut.carried.map(({ name, type }) => one.fresh({ type, name: lastWord(name) }));
        one.nodes.push({
          ...call,
          callee: cut.early!,
          operands: one.operands(call, cut.earlyInputs),
          results: made,
        });
        cut.carried.forEach(({ name, type }, at) => {
          handed.push(carry(joinPath(call.prefix, name), made[at]!, type));
        });
      }
      if (!rest.has(node)) continue;
      const operands = [...two.operands(call, cut.lateInputs), ...handed];
      two.nodes.push({ ...call, callee: cut.late, operands, results: two.define(node) });
      // what only passes through needs no call
      const inputAt = new Map(cut.late.inputs.map(({ value }, at) => [value, operands[at]!]));
      cut.late.results.forEach(({ value }, at) => {
        const operand = inputAt.get(value);
        if (operand !== undefined) two.renamed[call.results[at]!] = operand;
      });
      continue;
    }
    if (early.has(node)) {
      one.nodes.push(onValues(node, operandsOf(node).map(one.use), one.define(node)));
      if (isWork(node))
        for (const value of node.results) {
          if (needed[value] !== 1) continue;
          const { type, name } = graph.values[value]!;
          two.renamed[value] = carry(name ?? titleOf(node), one.use(value), type);
        }
    }
    if (rest.has(node)) two.nodes.push(onValues(node, operandsOf(node).map(two.use), two.define(node)));
  }
  const { earlyOwns, lateOwns } = ownership(graph, inner, early, rest);
  const kept = (half: Half, of: readonly number[]): GraphInput[] =>
    of.map((at) => ({ ...graph.inputs[at]!, value: half.use(graph.inputs[at]!.value) }));
  return {
    early: {
      ...graph,
      name: `${graph.name}_early`,
      inputs: kept(one, earlyInputs),
      results,
      nodes: one.nodes,
      values: one.values,
      owns: earlyOwns,
    },
    late: {
      ...graph,
      name: `${graph.name}_late`,
      inputs: [...kept(two, lateInputs), ...inputs],
      results: graph.results.map((result) => ({ ...result, value: two.use(result.value) })),
      nodes: two.nodes,
      values: two.values,
      owns: lateOwns,
    },
    earlyInputs,
    lateInputs,
    carried,
  };
}

interface Half {
  readonly nodes: Node[];
  readonly values: ValueInfo[];
  readonly renamed: Int32Array;
  fresh(info: ValueInfo): Value;
  define(node: Node): Value[];
  use(value: Value): Value;
  operands(call: CallNode, inputs: readonly number[]): Value[];
}

function createHalf(graph: Graph, inputs: readonly number[]): Half {
  const values: ValueInfo[] = [];
  const renamed = new Int32Array(graph.values.length).fill(-1);
  const define = (value: Value): Value => (renamed[value] = values.push(graph.values[value]!) - 1);
  const use = (value: Value): Value => renamed[value]!;
  for (const at of inputs) define(graph.inputs[at]!.value);
  return {
    nodes: [],
    values,
    renamed,
    fresh: (info) => values.push(info) - 1,
    define: (node) => node.results.map(define),
    use,
    operands: (call, of) => of.map((at) => use(call.operands[at]!)),
  };
}

/** Every weight goes where it is read, or to the late half. Calls and what is owned by them come in the same order. */
function ownership(graph: Graph, inner: Plan['inner'], early: Plan['early'], rest: Plan['rest']) {
  const reads = (nodes: ReadonlySet<Node>, path: string): boolean =>
    [...nodes].some((node) => node.kind === 'weight' && node.weight.path === path);
  const waiting = new Map<string, CallNode[]>();
  for (const node of graph.nodes) {
    if (node.kind !== 'call') continue;
    const same = waiting.get(node.prefix);
    if (same === undefined) waiting.set(node.prefix, [node]);
    else same.push(node);
  }
  const earlyOwns: Owned[] = [];
  const lateOwns: Owned[] = [];
  for (const owned of graph.owns) {
    if (owned.kind === 'weight') {
      const isEarly = reads(early, owned.weight.path);
      if (isEarly) earlyOwns.push(owned);
      if (!isEarly || reads(rest, owned.weight.path)) lateOwns.push(owned);
      continue;
    }
    const same = waiting.get(owned.prefix);
    const at = same?.findIndex(({ callee }) => callee === owned.callee) ?? -1;
    const node = at < 0 ? undefined : same!.splice(at, 1)[0]!;
    const cut = node && inner.get(node);
    if (cut?.early !== undefined && ownsWeights(cut.early)) earlyOwns.push({ ...owned, callee: cut.early });
    if (cut !== undefined) lateOwns.push({ ...owned, callee: cut.late });
    else (node !== undefined && early.has(node) ? earlyOwns : lateOwns).push(owned);
  }
  return { earlyOwns, lateOwns };
}
