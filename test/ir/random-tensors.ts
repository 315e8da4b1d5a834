/** Values for the inputs and weights of a random graph, the same for the same seed. */

import type { Graph } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { bindShape, type TensorType } from '../../compiler/ir/type.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { evaluate } from '../../compiler/lower/reference/evaluate.ts';
import { createDice } from './random-graph.ts';

const BATCH = 3;

function tensorOf({ dtype, shape }: TensorType, dice: (n: number) => number): HostTensor {
  const dims = bindShape(shape, BATCH);
  const size = dims.reduce((product, dim) => product * dim, 1);
  const list = (value: () => number) => Array.from({ length: size }, value);
  if (dtype === 'f32') return { dtype, shape: dims, data: Float64Array.from(list(() => dice(2001) / 1000 - 1)) };
  // labels index tables of three rows
  if (dtype === 'int') return { dtype, shape: dims, data: Int32Array.from(list(() => dice(3))) };
  return { dtype, shape: dims, data: Uint8Array.from(list(() => dice(2))) };
}

/** Runs graphs that have the inputs and weights of `graph`, always on the same values. */
export function runnerOf(graph: Graph, seed: number): (other: Graph) => Record<string, HostTensor> {
  const dice = createDice(seed);
  const inputs = Object.fromEntries(
    graph.inputs.map(({ name, value }) => [name, tensorOf(graph.values[value]!.type, dice)]),
  );
  const weights = new Map(weightsOf(graph).map(({ path, weight }) => [path, tensorOf(weight.type, dice)]));
  return (other) => evaluate(other, { inputs, weights, batch: BATCH });
}
