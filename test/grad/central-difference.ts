/** Gradients by central differences of the oracle, which gradient graphs are compared with. */
import * as assert from 'uvu/assert';
import { type GradientOptions, gradientGraph } from '../../compiler/grad/gradient.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { bindShape, countElements, type TensorType } from '../../compiler/ir/type.ts';
import { verify } from '../../compiler/ir/verify.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { evaluate } from '../../compiler/lower/reference/evaluate.ts';

export const BATCH = 2;

/** Numbers in (−1, 1) that look random, the same in every run (a linear congruential generator). */
export function createNoise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

export function noise(type: TensorType, next: () => number): HostTensor {
  const data = Float64Array.from({ length: countElements(type.shape, BATCH) }, next);
  return { dtype: 'f32', shape: bindShape(type.shape, BATCH), data };
}

export interface Point {
  readonly inputs: Record<string, HostTensor>;
  readonly weights: Map<string, HostTensor>;
}

/** Somewhere to differentiate a graph at; ints are given. */
export function pointFor(graph: Graph, ints: Readonly<Record<string, HostTensor>> = {}, seed = 1): Point {
  const next = createNoise(seed);
  const inputs = graph.inputs.map(({ name, value }) => [name, ints[name] ?? noise(graph.values[value]!.type, next)]);
  const weights = weightsOf(graph).map(({ path, weight }) => [path, noise(weight.type, next)] as const);
  return { inputs: Object.fromEntries(inputs), weights: new Map(weights) };
}

export const evaluateAt = (graph: Graph, { inputs, weights }: Point): Record<string, HostTensor> =>
  evaluate(graph, { inputs, weights, batch: BATCH });

/** d loss / d tensor, by (loss(x + h) − loss(x − h)) / 2h for each element */
function differences(loss: () => number, tensor: HostTensor, h = 1e-5): number[] {
  return [...tensor.data.keys()].map((i) => {
    const before = tensor.data[i]!;
    tensor.data[i] = before + h;
    const above = loss();
    tensor.data[i] = before - h;
    const below = loss();
    tensor.data[i] = before;
    return (above - below) / (2 * h);
  });
}

/** That every gradient which the graph with gradients returns agrees with differences of the loss. Returns the results. */
export function assertGradients(graph: Graph, point: Point, options: GradientOptions = {}): Record<string, HostTensor> {
  const both = gradientGraph(graph, options);
  assert.equal(verify(both), []);
  const results = evaluateAt(both, point);
  const name = options.loss ?? graph.results[0]!.name!;
  const loss = (): number => evaluateAt(graph, point)[name]!.data[0]!;
  assert.ok(Math.abs(results[name]!.data[0]! - loss()) < 1e-12, 'the loss is another one');
  for (const [key, gradient] of Object.entries(results)) {
    if (!key.startsWith('grad.')) continue;
    const path = key.slice('grad.'.length);
    const tensor = point.weights.get(path) ?? point.inputs[path.slice('input.'.length)]!;
    assert.equal(gradient.shape, tensor.shape, `${key} has another shape`);
    for (const [i, expected] of differences(loss, tensor).entries()) {
      const off = Math.abs(gradient.data[i]! - expected);
      assert.ok(off <= 1e-7 * Math.max(1, Math.abs(expected)), `${key}[${i}]: ${gradient.data[i]}, not ${expected}`);
    }
  }
  return results;
}
