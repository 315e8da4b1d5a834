/** Zeros and gradients through one graph: which values are certainly zero, and what gradient reaches which weight. */
import type { CallNode, Graph, Value } from '../ir/graph.ts';
import { joinPath, usesWeights } from '../ir/weights.ts';
import { isOpName, opNamed } from '../ops/registry.ts';
import { type Cause, ZERO_RULES } from './zero-rule.ts';

/** What gradient arrives: none by the structure of the graph, one that is zero for a cause, or one that may be nonzero. */
export type Flow = { readonly kind: 'absent' | 'live' } | { readonly kind: 'zero'; readonly cause: string };

const ABSENT: Flow = { kind: 'absent' };
const LIVE: Flow = { kind: 'live' };

/** Gradients of several uses: one that is live is enough. */
const join = (a: Flow | undefined, b: Flow): Flow => {
  if (a === undefined || a.kind === 'absent' || b.kind === 'live') return b;
  return a;
};

/** A zero in the text stays one whatever is trained: no gradient by the structure of the graph. */
const CONSTANT = 'constant';
const through = (flow: Flow, derivative: Cause): Flow => {
  if (flow.kind !== 'live' || derivative === undefined) return flow;
  return derivative === CONSTANT ? ABSENT : { kind: 'zero', cause: derivative };
};

// Inside of a graph causes are `input i`, `cotangent i` or a weight's path; a caller puts its own for them.
const inputCause = (index: number): string => `input ${index}`;
const cotangentCause = (index: number): string => `cotangent ${index}`;

interface Backward {
  readonly inputs: readonly Flow[];
  readonly weights: ReadonlyMap<string, Flow>;
}

/** What is zero where a graph is called. */
interface Situation {
  /** of each input whether it is zero */
  readonly inputs: readonly boolean[];
  /** of each result what gradient arrives */
  readonly cotangents: readonly Flow['kind'][];
  /** paths from the graph, sorted */
  readonly zeros: readonly string[];
}

/** A function that finds the flow to every trained weight, when these (sorted) are zero and all float results are differentiated. */
export function createZeroFlow(): (graph: Graph, zeros: readonly string[]) => ReadonlyMap<string, Flow> {
  const forwards = new WeakMap<Graph, Map<string, readonly Cause[]>>();
  const backwards = new WeakMap<Graph, Map<string, Backward>>();

  const forwardOf = (graph: Graph, inputs: readonly boolean[], zeros: readonly string[]): readonly Cause[] =>
    remember(forwards, graph, `${inputs.map(Number).join('')} ${zeros.join(' ')}`, () => {
      const causes: Cause[] = graph.values.map(() => undefined);
      for (const [i, { value }] of graph.inputs.entries()) if (inputs[i]) causes[value] = inputCause(i);
      const isZero = new Set(zeros);
      for (const node of graph.nodes) {
        const [result] = node.results;
        if (node.kind === 'const' && node.value === 0) causes[result!] = CONSTANT;
        if (node.kind === 'weight' && isZero.has(node.weight.path)) causes[result!] = node.weight.path;
        if (node.kind === 'op' && isOpName(node.op)) {
          causes[result!] = ZERO_RULES[node.op].result(node.operands.map((value) => causes[value]));
        }
        if (node.kind !== 'call') continue;
        const operands = node.operands.map((value) => causes[value]);
        const inside = zerosIn(node, zeros);
        const found = forwardOf(node.callee, operands.map(isKnown), inside);
        for (const [i, { value }] of node.callee.results.entries()) {
          causes[node.results[i]!] = outside(found[value], node, operands, []);
        }
      }
      return causes;
    });

  const backwardOf = (graph: Graph, { inputs, cotangents, zeros }: Situation): Backward =>
    remember(backwards, graph, `${inputs.map(Number).join('')} ${cotangents.join(' ')} ${zeros.join(' ')}`, () => {
      const causes = forwardOf(graph, inputs, zeros);
      const flows = new Map<Value, Flow>();
      const weights = new Map<string, Flow>();
      const arrive = (value: Value, flow: Flow): void => {
        if (graph.values[value]!.type.dtype === 'f32') flows.set(value, join(flows.get(value), flow));
      };
      const throughCall = (node: CallNode): void => {
        const operands = node.operands.map((value) => causes[value]);
        const arriving = node.results.map((value) => flows.get(value) ?? ABSENT);
        const found = backwardOf(node.callee, {
          inputs: operands.map(isKnown),
          cotangents: arriving.map(({ kind }) => kind),
          zeros: zerosIn(node, zeros),
        });
        const translate = (flow: Flow): Flow => {
          if (flow.kind !== 'zero') return flow;
          const cause = outside(flow.cause, node, operands, arriving)!;
          return cause === CONSTANT ? ABSENT : { kind: 'zero', cause };
        };
        for (const [i, flow] of found.inputs.entries()) arrive(node.operands[i]!, translate(flow));
        for (const [path, flow] of found.weights) {
          const full = joinPath(node.prefix, path);
          weights.set(full, join(weights.get(full), translate(flow)));
        }
      };
      for (const [i, { value }] of graph.results.entries()) {
        const kind = cotangents[i]!;
        arrive(value, kind === 'zero' ? { kind, cause: cotangentCause(i) } : { kind });
      }
      for (let at = graph.nodes.length - 1; at >= 0; at--) {
        const node = graph.nodes[at]!;
        if (node.kind === 'call') {
          throughCall(node);
          continue;
        }
        const flow = flows.get(node.results[0]!) ?? ABSENT;
        if (node.kind === 'weight' && node.weight.trained) {
          weights.set(node.weight.path, join(weights.get(node.weight.path), flow));
        }
        if (node.kind !== 'op' || !isOpName(node.op) || stopsGradient(node.op)) continue;
        const operands = node.operands.map((value) => causes[value]);
        const { derivative } = ZERO_RULES[node.op];
        for (const [i, value] of node.operands.entries()) arrive(value, through(flow, derivative(operands, i)));
      }
      return { inputs: graph.inputs.map(({ value }) => flows.get(value) ?? ABSENT), weights };
    });

  return (graph, zeros) => {
    const cotangents = graph.results.map(() => LIVE.kind);
    return backwardOf(graph, { inputs: graph.inputs.map(() => false), cotangents, zeros }).weights;
  };
}

const stopsGradient = (op: string): boolean => opNamed(op).gradient === 'none';

const isKnown = (cause: Cause): boolean => cause !== undefined;

/** The zeros that a callee reads. Of sorted paths, those under a prefix stand together. */
function zerosIn({ callee, prefix }: CallNode, zeros: readonly string[]): readonly string[] {
  if (zeros.length === 0 || !usesWeights(callee)) return [];
  if (prefix === '') return zeros;
  const start = `${prefix}.`;
  let [low, high] = [0, zeros.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (zeros[middle]! < start) low = middle + 1;
    else high = middle;
  }
  const under: string[] = [];
  for (let i = low; i < zeros.length && zeros[i]!.startsWith(start); i++) under.push(zeros[i]!.slice(start.length));
  return under;
}

/** A cause as the caller knows it. */
function outside(cause: Cause, node: CallNode, operands: readonly Cause[], arriving: readonly Flow[]): Cause {
  if (cause === undefined || cause === CONSTANT) return cause;
  const [kind, index] = cause.split(' ');
  if (index === undefined) return joinPath(node.prefix, cause);
  if (kind === 'input') return operands[Number(index)];
  const flow = arriving[Number(index)]!;
  return flow.kind === 'zero' ? flow.cause : undefined;
}

function remember<T>(known: WeakMap<Graph, Map<string, T>>, graph: Graph, key: string, compute: () => T): T {
  let entries = known.get(graph);
  if (entries === undefined) known.set(graph, (entries = new Map()));
  let entry = entries.get(key);
  if (entry === undefined) entries.set(key, (entry = compute()));
  return entry;
}
