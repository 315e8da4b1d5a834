/** Layers inside of layers: they own the weights, are found by path, frozen, called and saved by themselves. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Graph } from '../../compiler/ir/graph.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { evaluate } from '../../compiler/lower/reference/evaluate.ts';
import type { BlockLayer } from '../../runtime/layers/block-contract.ts';
import { partsOf } from '../../runtime/layers/block-parts.ts';
import { registerLayers, toLayersModel } from '../../runtime/layers/layers-model.ts';
import type { SpecModel } from '../../runtime/layers/spec-model.ts';
import { distance } from '../engines/closeness.ts';
import { randomInputs, randomWeights, smallModel } from '../engines/small-models.ts';
import { host, listOf, upload } from '../tfjs-tensors.ts';
import { saveAndLoad } from './model-files.ts';

// no advice on the console
tf.enableProdMode();

const instance = smallModel('DiT');
const graph = instance.inference;
const BATCH = 4;
const open = (): Promise<SpecModel> => toLayersModel(instance, { weights: randomWeights(graph) });
const inside = (model: SpecModel, path: string): BlockLayer => model.getLayer(path);
const paths = (weights: readonly { readonly originalName: string }[]): string[] =>
  weights.map(({ originalName }) => originalName);
const numbers = (tensors: readonly tf.Tensor[]): number[] => tensors.flatMap((each) => [...each.dataSync()]);
const feeds = (): tf.Tensor[] => graph.inputs.map(({ name }) => upload(randomInputs(graph, BATCH)[name]!));
const targets = (): tf.Tensor[] => graph.results.map(() => tf.ones([BATCH, 4, 4, 4]));
const compile = (model: SpecModel): void =>
  model.compile({ optimizer: tf.train.sgd(1e-2), loss: ['meanSquaredError', 'meanSquaredError'] });

/** by hand, from specs/dit.dit and specs/std/blocks.dit */
const INSIDE = {
  x_embedder: ['proj'],
  t_embedder: ['mlp.0', 'mlp.2'],
  'blocks.0': ['adaLN_modulation.1', 'attn', 'mlp'],
  'blocks.1.attn': ['qkv', 'proj'],
  'blocks.1.mlp': ['fc1', 'fc2'],
  'blocks.1.mlp.fc1': [],
  final_layer: ['adaLN_modulation.1', 'linear'],
};

test('layers nest as the spec does, each a class of its own', async () => {
  const model = await open();
  for (const [path, names] of Object.entries(INSIDE)) {
    const layer = inside(model, path);
    assert.equal(
      layer.layers.map(({ name }) => name),
      names.map((name) => `${path}.${name}`),
    );
    for (const name of names) assert.is(layer.getLayer(name), inside(model, `${path}.${name}`));
  }
  const attn = inside(model, 'blocks.0.attn');
  assert.ok(attn instanceof tfl.layers.Layer);
  assert.is(attn.getClassName(), 'ditc>SelfAttention');
  assert.is(attn.constructor, inside(model, 'blocks.1.attn').constructor);
  assert.is(attn.settings, 'heads: 2, qkv_bias: true, init: xavier_uniform');
  // qkv: 16·48 + 48, proj: 16·16 + 16
  assert.is(attn.countParams(), 1088);
  assert.is(inside(model, 'blocks.0').countParams(), 1632 + 1088 + 2128);
  model.dispose();
});

test('the weights of a layer are those of the layers inside, in the order of the spec', async () => {
  const model = await open();
  const block = inside(model, 'blocks.0');
  const all = [
    ...['adaLN_modulation.1', 'attn.qkv', 'attn.proj', 'mlp.fc1', 'mlp.fc2'].flatMap((path) => [
      `blocks.0.${path}.weight`,
      `blocks.0.${path}.bias`,
    ]),
  ];
  assert.equal(paths(block.weights), all);
  assert.equal(paths(inside(model, 'blocks.0.attn').weights), all.slice(2, 6));
  assert.is(block.weights[2], inside(model, 'blocks.0.attn.qkv').weights[0]);
  inside(model, 'blocks.0.attn').setWeights(inside(model, 'blocks.0.attn').getWeights().map(tf.zerosLike));
  assert.ok(numbers(block.getWeights().slice(2, 6)).every((number) => number === 0));
  assert.ok(numbers(block.getWeights().slice(0, 2)).some((number) => number !== 0));

  inside(model, 'blocks.0.attn').trainable = false;
  assert.equal(paths(block.trainableWeights), [...all.slice(0, 2), ...all.slice(6)]);
  assert.equal(paths(block.nonTrainableWeights), all.slice(2, 6));
  assert.is(model.trainableWeights.length + model.nonTrainableWeights.length, weightsOf(graph).length);
  block.trainable = false;
  assert.is(block.trainableWeights.length, 0);
  assert.is(inside(model, 'blocks.0.mlp.fc1').trainableWeights.length, 0);
  block.trainable = true;
  assert.equal(paths(block.trainableWeights), all);
  // as tfjs has it, a model that thaws keeps what is frozen by itself
  inside(model, 'blocks.0.mlp').trainable = false;
  model.trainable = false;
  assert.is(model.trainableWeights.length, 0);
  model.trainable = true;
  assert.equal(paths(block.trainableWeights), all.slice(0, 6));
  model.dispose();
});

test('what is frozen inside stays as it was, and its gradients are not computed', async () => {
  const model = await open();
  const kernels = async (): Promise<number> => {
    compile(model);
    const { kernels: run } = await tf.profile(() =>
      tf.variableGrads(
        () => tf.sum(listOf(model.apply(feeds(), { training: true }) as tf.Tensor[])[0]!) as tf.Scalar,
        model.trainableWeights.map((weight) => weight.read() as tf.Variable),
      ),
    );
    return run.length;
  };
  const whole = await kernels();
  inside(model, 'blocks.0.attn').trainable = false;
  // two matrix products and two sums over tokens at least
  assert.ok((await kernels()) <= whole - 4, `${await kernels()} of ${whole}`);

  compile(model);
  const before = numbers(inside(model, 'blocks.0.attn').getWeights());
  const free = numbers(inside(model, 'blocks.0.mlp').getWeights());
  await model.fit(feeds(), targets(), { epochs: 2, verbose: 0 });
  assert.equal(numbers(inside(model, 'blocks.0.attn').getWeights()), before);
  assert.not.equal(numbers(inside(model, 'blocks.0.mlp').getWeights()), free);
  model.dispose();
});

test('frozen parts are saved as such', async () => {
  const model = await open();
  inside(model, 'blocks.0.attn.qkv').trainable = false;
  inside(model, 'blocks.1').trainable = false;
  await registerLayers(instance);
  const loaded = await saveAndLoad<SpecModel>(model);
  assert.equal(paths(loaded.trainableWeights), paths(model.trainableWeights));
  assert.equal(numbers(loaded.getWeights()), numbers(model.getWeights()));
  assert.is(inside(loaded, 'blocks.0.attn.qkv').trainable, false);
  assert.is(inside(loaded, 'blocks.0.attn.proj').trainable, true);
  assert.is(inside(loaded, 'blocks.1.mlp').trainable, false);
  model.dispose();
  loaded.dispose();
});

test('a layer from inside is called by itself', async () => {
  const model = await open();
  const attn = inside(model, 'blocks.1.attn');
  const x = { dtype: 'f32', shape: [BATCH, 4, 16], data: Float32Array.from({ length: 256 }, (_, at) => Math.sin(at)) };
  const inner = (from: Graph, path: string): Graph => partsOf(from).calls.find((call) => call.path === path)!.graph;
  const callee = inner(inner(graph, 'blocks.1'), 'attn');
  const named: Graph = { ...callee, results: [{ name: 'out', value: callee.results[0]!.value }] };
  const weights = new Map(
    weightsOf(named).map(({ path }) => [path, randomWeights(graph).get(`blocks.1.attn.${path}`)!] as const),
  );
  const want = evaluate(named, { inputs: { x: x as never }, weights, batch: BATCH }).out!;
  const got = attn.apply(upload(x as never)) as tf.Tensor;
  assert.ok(distance(host(got), want) <= 1e-5);
  model.dispose();
});

test('a layer from inside works in another model, which is trained, saved and outlives the first', async () => {
  const model = await open();
  const attn = inside(model, 'blocks.1.attn');
  const input = tfl.input({ shape: [4, 3] });
  const tokens = tfl.layers.dense({ units: 16 }).apply(input) as tfl.SymbolicTensor;
  const other = tfl.model({ inputs: input, outputs: attn.apply(tokens) as tfl.SymbolicTensor });
  other.compile({ optimizer: tf.train.adam(1e-2), loss: 'meanSquaredError' });
  const before = numbers(inside(model, 'blocks.1').getWeights());
  const [xs, ys] = [tf.ones([2, 4, 3]), tf.ones([2, 4, 16])];
  const losses = [];
  for (let step = 0; step < 5; step++) losses.push((await other.trainOnBatch(xs, ys)) as number);
  assert.ok(losses[4]! < losses[0]!, losses.join());
  assert.not.equal(numbers(inside(model, 'blocks.1').getWeights()), before, 'one layer in two models');
  await registerLayers(instance);
  const loaded = await saveAndLoad<tfl.LayersModel>(other);
  model.dispose();
  const want = numbers([other.predict(xs) as tf.Tensor]);
  assert.equal(numbers([loaded.predict(xs) as tf.Tensor]), want);
  other.dispose();
  loaded.dispose();
});

test('the summary shows what is inside when it is asked to', async () => {
  const model = await open();
  inside(model, 'blocks.0.attn.proj').trainable = false;
  const lines: string[] = [];
  model.summary(110, undefined, (line) => lines.push(line), true);
  const at = lines.findIndex((line) => line.startsWith('blocks.0 '));
  assert.equal(lines.slice(at + 2, at + 9), [
    '  adaLN_modulation.1 (ditc>Linear): 1632',
    '  attn (ditc>SelfAttention): 1088',
    '    qkv (ditc>Linear): 816',
    '    proj (ditc>Linear): 272, frozen',
    '  mlp (ditc>Mlp): 2128',
    '    fc1 (ditc>Linear): 1088',
    '    fc2 (ditc>Linear): 1040',
  ]);
  const plain: string[] = [];
  model.summary(110, undefined, (line) => plain.push(line));
  assert.equal(
    plain,
    lines.filter((line) => !/^ +\S+ \(ditc>/.test(line)),
  );
  model.dispose();
});

test('a model of one layer has the layers of the spec inside', async () => {
  const mdt = smallModel('MDT');
  const model = await toLayersModel(mdt, { training: true });
  assert.is(model.layers.filter((layer) => layer.getClassName() === 'ditc>MDT').length, 1);
  const block = inside(model, 'sideblocks.0');
  assert.is(block.getClassName(), 'ditc>MDTBlock');
  assert.equal(paths(inside(model, 'en_inblocks.0.attn.proj').weights), [
    'en_inblocks.0.attn.proj.weight',
    'en_inblocks.0.attn.proj.bias',
  ]);
  block.trainable = false;
  assert.ok(!paths(model.trainableWeights).some((path) => path.startsWith('sideblocks.0')));
  assert.is(model.weights.length, weightsOf(mdt.training).length);
  model.dispose();
});

test('letting go of a model leaves nothing, whoever held what is inside', async () => {
  const before = tf.memory().numTensors;
  const model = await open();
  const count = weightsOf(graph).length;
  assert.is(model.dispose().numDisposedVariables, count);
  assert.is(tf.memory().numTensors, before);
});

test.run();
