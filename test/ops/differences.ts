/** A graph of gradients against central differences in 64 bit: each input, each element. */
import * as assert from 'uvu/assert';
import type { Graph } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { bindShape, countElements, type TensorType } from '../../compiler/ir/type.ts';
import { evaluate } from '../../compiler/lower/reference/evaluate.ts';

const STEP = 1e-5;

/** Numbers in [0, 1), the same every day (Park & Miller 1988). */
export function drawer(seed = 20_240_917): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

export function tensorOf(type: TensorType, batch: number, value: (i: number) => number): HostTensor {
  const shape = bindShape(type.shape, batch);
  const data = Array.from({ length: countElements(type.shape, batch) }, (_, i) => value(i));
  if (type.dtype === 'int') return { dtype: 'int', shape, data: Int32Array.from(data) };
  if (type.dtype === 'bool') return { dtype: 'bool', shape, data: Uint8Array.from(data) };
  return { dtype: 'f32', shape, data: Float64Array.from(data) };
}

export type Feeds = Readonly<Record<string, HostTensor>>;

/** What is differentiated: Σ w · y over all results, w being a feed named as the result with `weight.` before it. */
function loss(graph: Graph, feeds: Feeds, batch: number): number {
  const results = evaluate(graph, { inputs: feeds, batch });
  return Object.entries(results).reduce((total, [name, y]) => {
    const weight = feeds[`weight.${name}`]!;
    return total + Array.from(y.data).reduce((sum, value, i) => sum + value * weight.data[i]!, 0);
  }, 0);
}

/** `backward` takes the feeds and the weights, and names the gradient of input x `d.x`. */
export function checkDifferences(
  forward: Graph,
  backward: Graph,
  feeds: Feeds,
  batch: number,
  tolerance: number,
): void {
  const gradients = evaluate(backward, { inputs: feeds, batch });
  for (const [name, gradient] of Object.entries(gradients)) {
    const input = name.slice('d.'.length);
    const own = feeds[input]!;
    assert.equal(gradient.shape, own.shape);
    for (let at = 0; at < own.data.length; at++) {
      const moved = (by: number) => {
        const data = Float64Array.from(own.data);
        data[at]! += by;
        return loss(forward, { ...feeds, [input]: { ...own, data } }, batch);
      };
      const wanted = (moved(STEP) - moved(-STEP)) / (2 * STEP);
      const off = Math.abs(gradient.data[at]! - wanted);
      const said = `${input}, element ${at}: ${gradient.data[at]} is not ${wanted}`;
      assert.ok(off <= tolerance * Math.max(1, Math.abs(wanted)), said);
    }
  }
}
