/** A compiled model lives like any other model of tfjs: trained, saved, loaded, frozen, mixed with other layers, disposed. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { instantiate } from '../../compiler/elaborate/spec.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { registerLayers, toLayersModel } from '../../runtime/layers/layers-model.ts';
import type { SpecModel } from '../../runtime/layers/spec-model.ts';
import { randomInputs, randomWeights, smallModel } from '../engines/small-models.ts';
import { specOf } from '../specs/open.ts';
import { listOf, upload } from '../tfjs-tensors.ts';
import { load, save, saveAndLoad } from './model-files.ts';

// no advice on the console
tf.enableProdMode();

const instance = smallModel('DiT');
const graph = instance.inference;
const BATCH = 4;

const feeds = (): tf.Tensor[] => {
  const inputs = randomInputs(graph, BATCH);
  return graph.inputs.map(({ name }) => upload(inputs[name]!));
};
const numbers = (tensors: tf.Tensor | tf.Tensor[]): number[] => listOf(tensors).flatMap((each) => [...each.dataSync()]);
const predict = (model: SpecModel, xs: tf.Tensor[]): number[] =>
  tf.tidy(() => numbers(model.predict(xs) as tf.Tensor[]));
const compile = (model: SpecModel): void =>
  model.compile({ optimizer: tf.train.adam(1e-2), loss: ['meanSquaredError', 'meanSquaredError'] });
const targets = (): tf.Tensor[] => graph.results.map((_, at) => tf.fill([BATCH, 4, 4, 4], at === 0 ? 0.5 : -0.5));

async function thrown(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was thrown';
}

test('the summary has the calls of the spec, the names of weights are its paths', async () => {
  const model = await toLayersModel(instance);
  const lines: string[] = [];
  model.summary(110, undefined, (line: string) => lines.push(line));
  const text = lines.join('\n');
  for (const part of ['ditc>PatchEmb', 'x_embedder', 'ditc>AdaLNZero', 'blocks.1', 'ditc>FinalLa', 'eps'])
    assert.ok(text.includes(part), `${part} in\n${text}`);
  assert.equal(model.outputNames, ['eps', 'sigma']);
  assert.equal(
    model.weights.map(({ originalName }) => originalName).sort(),
    weightsOf(graph)
      .map(({ path }) => path)
      .sort(),
  );
  assert.equal(
    model.nonTrainableWeights.map(({ originalName }) => originalName),
    ['pos_embed'],
  );
  model.dispose();
});

test('fit lowers the loss', async () => {
  const model = await toLayersModel(instance, { weights: randomWeights(graph) });
  compile(model);
  const { history } = await model.fit(feeds(), targets(), { epochs: 12, batchSize: 2, verbose: 0 });
  const losses = history.loss as number[];
  assert.ok(losses[11]! < losses[0]! / 2, losses.join());
  const [total] = listOf(model.evaluate(feeds(), targets()) as tf.Scalar[]);
  assert.ok(total!.dataSync()[0]! < losses[0]!);
  model.dispose();
});

test('what is saved is loaded, numbers and all, and goes on being trained', async () => {
  const model = await toLayersModel(instance, { weights: randomWeights(graph) });
  const xs = feeds();
  const saved = await save(model);
  await registerLayers(instance);
  const loaded = await load<SpecModel>(saved);
  assert.equal(
    saved.weightSpecs!.map(({ name }) => name).sort(),
    weightsOf(graph)
      .map(({ path }) => path)
      .sort(),
  );
  assert.equal(predict(loaded, xs), predict(model, xs));
  compile(loaded);
  const losses = [];
  for (let step = 0; step < 5; step++) losses.push((await loaded.trainOnBatch(xs, targets())) as number[]);
  assert.ok(losses[4]![0]! < losses[0]![0]!);
  model.dispose();
  loaded.dispose();
});

test('models of every kind are loaded as they were saved', async () => {
  const names = ['DiT, in context', 'DiT, cross attention', 'UViT', 'MMDiT', 'LightningDiT', 'Flux', 'MDT'] as const;
  for (const name of names) {
    const kind = smallModel(name);
    const { inference } = kind;
    const model = await toLayersModel(kind, { weights: randomWeights(inference) });
    await registerLayers(kind);
    const loaded = await saveAndLoad<SpecModel>(model);
    const inputs = randomInputs(inference, 2);
    const xs = inference.inputs.map((input) => upload(inputs[input.name]!));
    assert.equal(predict(loaded, xs), predict(model, xs), name);
    model.dispose();
    loaded.dispose();
  }
});

test('a block that was not compiled says so when it is loaded', async () => {
  const model = await toLayersModel(instance);
  const topology = model.toJSON(undefined, false) as { config: { layers: { config: { block?: string } }[] } };
  const layer = topology.config.layers.find(({ config }) => config.block !== undefined)!;
  layer.config.block = '0'.repeat(64);
  const message = await thrown(() => tfl.loadLayersModel(tf.io.fromMemory({ modelTopology: topology })));
  assert.match(message, 'is a block PatchEmbed');
  assert.match(message, 'call `registerLayersOf` with the spec and the options of the model that was saved');
  model.dispose();
});

test('weights are read and set, and stay as they are where they are not trainable', async () => {
  const model = await toLayersModel(instance, { weights: randomWeights(graph) });
  const other = await toLayersModel(instance, { seed: 3 });
  const xs = feeds();
  assert.not.equal(predict(other, xs), predict(model, xs));
  other.setWeights(model.getWeights());
  assert.equal(predict(other, xs), predict(model, xs));
  const frozen = other.getLayer('blocks.0');
  frozen.trainable = false;
  compile(other);
  const before = numbers(frozen.getWeights());
  const free = numbers(other.getLayer('blocks.1').getWeights());
  await other.trainOnBatch(xs, targets());
  assert.equal(numbers(frozen.getWeights()), before);
  assert.not.equal(numbers(other.getLayer('blocks.1').getWeights()), free);
  model.dispose();
  other.dispose();
});

test('tensors do not pile up, and none is left', async () => {
  const before = tf.memory().numTensors;
  const model = await toLayersModel(instance, { weights: randomWeights(graph) });
  const optimizer = tf.train.sgd(1e-3);
  model.compile({ optimizer, loss: ['meanSquaredError', 'meanSquaredError'] });
  const [xs, ys] = [feeds(), targets()];
  await model.trainOnBatch(xs, ys);
  predict(model, xs);
  const steady = tf.memory().numTensors;
  for (let step = 0; step < 30; step++) {
    await model.trainOnBatch(xs, ys);
    predict(model, xs);
  }
  assert.is(tf.memory().numTensors, steady);
  model.dispose();
  optimizer.dispose();
  tf.dispose([xs, ys]);
  assert.is(tf.memory().numTensors, before);
});

test('a layer that runs again holds less when the forward pass is over, and stays so when it is saved', async () => {
  const xs = feeds();
  /** bytes besides weights and inputs, while the tape holds on to them; 31 weights are trained */
  const held = (model: SpecModel): number => {
    const before = tf.memory().numBytes;
    let bytes = 0;
    const loss = (): tf.Scalar => {
      const results = model.apply(xs, { training: true }) as tf.Tensor[];
      bytes = tf.memory().numBytes - before;
      return tf.sum(results[0]!);
    };
    tf.tidy(() => {
      const { grads } = tf.variableGrads(loss);
      assert.is(Object.keys(grads).length, 31);
    });
    return bytes;
  };
  const [keeps, again] = [await toLayersModel(instance), await toLayersModel(instance, { recompute: true })];
  // constants are on the backend from the first time on
  for (const model of [keeps, again]) held(model);
  const [most, least] = [held(keeps), held(again)];
  assert.ok(least < most, `${least} of ${most}`);
  await registerLayers(instance);
  const loaded = await saveAndLoad<SpecModel>(again);
  again.dispose();
  held(loaded);
  assert.is(held(loaded), least);
  keeps.dispose();
  loaded.dispose();
});

test('a trained weight that several layers read gets the sum of its gradients', async () => {
  const text = `dit 1
block Scaled(x: [N, D], scale: [1, D]) -> [N, D] = x * scale
model M() {
  input x: image[N, 2]
  param scale: [1, 2] = 3
  a = Scaled(x, scale)
  output eps = Scaled(a, scale)
}
`;
  const model = await toLayersModel(instantiate(specOf(text), 'M').model!);
  const { grads } = tf.variableGrads(
    () => tf.sum(model.apply(tf.tensor2d([1, 2, 3, 4], [2, 2])) as tf.Tensor) as tf.Scalar,
  );
  // x s^2 by s is 2 x s, over two samples
  assert.equal(numbers(Object.values(grads)), [6 * (1 + 3), 6 * (2 + 4)]);
  model.dispose();
});

test('between other layers', async () => {
  const inner = await toLayersModel(instance, { weights: randomWeights(graph) });
  const [image, time, label] = [
    tfl.input({ shape: [4, 4, 2] }),
    tfl.input({ shape: [1] }),
    tfl.input({ shape: [1], dtype: 'int32' }),
  ];
  const wide = tfl.layers.dense({ units: 4 }).apply(image) as tfl.SymbolicTensor;
  const [eps] = inner.apply([wide, time, label]) as tfl.SymbolicTensor[];
  const out = tfl.layers.dense({ units: 1 }).apply(eps!) as tfl.SymbolicTensor;
  const model = tfl.model({ inputs: [image, time, label], outputs: out });
  model.compile({ optimizer: tf.train.adam(1e-2), loss: 'meanSquaredError' });
  const [, t, y] = feeds();
  const xs = [tf.ones([BATCH, 4, 4, 2]), t!, y!];
  const losses: number[] = [];
  for (let step = 0; step < 5; step++) {
    losses.push((await model.trainOnBatch(xs, tf.ones([BATCH, 4, 4, 1]))) as number);
  }
  assert.ok(losses[4]! < losses[0]!, losses.join());
});

test('what does not fit is said in the words of the spec', async () => {
  const model = await toLayersModel(instance);
  const [x, t] = feeds();
  const labels = tf.tensor1d([0, 1, 2, 9], 'int32');
  assert.match(
    await thrown(() => model.predict([x!, t!, labels])),
    'layer `y_embedder`: input `y` holds the label 9, not one of 0 to 3',
  );
  assert.is(
    (await thrown(() => model.getLayer('blocks.0').apply([tf.ones([2, 5, 16]), tf.ones([2, 16])]))).replace(
      /\d+\)$/,
      'LINE)',
    ),
    'layer `blocks.0`: input `x` is [2, 5, 16], not [N, 4, 16] (block AdaLNZeroBlock, specs/dit.dit:LINE)',
  );
  const weights = randomWeights(graph);
  weights.delete('blocks.1.attn.qkv.bias');
  assert.is(
    await thrown(() => toLayersModel(instance, { weights })),
    'the weight `blocks.1.attn.qkv.bias` is missing: DiT needs it as [48]',
  );
  model.dispose();
});

test.run();
