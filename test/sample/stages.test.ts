/** Sampling in stages gives the images of the whole model, and runs each stage as often as it must. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../runtime/engines/engine.ts';
import { onnx } from '../../runtime/engines/onnx.ts';
import { reference } from '../../runtime/engines/reference.ts';
import { openSampler, type SamplerOptions } from '../../runtime/sample/sampler.ts';
import { type Job, openJob } from '../../runtime/train/job.ts';
import { openShipped } from '../ir/spec-model.ts';
import { must, tinyJob } from '../train/small-run.ts';
import { weightsFor } from './random-weights.ts';

const digits = openShipped('digits.dit');
const LABELS = [7, 1, 1, 7, 3];

/** `digits`, as small as it may be. */
const digitsJob = (conditioning: string): Job =>
  must(
    openJob(digits, {
      kind: 'target',
      name: 'digits',
      overrides: [
        { path: 'conditioning', value: conditioning },
        { path: 'size.depth', value: '2' },
        { path: 'size.width', value: '16' },
      ],
      recipeOverrides: [{ path: 'sample.steps', value: '3' }],
      seed: 0,
    }),
  );

const whole: SamplerOptions['cut'] = (body) => ({ body, through: new Map() });

async function draw(job: Job, labels: readonly number[], options: Partial<SamplerOptions>): Promise<Float32Array> {
  const sampler = must(
    await openSampler(job, { engine: onnx, threads: 1, batch: 3, weights: weightsFor(job), ...options }),
  );
  const images = await sampler.sample({ labels, seed: 5 });
  await sampler.dispose();
  return images;
}

/** The largest difference, of the largest number. */
function apart(a: Float32Array, b: Float32Array): number {
  assert.is(a.length, b.length);
  const most = (list: Float32Array): number => list.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return most(a.map((value, i) => value - b[i]!)) / most(b);
}

for (const conditioning of ['in_context', 'cross_attention', 'adaln', 'adaln_zero'])
  test(`${conditioning}: stages give the images of the whole model`, async () => {
    const job = digitsJob(conditioning);
    const expected = await draw(job, LABELS, { cut: whole });
    assert.ok(apart(await draw(job, LABELS, {}), expected) < 1e-5);
  });

for (const scale of ['2', '1'])
  test(`in 64 bit they differ by what is handed over in 32: guidance ${scale}`, async () => {
    const { job } = tinyJob({ 'sample.guidance.scale': scale });
    const labels = [2, 0, 0, 2, 1];
    const expected = await draw(job, labels, { engine: reference, cut: whole });
    assert.ok(apart(await draw(job, labels, { engine: reference }), expected) < 1e-6);
  });

test('a new weight reaches every stage', async () => {
  const job = digitsJob('adaln_zero');
  const zeros = new Map(
    [...weightsFor(job)].map(([name, { dtype, shape, data }]) => [name, { dtype, shape, data: data.map(() => 0) }]),
  );
  const sampler = must(await openSampler(job, { engine: onnx, threads: 1, batch: 3, weights: zeros }));
  await sampler.sample({ labels: LABELS, seed: 5 });
  await sampler.setWeights(weightsFor(job));
  const images = await sampler.sample({ labels: LABELS, seed: 5 });
  await sampler.dispose();
  assert.ok(apart(images, await draw(job, LABELS, {})) === 0);
});

test('each stage runs as often as it must, on as many rows', async () => {
  const runs = new Map<string, { count: number; batch: number }>();
  const counting: Engine = {
    ...onnx,
    async load(program, state, options) {
      const session = await onnx.load(program, state, options);
      const run = { count: 0, batch: options.batch };
      runs.set(program.name.replace(/^Digits[_ ]/, ''), run);
      return {
        ...session,
        run(feeds) {
          run.count++;
          return session.run(feeds);
        },
      };
    },
  };
  const job = digitsJob('adaln_zero');
  // 5 images are 2 batches of 3 in 3 steps; 3 labels at most and "none" are 4 conditions
  await draw(job, LABELS, { engine: counting });
  assert.equal(Object.fromEntries(runs), {
    times: { count: 1, batch: 3 },
    conditioning: { count: 6, batch: 4 },
    'body sample step': { count: 6, batch: 3 },
  });
});

test('what is saved is counted', async () => {
  const job = digitsJob('adaln_zero');
  const sampler = must(await openSampler(job, { engine: onnx, threads: 1, batch: 20, weights: weightsFor(job) }));
  await sampler.dispose();
  const [D, L, evaluations] = [16, 2, 3];
  const [clock, mods] = [256 * D + D * D, L * 6 * D * D + 2 * D * D];
  const { whole, staged } = sampler.work;
  // of 40 rows 11 conditions are distinct, and each time is embedded once for all of them
  assert.is(sampler.conditions, 11);
  assert.is(sampler.evaluations, evaluations);
  assert.ok(Math.abs(whole - staged - (clock * (1 - 1 / 40) + mods * (1 - 11 / 40))) < 1e-6 * whole);
});

test.run();
