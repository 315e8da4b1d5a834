/** Emitted modules and their layers on one of tfjs's backends, against the float64 oracle. */
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ModelInstance } from '../../../compiler/elaborate/model.ts';
import { gradientGraph } from '../../../compiler/grad/gradient.ts';
import type { HostTensor } from '../../../compiler/ir/tensor.ts';
import { evaluate } from '../../../compiler/lower/reference/evaluate.ts';
import { camelCase } from '../../../compiler/lower/typescript/names.ts';
import { distance, largest } from '../../engines/closeness.ts';
import { modelOf, randomInputs, randomWeights, type SmallModel, smallModel } from '../../engines/small-models.ts';
import { host, upload } from '../../tfjs-tensors.ts';
import { type EmittedLayers, type EmittedModel, load, savedModel, sourcesOf, writeModule } from './emitted.ts';

const BATCH = 3;
/** Sums that come to zero are compared with this much of the largest gradient. */
const NOTHING = 1e-2;

export const nameOf = (model: string): string => model.replaceAll(/[^A-Za-z]+/g, '-').toLowerCase();

/** Models whose blocks are loops, forward and backward. */
const DEEP = {
  'a deep DiT': ['dit', 'DiT, Size', 'DiT(size: Size(depth: 5, width: 16, heads: 2), side: 4, classes: 3)'],
  'a deep UViT': ['uvit', 'UViT', 'UViT(width: 16, depth: 8, heads: 2, side: 4, classes: 3)'],
  'a deep MMDiT': [
    'mmdit',
    'MMDiT',
    'MMDiT(depth: 5, side: 4, channels: 2, words: 3, text_width: 5, pooled_width: 6, max_grid: 3)',
  ],
  'a deep PixArt': ['pixart', 'PixArt', 'PixArt(width: 16, depth: 5, heads: 2, side: 4, words: 3, text_width: 5)'],
} as const;

type Subject = SmallModel | keyof typeof DEEP;

function subject(name: Subject): ModelInstance {
  if (!(name in DEEP)) return smallModel(name as SmallModel);
  const [file, names, model] = DEEP[name as keyof typeof DEEP];
  return modelOf(file, names, model);
}

export function testEmitted(backend: string, models: readonly Subject[]): void {
  for (const name of models) {
    test(`${backend}: ${name}, outputs and gradients`, async () => {
      await tf.setBackend(backend);
      const instance = subject(name);
      const module = writeModule(nameOf(name), sourcesOf(instance));
      const { forward } = (await load(module)) as EmittedModel;
      const graph = instance.inference;
      const weights = randomWeights(graph);
      const inputs = randomInputs(graph, BATCH);
      const given = Object.fromEntries(Object.entries(inputs).map(([key, tensor]) => [camelCase(key), upload(tensor)]));
      const variables = new Map(
        [...weights].map(([path, tensor]) => [path, tf.variable(upload(tensor), tensor.dtype === 'f32')] as const),
      );

      const want = evaluate(graph, { inputs, weights, batch: BATCH });
      const got = forward(given, variables);
      for (const [output, tensor] of Object.entries(want)) {
        const apart = distance(host(got[camelCase(output)]!), tensor);
        assert.ok(apart <= 1e-5, `${output} is ${apart} off`);
      }

      const outputs = Object.keys(want);
      // some numbers that are neither equal nor small
      const cotangents = outputs.map((output): HostTensor => {
        const { shape, data } = want[output]!;
        return { dtype: 'f32', shape, data: Float32Array.from(data, (_, at) => Math.sin(at + 1)) };
      });
      const backward = gradientGraph(graph, { cotangents: outputs });
      const fed = Object.fromEntries(outputs.map((output, at) => [`cotangent.${output}`, cotangents[at]!]));
      const wanted = evaluate(backward, { inputs: { ...inputs, ...fed }, weights, batch: BATCH });

      const before = tf.memory().numTensors;
      const { value, grads } = tf.variableGrads(() => {
        const made = forward(given, variables);
        const terms = outputs.map((output, at) => tf.sum(tf.mul(made[camelCase(output)]!, upload(cotangents[at]!))));
        return terms.reduce((sum, term) => tf.add(sum, term)) as tf.Scalar;
      });
      const gradients = Object.entries(wanted).filter(([key]) => key.startsWith('grad.'));
      const least = NOTHING * Math.max(...gradients.map(([, tensor]) => largest(tensor)));
      for (const [key, tensor] of gradients) {
        const variable = variables.get(key.slice('grad.'.length))!;
        const apart = distance(host(grads[variable.name]!), tensor, least);
        assert.ok(apart <= 1e-4, `${key} is ${apart} off`);
      }
      tf.dispose([value, grads]);
      assert.is(tf.memory().numTensors, before, 'tensors are left behind');
      tf.dispose([given, got, [...variables.values()]]);
    });
  }
}

const listOf = <T>(one: T | T[]): T[] => (Array.isArray(one) ? one : [one]);

/** Columns for what has one axis: what the layers of tfjs pass to each other. */
const column = (tensor: tf.Tensor): tf.Tensor => (tensor.rank === 1 ? tf.reshape(tensor, [-1, 1]) : tensor);

function compareOutputs(model: tfl.LayersModel, fed: tf.Tensor[], want: Readonly<Record<string, HostTensor>>): void {
  const got = listOf(model.predict(fed) as tf.Tensor | tf.Tensor[]);
  for (const [at, [output, tensor]] of Object.entries(want).entries()) {
    const apart = distance(host(got[at]!), tensor);
    assert.ok(apart <= 1e-5, `${output} is ${apart} off`);
  }
  tf.dispose(got);
}

export function testEmittedLayers(backend: string, models: readonly SmallModel[]): void {
  for (const name of models) {
    test(`${backend}: ${name}, model.json with the layers of the module`, async () => {
      await tf.setBackend(backend);
      const instance = smallModel(name);
      const graph = instance.inference;
      const module = writeModule(nameOf(name), sourcesOf(instance));
      const { buildModel } = (await load(module, 'layers.ts')) as EmittedLayers;
      const weights = randomWeights(graph);
      const inputs = randomInputs(graph, BATCH);
      const fed = graph.inputs.map((input) => upload(inputs[input.name]!));
      const want = evaluate(graph, { inputs, weights, batch: BATCH });
      const loaded = await tfl.loadLayersModel(savedModel(instance, weights));
      compareOutputs(loaded, fed, want);

      let saved: tf.io.ModelArtifacts | undefined;
      const keep = tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
      });
      await loaded.save(keep);
      const again = await tfl.loadLayersModel(tf.io.fromMemory(saved!));
      compareOutputs(again, fed, want);

      const built = buildModel();
      const paths = new Map(built.weights.map((weight) => [weight.originalName, weight]));
      assert.equal([...paths.keys()].sort(), [...weights.keys()].sort());
      for (const [path, weight] of paths) weight.write(upload(weights.get(path)!));
      compareOutputs(built, fed, want);
    });
  }

  test(`${backend}: fit lowers a loss, and leaves no tensors behind`, async () => {
    await tf.setBackend(backend);
    const instance = smallModel('DiT');
    const module = writeModule(nameOf('DiT'), sourcesOf(instance));
    const { buildModel } = (await load(module, 'layers.ts')) as EmittedLayers;
    const model = buildModel();
    const inputs = randomInputs(instance.inference, 8);
    const fed = instance.inference.inputs.map((input) => column(upload(inputs[input.name]!)));
    model.getLayer('t_embedder').trainable = false;
    model.compile({ optimizer: tf.train.adam(1e-2), loss: ['meanSquaredError', 'meanSquaredError'] });
    const step = () => model.fit(fed, [fed[0]!, tf.zerosLike(fed[0]!)], { epochs: 8, verbose: 0 });
    const { loss } = (await step()).history as { loss: number[] };
    assert.ok(loss[7]! < 0.9 * loss[0]!, `${loss}`);
    const before = tf.memory().numTensors;
    for (let again = 0; again < 3; again++) await step();
    // the zeros that each call is given
    assert.ok(tf.memory().numTensors <= before + 3, `${tf.memory().numTensors - before} tensors are left`);
  });

  test(`${backend}: what does not fit is said`, async () => {
    await tf.setBackend(backend);
    const module = writeModule(nameOf('DiT'), sourcesOf(smallModel('DiT')));
    const { forward, initialWeights, readWeights } = (await load(module)) as EmittedModel;
    const weights = initialWeights(1);
    const [x, t, y] = [tf.zeros([2, 4, 4, 4]), tf.zeros([2]), tf.zeros([2], 'int32')];
    assert.throws(
      () => forward({ x: tf.zeros([2, 5, 4, 4]), t, y }, weights),
      /`x` is \[2, 5, 4, 4\], not \[N, 4, 4, 4\]/,
    );
    assert.throws(() => forward({ x, t, y: tf.fill([2], 9, 'int32') }, weights), /the label 9, not one of 0 to 3/);
    assert.throws(() => forward({ x, t, y }, new Map()), /the weight `pos_embed` is missing/);
    assert.throws(() => readWeights(new ArrayBuffer(3)), /no file of safetensors/);
  });
}
