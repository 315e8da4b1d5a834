/** Emitted modules on one of tfjs's backends, against the float64 oracle. */
import * as tf from '@tensorflow/tfjs-core';
// brings the gradients of tfjs's own ops, which losses are made of
import '@tensorflow/tfjs-layers';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gradientGraph } from '../../../compiler/grad/gradient.ts';
import type { HostTensor } from '../../../compiler/ir/tensor.ts';
import { evaluate } from '../../../compiler/lower/reference/evaluate.ts';
import { DTYPE } from '../../../compiler/lower/tfjs/kernels.ts';
import { camelCase } from '../../../compiler/lower/typescript/names.ts';
import { distance, largest } from '../../engines/closeness.ts';
import { randomInputs, randomWeights, type SmallModel, smallModel } from '../../engines/small-models.ts';
import { type EmittedModel, load, sourcesOf, writeModule } from './emitted.ts';

const BATCH = 3;
/** Sums that come to zero are compared with this much of the largest gradient. */
const NOTHING = 1e-2;

export const upload = ({ data, shape, dtype }: HostTensor): tf.Tensor =>
  tf.tensor(data as Float32Array, [...shape], DTYPE[dtype]);

export const host = (tensor: tf.Tensor): HostTensor => ({
  dtype: 'f32',
  shape: tensor.shape,
  data: tensor.dataSync() as Float32Array,
});

export const nameOf = (model: string): string => model.replaceAll(/[^A-Za-z]+/g, '-').toLowerCase();

export function testEmitted(backend: string, models: readonly SmallModel[]): void {
  for (const name of models) {
    test(`${backend}: ${name}, outputs and gradients`, async () => {
      await tf.setBackend(backend);
      const instance = smallModel(name);
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
