/**
 * A step of training a model in tfjs (`ditc/layers`), with layers that keep what their gradients need beside layers that
 * run again: processor time and what is held when the forward pass is over. `node --import tsx test/bench/layers.ts wasm`
 */
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { openLayersModel } from '../../cli/layers.ts';
import { tensorflow } from '../../runtime/engines/tensorflow.ts';

const BATCH = 8;
const ROUNDS = 5;
const set = { 'size.depth': 6, 'size.width': 128, 'size.heads': 4, side: 16, classes: 10 };

const [backend = 'wasm'] = process.argv.slice(2);
tf.enableProdMode();
if (backend === 'tensorflow') await tensorflow.status();
await tf.setBackend(backend);

const xs = [tf.randomNormal([BATCH, 16, 16, 4]), tf.range(0, BATCH), tf.zeros([BATCH], 'int32')];
const ys = [tf.zeros([BATCH, 16, 16, 4]), tf.zeros([BATCH, 16, 16, 4])];
const rows = [];
for (const recompute of [false, true]) {
  const model = await openLayersModel('specs/dit.dit#DiT', { set, recompute });
  model.compile({ optimizer: tf.train.sgd(1e-4), loss: ['meanSquaredError', 'meanSquaredError'] });
  await model.trainOnBatch(xs, ys);
  const before = tf.memory().numBytes;
  let held = 0;
  const loss = (): tf.Scalar => {
    const results = model.apply(xs, { training: true }) as tf.Tensor[];
    held = tf.memory().numBytes - before;
    return tf.sum(results[0]!);
  };
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  tf.tidy(() => tf.variableGrads(loss, variables));
  rows.push({ recompute, model, held, time: Infinity });
}
for (let round = 0; round < ROUNDS; round++) {
  for (const row of rows) {
    const begin = process.cpuUsage();
    await row.model.trainOnBatch(xs, ys);
    const { user, system } = process.cpuUsage(begin);
    row.time = Math.min(row.time, (user + system) / 1e3);
  }
}
for (const { recompute, time, held } of rows) {
  console.log(`${backend} recompute ${recompute}: ${time.toFixed(0)} ms a step, ${(held / 1e6).toFixed(1)} MB held`);
}
const [keep, again] = rows;
console.log(
  `run again: ${(again!.time / keep!.time).toFixed(2)} of the time, ${(again!.held / keep!.held).toFixed(2)} of the memory`,
);
