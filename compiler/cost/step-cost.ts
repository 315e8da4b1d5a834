/** What one run of the program of a step takes: its work, its activations at the peak, and its state. */
import type { Graph, Value } from '../ir/graph.ts';
import { BYTES, countElements, type TensorType } from '../ir/type.ts';
import type { Program } from '../lower/program.ts';
import { asRun } from '../passes/as-run.ts';
import { activationBytes } from './memory.ts';
import { workOf } from './work.ts';

export interface StepCost {
  readonly macs: number;
  readonly flops: number;
  /** at the peak, besides the state: what the backward pass needs, and what is being worked on */
  readonly activationBytes: number;
}

export interface StateBytes {
  readonly weights: number;
  /** of all weights at once, as when their norm is clipped */
  readonly gradients: number;
  readonly moments: number;
  /** the moving average of the weights */
  readonly average: number;
  /** of the gradients of several batches */
  readonly sums: number;
  readonly total: number;
}

export function stepCost(program: Program, n: number): StepCost {
  const graph = asRun(program.graph);
  const { macs, flops } = workOf(graph, n);
  return { macs, flops, activationBytes: activationBytes(graph, n, stateValues(graph)) };
}

/** Gradients and next values of state, which are counted as state: from the call that makes them to the results. */
function stateValues(graph: Graph): ReadonlySet<Value> {
  const found = new Set<Value>();
  for (const { name, value } of graph.results) if (name?.startsWith('next.')) found.add(value);
  for (const node of graph.nodes) {
    if (node.kind !== 'call') continue;
    node.callee.results.forEach(({ name }, index) => {
      if (name === 'g' || name?.startsWith('grad.')) found.add(node.results[index]!);
    });
  }
  return found;
}

const sizeOf = ({ dtype, shape }: TensorType): number => countElements(shape, 1) * BYTES[dtype];

/** By how `trainStep` names its state: weights under their paths, the rest with a word before. */
export function stateBytes({ state }: Program): StateBytes {
  const bytes = { weights: 0, gradients: 0, moments: 0, average: 0, sums: 0, total: 0 };
  const own = ownNames(state);
  for (const { name, type, trained } of state) {
    const size = sizeOf(type);
    bytes.total += size;
    if (trained) {
      bytes.gradients += size;
      bytes.total += size;
    }
    bytes[own(name)] += size;
  }
  return bytes;
}

type Kind = 'weights' | 'moments' | 'average' | 'sums';

function ownNames(state: Program['state']): (name: string) => Kind {
  const names = new Set(state.map(({ name }) => name));
  return (name) => {
    const dot = name.indexOf('.');
    // `m.blocks.0…` is of the weight `blocks.0…`; a weight may itself have a path that starts so
    if (dot < 0 || !names.has(name.slice(dot + 1))) return 'weights';
    const word = name.slice(0, dot);
    return word === 'ema' ? 'average' : word === 'sum' ? 'sums' : 'moments';
  };
}
