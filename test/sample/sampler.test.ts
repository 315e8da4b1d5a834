/** Samples depend on the seed and their number; guidance is what its formula says; the recipe decides the plan. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../runtime/engines/engine.ts';
import { onnx } from '../../runtime/engines/onnx.ts';
import { reference } from '../../runtime/engines/reference.ts';
import { planSampling } from '../../runtime/sample/plan-sampling.ts';
import { openSampler, type SamplerOptions } from '../../runtime/sample/sampler.ts';
import { openJob } from '../../runtime/train/job.ts';
import { must, openTiny, tinyJob, words } from '../train/small-run.ts';
import { weightsFor } from './random-weights.ts';

async function draw(
  recipe: Readonly<Record<string, string>>,
  labels: readonly number[],
  more: { batch?: number; first?: number; seed?: number; engine?: Engine; cut?: SamplerOptions['cut'] } = {},
): Promise<Float32Array> {
  const { batch = 2, first = 0, seed = 5, engine = onnx, cut } = more;
  const { job } = tinyJob(recipe);
  const sampler = must(await openSampler(job, { engine, threads: 1, batch, weights: weightsFor(job), cut }));
  const images = await sampler.sample({ labels, seed, first });
  await sampler.dispose();
  return images;
}

const far = (a: Float32Array, b: Float32Array): number =>
  a.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - b[i]!)),
    a.length === b.length ? 0 : Number.POSITIVE_INFINITY,
  );

const LABELS = [0, 1, 2, 0, 1];
const size = 64;

test('an image is the same in any batch, and wherever it is begun', async () => {
  const all = await draw({}, LABELS);
  assert.is(all.length, LABELS.length * size);
  assert.ok(far(all, await draw({}, LABELS, { batch: 1 })) < 1e-5);
  assert.ok(far(all, await draw({}, LABELS, { batch: 5 })) < 1e-5);
  assert.ok(far(all.subarray(2 * size), await draw({}, LABELS.slice(2), { first: 2 })) < 1e-5);
  assert.ok(far(all, await draw({}, LABELS, { seed: 6 })) > 0.1);
  assert.ok(far(all.subarray(0, size), all.subarray(3 * size, 4 * size)) > 0.1, 'equal labels have noise of their own');
});

test('guidance: scale 1 is the condition alone, scale 0 the condition left out', async () => {
  // one step from the last level to x_0, so that the image is linear in the prediction and so in the scale
  const recipe = { 'sample.step': 'ancestral', 'sample.steps': '1', 'sample.spacing': '"trailing"' };
  const at = (scale: string) => draw({ ...recipe, 'sample.guidance.scale': scale }, LABELS);
  const [none, zero, one, two, three] = [
    await draw({ ...recipe, 'sample.guidance.scale': '1' }, LABELS),
    await at('0'),
    await at('1.0'),
    await at('2'),
    await at('3'),
  ];
  assert.is(far(none, one), 0);
  // eps(s) = u + s (c - u): equal steps of s are equal steps of the image
  const step = (a: Float32Array, b: Float32Array): Float32Array => a.map((value, i) => value - b[i]!);
  assert.ok(far(step(two, one), step(three, two)) < 1e-4);
  assert.ok(far(step(one, zero), step(two, one)) < 1e-4);
  assert.ok(far(zero, one) > 1e-2, 'the label makes a difference');
  // without its condition every label gives the same
  const other = await draw({ ...recipe, 'sample.guidance.scale': '0' }, [1, 2, 0, 1, 2]);
  assert.ok(far(zero, other) < 1e-6);
});

test('the engine makes no difference', async () => {
  const [fast, exact] = [await draw({}, LABELS.slice(0, 2)), await draw({}, LABELS.slice(0, 2), { engine: reference })];
  const scale = exact.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  assert.ok(far(fast, exact) < 1e-4 * scale);
});

test('evaluations of the model are counted as the sampler asks for them', () => {
  const count = (recipe: Readonly<Record<string, string>>): number =>
    must(planSampling(tinyJob(recipe).job)).steps.length;
  assert.is(count({ 'sample.steps': '7' }), 7);
  assert.is(count({ 'sample.spacing': '"ddim25"' }), 25);
});

test('what cannot be sampled is said', () => {
  const said = (recipe: Readonly<Record<string, string>>): string => {
    const recipeOverrides = Object.entries(recipe).map(([path, value]) => ({ path, value }));
    const job = openJob(openTiny().spec, { kind: 'target', name: 'Tiny', overrides: [], recipeOverrides, seed: 0 });
    const outcome = job.ok ? planSampling(job.value) : job;
    return outcome.ok ? 'fine' : words(outcome.refusal);
  };
  assert.match(said({ 'sample.steps': '101' }), /cannot keep|has no 101|steps/);
  assert.match(said({ 'sample.spacing': '"ddim33"' }), /no stride through 100 steps takes exactly 33/);
  assert.match(said({ 'sample.guidance.channels': '2' }), /guidance needs a channel, and has no more than there are/);
});

test.run();
