/** What a step of training costs, by hand and against what is known of transformers. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { trainPrograms } from '../../cli/cost-training.ts';
import { type TrainCost, trainCost } from '../../compiler/cost/train-cost.ts';
import { workOf } from '../../compiler/cost/work.ts';
import type { Spec } from '../../compiler/elaborate/spec.ts';
import { asRun } from '../../compiler/passes/as-run.ts';
import { modelOf, specFile, specOf } from './model.ts';

async function costOf(spec: Spec, name?: string, recipe?: string): Promise<TrainCost> {
  const model = modelOf(spec, name);
  const programs = await trainPrograms(spec, model, recipe);
  if ('problem' in programs) throw new Error(programs.problem);
  return trainCost(programs, workOf(asRun(model.inference), 1).macs);
}

const layers = (count: number) =>
  specOf(`
use std.nn { Linear }
model M() {
  input x: image[N, 10]
  for i in 0..${count} { x = silu(x) |> Linear(10, bias: false) as fc[i] }
  frozen scale: [10] = 1
  output y = x * scale[_, :]
}`);

test('two layers by hand: products forward, one for each weight, one for the input of the second', async () => {
  const { step, state, of } = await costOf(layers(2));
  assert.is(step.macs, (2 + 2 + 1) * 100);
  assert.is(state.weights, 4 * (2 * 100 + 10));
  assert.is(state.gradients, 4 * 200);
  assert.is(state.moments, 2 * 4 * 200);
  assert.is(state.average, 4 * (200 + 10));
  assert.is(state.sums, 0);
  assert.is(state.total, state.weights + state.gradients + state.moments + state.average);
  assert.match(of, /mean squared error.*no recipe/);
});

test('gradients and next weights are state, and no activations', async () => {
  // one layer: at most x, silu(x), the product, what the loss and silu need of it; far less than a 10 × 10 weight a value
  const { step } = await costOf(layers(1));
  assert.ok(step.activationBytes < 20 * 10 * 4 + 3 * 400, `${step.activationBytes}`);
});

test('DiT-XL/2 by its recipe: three forward passes, four when blocks run again, in much less memory', async () => {
  const { of, step, rematerialised, state, plan } = await costOf(specFile('dit.dit'), 'DiT-XL/2');
  const forward = 118.62e9;
  assert.is(of, 'recipe imagenet');
  assert.ok(Math.abs(step.macs / forward - 3) < 0.001, `${step.macs / forward}`);
  assert.ok(Math.abs(rematerialised.macs / forward - 4) < 0.001, `${rematerialised.macs / forward}`);
  // a block keeps its input, [256, 1152] floats, and the one that runs again all that it needs
  const inputs = 28 * 256 * 1152 * 4;
  assert.ok(rematerialised.activationBytes > inputs && rematerialised.activationBytes < 3 * inputs);
  assert.ok(step.activationBytes > 5 * rematerialised.activationBytes);
  // 674,834,720 trained, 294,912 frozen
  assert.equal(state, {
    weights: 4 * 675129632,
    gradients: 4 * 674834720,
    moments: 8 * 674834720,
    average: 4 * 675129632,
    sums: 0,
    total: 4 * (2 * 675129632 + 3 * 674834720),
  });
  assert.equal([plan?.batch, plan?.steps], [256, 400_000]);
  assert.ok(Math.abs(plan!.step.macs / (256 * step.macs) - 1) < 1e-9);
  assert.ok(Math.abs(plan!.threeForwards! / (3 * forward * 256 * 400_000) - 1) < 0.001);
  // what the batch does not multiply: the optimiser
  assert.ok(plan!.step.flops < 256 * step.flops);
});

test('a recipe that is named, that is not there, that does not fit', async () => {
  const spec = specFile('mnist.dit');
  assert.is((await costOf(spec, 'mnist', 'long')).plan?.steps, 20_000);
  const model = modelOf(spec, 'mnist');
  const unknown = await trainPrograms(spec, model, 'lang');
  assert.ok('problem' in unknown && unknown.help?.includes('`long`'));
  const other = specOf(`
use "./dit.dit" { DiT, S }
use "./objectives.dit" { flow }
use "./optim.dit" { adamw }
preset "S" = DiT(size: S)
recipe wrong { objective: flow, schedule: interpolant(path: linear), optimizer: adamw, lr: 1e-4, steps: 10 }`);
  const cost = await costOf(other, 'S');
  assert.match(cost.of, /recipe wrong does not fit: .*velocity/);
  assert.is(cost.plan, undefined);
});

test.run();
