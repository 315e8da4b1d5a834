/** Every spec on onnx against the float64 oracle, forward and backward, for one sample and for several. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gradientGraph } from '../../compiler/grad/gradient.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import { evaluate } from '../../compiler/lower/reference/evaluate.ts';
import { onnx } from '../../runtime/engines/onnx.ts';
import { distance, largest } from './closeness.ts';
import { randomInputs, randomWeights, SMALL_MODELS, type SmallModel, smallModel } from './small-models.ts';

/**
 * Of the largest number of a result. Flux takes 1000 t as an angle, which f32 holds to 6e-5, and its gradient in t is a
 * thousand times that of the angle.
 */
const toleranceOf = (name: SmallModel): number => (name === 'Flux' ? 2e-4 : 1e-5);

/** Some gradients are sums that come to zero, as that of a bias before a norm: this much of the largest result counts as zero. */
const NOTHING = 1e-2;

const stateOf = (graph: Graph) =>
  [...randomWeights(graph)].map(([name, { dtype, shape }]) => {
    return { name, type: { dtype, shape }, trained: true, init: { kind: 'fill', value: 0 } as const };
  });

async function compare(name: SmallModel, graph: Graph, batch: number): Promise<void> {
  const weights = randomWeights(graph);
  const inputs = randomInputs(graph, batch);
  const want = evaluate(graph, { inputs, weights, batch });
  const session = await onnx.load({ name, graph, state: stateOf(graph) }, weights, { batch, threads: 1 });
  const got = await session.run(inputs);
  await session.dispose();
  assert.equal(Object.keys(got), Object.keys(want));
  const least = NOTHING * Math.max(...Object.values(want).map(largest));
  for (const [result, tensor] of Object.entries(want)) {
    const apart = distance(got[result]!, tensor, least);
    assert.ok(apart <= toleranceOf(name), `${name}, batch ${batch}: ${result} is ${apart} off`);
  }
}

for (const name of SMALL_MODELS) {
  test(`${name}, forward`, async () => {
    const { inference } = smallModel(name);
    for (const batch of [1, 3]) await compare(name, inference, batch);
  });

  test(`${name}, backward`, async () => {
    const { training } = smallModel(name);
    const outputs = training.results.flatMap((result) => result.name ?? []);
    const inputs = training.inputs.flatMap((input) =>
      training.values[input.value]!.type.dtype === 'f32' ? input.name : [],
    );
    await compare(name, gradientGraph(training, { cotangents: outputs, inputs }), 2);
  });
}

test.run();
