/** What the functions beside an emitted model do in a way of their own on WebAssembly is what tfjs does elsewhere. */
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
// brings the gradients of tfjs's own ops
import '@tensorflow/tfjs-layers';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { contract, transpose } from '../../../compiler/lower/typescript/support/ops.ts';
import { distance } from '../../engines/closeness.ts';
import { host } from '../../tfjs-tensors.ts';

// no advice on the console
tf.enableProdMode();

/** The results of `work` on each of the backends. */
async function onBoth(work: () => tf.Tensor[]) {
  const results = [];
  for (const backend of ['cpu', 'wasm']) {
    await tf.setBackend(backend);
    const before = tf.memory().numTensors;
    const made = tf.tidy(work);
    assert.is(tf.memory().numTensors, before + made.length, `${backend} leaves tensors behind`);
    results.push(made.map(host));
    tf.dispose(made);
  }
  const [expected, got] = results as [ReturnType<typeof host>[], ReturnType<typeof host>[]];
  return got.map((one, at) => ({ got: one, expected: expected[at]! }));
}

const permutations = (axes: readonly number[]): number[][] =>
  axes.length === 0
    ? [[]]
    : axes.flatMap((axis) => permutations(axes.filter((each) => each !== axis)).map((rest) => [axis, ...rest]));

test('every permutation of five axes', async () => {
  const orders = permutations([0, 1, 2, 3, 4]);
  const pairs = await onBoth(() => {
    const x = tf.reshape(tf.range(0, 48), [2, 3, 1, 4, 2]);
    return orders.map((order) => transpose(x, order));
  });
  assert.is(pairs.length, 120);
  for (const [at, { got, expected }] of pairs.entries()) {
    assert.equal(got.shape, expected.shape, orders[at]!.join());
    assert.equal([...got.data], [...expected.data], orders[at]!.join());
  }
});

test('products of many matrices, large and small, with the gradients that tfjs finds', async () => {
  // [2, 3, 40, 20] · [2, 3, 20, 30]: 24,000 multiplications a pair are worth a call each, 2,400 are not
  for (const rows of [40, 4])
    for (const turnA of [false, true])
      for (const turnB of [false, true]) {
        const shapes = [turnA ? [2, 3, 20, rows] : [2, 3, rows, 20], turnB ? [2, 3, 30, 20] : [2, 3, 20, 30]];
        const pairs = await onBoth(() => {
          const [a, b] = shapes.map((shape, seed) => tf.randomNormal(shape, 0, 1, 'float32', seed + 1));
          const dy = tf.randomNormal([2, 3, rows, 30], 0, 1, 'float32', 3);
          const product = (one: tf.Tensor, two: tf.Tensor) => contract(one, two, { batch: 2, turnA, turnB });
          return [product(a!, b!), ...tf.grads(product)([a!, b!], dy)];
        });
        for (const [at, { got, expected }] of pairs.entries()) {
          assert.equal(got.shape, expected.shape);
          const apart = distance(got, expected);
          assert.ok(apart < 1e-5, `${['product', 'gradient of a', 'gradient of b'][at]}: ${apart} off`);
        }
      }
});

test.run();
