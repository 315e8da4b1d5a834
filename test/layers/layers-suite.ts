/** Models as layers of tfjs on one of its backends, against the float64 oracle. */
import * as tf from '@tensorflow/tfjs-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gradientGraph } from '../../compiler/grad/gradient.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { evaluate } from '../../compiler/lower/reference/evaluate.ts';
import { registerLayers, toLayersModel } from '../../runtime/layers/layers-model.ts';
import type { SpecModel } from '../../runtime/layers/spec-model.ts';
import { distance, largest } from '../engines/closeness.ts';
import { randomInputs, randomWeights, type SmallModel, smallModel } from '../engines/small-models.ts';
import { host, listOf, upload } from '../tfjs-tensors.ts';
import { saveAndLoad } from './model-files.ts';

/** Columns for what has one axis: what the layers of tfjs pass to each other. */
const column = (tensor: tf.Tensor): tf.Tensor => (tensor.rank === 1 ? tf.reshape(tensor, [-1, 1]) : tensor);

/** Sums that come to zero are compared with this much of the largest gradient. */
const NOTHING = 1e-2;
const BATCH = 3;

const SUBJECTS: readonly SmallModel[] = [
  'DiT',
  'DiT, in context',
  'DiT, cross attention',
  'DiT, one head, odd',
  'UViT',
  // blocks with two results
  'MMDiT',
  // its blocks share tables that are not trained
  'LightningDiT',
  // names with underscores, blocks that are called with constants
  'Flux',
];

/** Those that are run again on the way back too. */
const AGAIN: readonly SmallModel[] = ['DiT', 'MMDiT'];

export function testLayers(backend: string): void {
  test(`${backend}: a hundred steps leave no tensors, and the model is loaded as it was saved`, async () => {
    await tf.setBackend(backend);
    const instance = smallModel('DiT');
    const graph = instance.inference;
    const before = tf.memory().numTensors;
    const model = await toLayersModel(instance, { weights: randomWeights(graph) });
    model.getLayer('blocks.0.attn').trainable = false;
    const optimizer = tf.train.sgd(1e-2);
    model.compile({ optimizer, loss: ['meanSquaredError', 'meanSquaredError'] });
    const inputs = randomInputs(graph, 2);
    const xs = graph.inputs.map(({ name }) => upload(inputs[name]!));
    const ys = graph.results.map(() => tf.ones([2, 4, 4, 4]));
    const first = (await model.trainOnBatch(xs, ys)) as number[];
    const steady = tf.memory().numTensors;
    let last = first;
    for (let step = 0; step < 100; step++) last = (await model.trainOnBatch(xs, ys)) as number[];
    assert.is(tf.memory().numTensors, steady);
    assert.ok(last[0]! < first[0]!, `${last[0]} after ${first[0]}`);
    await registerLayers(instance);
    const loaded = await saveAndLoad<SpecModel>(model);
    assert.is(loaded.getLayer('blocks.0.attn').trainable, false);
    const [want, got] = [model, loaded].map((each) => listOf(each.predict(xs) as tf.Tensor[]));
    for (const [at, tensor] of want!.entries()) assert.is(distance(host(got![at]!), host(tensor)), 0);
    model.dispose();
    loaded.dispose();
    optimizer.dispose();
    tf.dispose([xs, ys, want!, got!]);
    assert.is(tf.memory().numTensors, before);
  });

  for (const name of ['DiT', 'MMDiT'] as const) {
    test(`${backend}: ${name}, frozen, passes gradients to its image`, async () => {
      await tf.setBackend(backend);
      const instance = smallModel(name);
      const graph = instance.inference;
      const weights = randomWeights(graph);
      const inputs = randomInputs(graph, BATCH);
      const model = await toLayersModel(instance, { weights });
      model.trainable = false;
      assert.is(model.trainableWeights.length, 0);
      const output = graph.results[0]!.name!;
      const { shape, data } = evaluate(graph, { inputs, weights, batch: BATCH })[output]!;
      const ones: HostTensor = { dtype: 'f32', shape, data: new Float32Array(data.length).fill(1) };
      const backward = gradientGraph(graph, { cotangents: [output], inputs: ['x'], weights: false });
      const fed = { ...inputs, [`cotangent.${output}`]: ones };
      const want = evaluate(backward, { inputs: fed, weights, batch: BATCH })['grad.input.x']!;
      const got = tf.grad((image: tf.Tensor) => {
        const xs = graph.inputs.map((input) => (input.name === 'x' ? image : column(upload(inputs[input.name]!))));
        return tf.sum(listOf(model.apply(xs, { training: true }) as tf.Tensor | tf.Tensor[])[0]!);
      })(upload(inputs.x!));
      assert.ok(distance(host(got), want) <= 1e-4, `${distance(host(got), want)} off`);
    });
  }

  for (const name of SUBJECTS) {
    test(`${backend}: ${name}, outputs and gradients`, async () => {
      await tf.setBackend(backend);
      const instance = smallModel(name);
      const graph = instance.inference;
      const weights = randomWeights(graph);
      const inputs = randomInputs(graph, BATCH);
      const model = await toLayersModel(instance, { weights });
      const fed = graph.inputs.map((input) => upload(inputs[input.name]!));

      // Flux takes 1000 t as an angle, which f32 holds to 6e-5
      const [tolerance, slope] = name === 'Flux' ? [1e-4, 5e-4] : [1e-5, 1e-4];
      const want = Object.values(evaluate(graph, { inputs, weights, batch: BATCH }));
      const got = listOf(model.predict(fed) as tf.Tensor | tf.Tensor[]);
      assert.is(got.length, want.length);
      for (const [at, tensor] of want.entries()) {
        const apart = distance(host(got[at]!), tensor);
        assert.ok(apart <= tolerance, `output ${at} is ${apart} off`);
      }
      compareGradients(model, instance.inference, weights, inputs, fed, slope);
      if (!AGAIN.includes(name)) return;
      const lean = await toLayersModel(instance, { weights, recompute: true });
      compareGradients(lean, instance.inference, weights, inputs, fed, slope);
    });
  }
}

function compareGradients(
  model: SpecModel,
  graph: Parameters<typeof gradientGraph>[0],
  weights: ReadonlyMap<string, HostTensor>,
  inputs: Readonly<Record<string, HostTensor>>,
  fed: readonly tf.Tensor[],
  tolerance: number,
): void {
  const outputs = graph.results.map((result) => result.name!);
  const results = evaluate(graph, { inputs, weights, batch: BATCH });
  // some numbers that are neither equal nor small
  const cotangents = outputs.map((output): HostTensor => {
    const { shape, data } = results[output]!;
    return { dtype: 'f32', shape, data: Float32Array.from(data, (_, at) => Math.sin(at + 1)) };
  });
  const backward = gradientGraph(graph, { cotangents: outputs });
  const given = Object.fromEntries(outputs.map((output, at) => [`cotangent.${output}`, cotangents[at]!]));
  const want = evaluate(backward, { inputs: { ...inputs, ...given }, weights, batch: BATCH });

  const { grads } = tf.variableGrads(() => {
    const made = listOf(model.apply(fed.map(column), { training: true }) as tf.Tensor | tf.Tensor[]);
    return tf.addN(made.map((tensor, at) => tf.sum(tf.mul(tensor, upload(cotangents[at]!))))) as tf.Scalar;
  });
  const byPath = new Map(
    model.trainableWeights.map((weight) => [weight.originalName, grads[(weight.read() as tf.Variable).name]!] as const),
  );
  const gradients = Object.entries(want).filter(([name]) => name.startsWith('grad.'));
  assert.equal([...byPath.keys()].sort(), gradients.map(([name]) => name.slice('grad.'.length)).sort());
  const least = NOTHING * Math.max(...gradients.map(([, tensor]) => largest(tensor)));
  for (const [name, tensor] of gradients) {
    const apart = distance(host(byPath.get(name.slice('grad.'.length))!), tensor, least);
    assert.ok(apart <= tolerance, `${name} is ${apart} off`);
  }
}
