/** Runs on a tiny model: what they leave, and what they refuse. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { onnx } from '../../runtime/engines/onnx.ts';
import { listCheckpoints, newestCheckpoint } from '../../runtime/train/checkpoint.ts';
import { compileTraining } from '../../runtime/train/compile.ts';
import { readEvents } from '../../runtime/train/event-log.ts';
import { rateAt } from '../../runtime/train/rate.ts';
import { batchesOf, openRunData } from '../../runtime/train/run-data.ts';
import { openSafetensors } from '../../runtime/weights/safetensors.ts';
import { scratchFolder } from '../data/scratch.ts';
import { must, tinyJob, trainTiny, words, writeData } from './small-run.ts';

const folder = writeData(scratchFolder());
const said = (outcome: Awaited<ReturnType<typeof trainTiny>>): string =>
  outcome.ok ? 'fine' : words(outcome.refusal).replaceAll(folder, 'DATA');

test('the rate: constant, warm-up, cosine', () => {
  const cases: [Parameters<typeof rateAt>[0], number, number][] = [
    [{ word: 'constant', to: 2 }, 7, 2],
    [{ word: 'warmup', to: 2, steps: 10 }, 5, 1],
    [{ word: 'warmup', to: 2, steps: 10 }, 11, 2],
    [{ word: 'cosine', to: 4, warmup: 2, end: 0 }, 1, 2],
    [{ word: 'cosine', to: 4, warmup: 2, end: 0 }, 2, 4],
    // half of the 8 steps after the warm-up: (1 + cos π/2) / 2
    [{ word: 'cosine', to: 4, warmup: 2, end: 0 }, 6, 2],
    [{ word: 'cosine', to: 4, warmup: 2, end: 1 }, 10, 1],
  ];
  for (const [rule, step, rate] of cases)
    assert.ok(Math.abs(rateAt(rule, step, 10) - rate) < 1e-12, `${rule.word} at ${step}`);
});

test('a run leaves what docs/training.md says, and is not run over', async () => {
  must(await trainTiny(folder, 'first', { recipe: { steps: '6', evaluate_every: '3' } }));
  const run = path.join(folder, 'first');
  const names = readdirSync(run).filter((name) => !name.startsWith('events.out.tfevents'));
  assert.equal(names.sort(), ['checkpoints', 'events.jsonl', 'manifest.json', 'samples', 'weights.safetensors']);
  const kept = listCheckpoints(run).map(({ step }) => step);
  // the last three, and the best if it is none of them
  assert.equal(kept.slice(0, 3), [6, 5, 4]);
  assert.ok(kept.length <= 4);
  assert.equal(readdirSync(path.join(run, 'samples')), ['step-00000003.png', 'step-00000006.png']);
  const events = readEvents(run);
  assert.is(events.at(0)?.event, 'start');
  assert.is(events.at(-1)?.event, 'finished');
  const losses = events.filter(({ event }) => event === 'step').map(({ loss }) => loss);
  assert.ok(losses.length > 0 && losses.every((loss) => typeof loss === 'number' && loss > 0));
  assert.is(said(await trainTiny(folder, 'first')), 'DATA/first: holds a run already');
  assert.is(
    said(await trainTiny(folder, 'first', { resume: true, recipe: { lr: '1e-4' } })),
    'DATA/first: holds a run of another model, recipe or seed',
  );
});

test('weights at the end are the averaged ones', async () => {
  const run = path.join(folder, 'averaged');
  must(await trainTiny(folder, 'averaged', { recipe: { steps: '3' } }));
  const weights = openSafetensors(path.join(run, 'weights.safetensors'));
  const all = openSafetensors(path.join(run, 'checkpoints', '00000003.safetensors'));
  assert.ok(weights.ok && all.ok);
  if (!weights.ok || !all.ok) return;
  const [mine, average, raw] = [
    weights.value.read('out.weight'),
    all.value.read('ema.out.weight'),
    all.value.read('out.weight'),
  ];
  assert.equal(mine, average);
  assert.not.equal(mine, raw);
});

test('two batches whose gradients are averaged are one batch of twice the size', async () => {
  // no draws: the same images, times and noise would fall to other steps. So only what is equal by construction is compared:
  // the first step's gradients are those of a mean of two losses
  const halves = tinyJob({ batch: '4', accumulate: '2', steps: '1', drop_label: '0', flip: 'false', ema: '0.5' });
  const training = must(compileTraining(halves.job));
  const names = training.program.state.map(({ name }) => name);
  assert.ok(names.includes('sum.out.weight') && names.includes('m.out.weight') && names.includes('ema.out.weight'));
  const inputs = training.program.graph.inputs.map(({ name }) => name);
  assert.ok(inputs.includes('carry') && inputs.includes('apply'));
  // by hand on the engine: one step of 2 × 4 against the mean of the gradients of its parts, through Adam's first moment
  const one = tinyJob({ batch: '8', accumulate: '1', steps: '1', drop_label: '0', flip: 'false', ema: '0.5' });
  const whole = must(compileTraining(one.job));
  const { createFeeder } = await import('../../runtime/train/inputs.ts');
  const { initialise } = await import('../../runtime/weights/initialise.ts');
  const stateOf = (of: typeof training) =>
    initialise(
      of.program.state.map((each) => ({ path: each.name.replace(/^ema\./, ''), weight: each })),
      0,
    );
  const load = async (of: typeof training, batch: number) => {
    const made = stateOf(of);
    const state = new Map(of.program.state.map(({ name }) => [name, made.get(name.replace(/^ema\./, ''))!]));
    return onnx.load(of.program, state, { batch, threads: 1 });
  };
  const data = must(await openRunData(one.job, folder));
  const batches = must(batchesOf(one.job, data.dataset));
  const batch = await batches.at(0);
  assert.ok(batch.ok);
  if (!batch.ok) return;
  const feeds = must(createFeeder(one.job, whole)).feeds({ step: 1, part: 0, batch: batch.value });
  const big = await load(whole, 8);
  await big.run(feeds);
  const small = await load(training, 4);
  for (const part of [0, 1]) {
    const half = Object.fromEntries(
      Object.entries(feeds).map(([name, { dtype, shape, data: all }]) => {
        if (shape[0] !== 8) return [name, { dtype, shape, data: all }];
        const size = all.length / 2;
        return [name, { dtype, shape: [4, ...shape.slice(1)], data: all.subarray(part * size, (part + 1) * size) }];
      }),
    );
    const flags = {
      carry: { dtype: 'f32', shape: [], data: Float32Array.of(part) },
      apply: { dtype: 'bool', shape: [], data: Uint8Array.of(part) },
    } as const;
    await small.run({ ...half, ...flags });
  }
  for (const name of ['out.weight', 'm.out.weight', 'ema.y.weight', 'v.x.bias'].filter((each) =>
    names.includes(each),
  )) {
    const [a, b] = [await big.read(name), await small.read(name)];
    // sums in another order, and Adam divides by roots of small numbers
    for (const [i, value] of a.data.entries())
      assert.ok(Math.abs(value - b.data[i]!) <= 1e-4 * (Math.abs(value) + 1e-2), `${name}[${i}]`);
  }
  await big.dispose();
  await small.dispose();
});

test('stopped in the middle, it saves, and goes on to the same end', async () => {
  const recipe = { steps: '8', save_every: '100' };
  must(await trainTiny(folder, 'straight', { recipe }));
  let steps = 0;
  const stopped = must(await trainTiny(folder, 'stopped', { recipe, interrupted: () => ++steps >= 3 }));
  assert.is(stopped.ending, 'interrupted');
  assert.equal(
    listCheckpoints(path.join(folder, 'stopped')).map(({ step }) => step),
    [stopped.step],
  );
  must(await trainTiny(folder, 'stopped', { recipe, resume: true }));
  const [a, b] = ['straight', 'stopped'].map((run) => readFileSync(path.join(folder, run, 'weights.safetensors')));
  assert.ok(a!.equals(b!));
});

test('the best checkpoint stays beside the last ones', async () => {
  // weights that grow at every step: the loss is least at the beginning
  const optimizer = 'adamw(decay: -10)';
  const recipe = { steps: '12', lr: '0.1', optimizer, save_every: '1', keep: '2' };
  must(await trainTiny(folder, 'best', { recipe }));
  const logged = readEvents(path.join(folder, 'best')).filter(({ event }) => event === 'checkpoint');
  assert.is(logged.length, 12);
  const least = logged.reduce((best, each) => (Number(each.loss) < Number(best.loss) ? each : best));
  assert.ok(Number(least.step) < 11, 'the best is among the last: the test shows nothing');
  assert.is(least.best, true);
  assert.equal(
    listCheckpoints(path.join(folder, 'best')).map(({ step }) => step),
    [12, 11, least.step],
  );
});

test('a budget of time ends a run, whose last step is saved', async () => {
  const trained = must(
    await trainTiny(folder, 'budget', {
      recipe: { lr: '1e-3', steps: '1000000', seconds: '0.5', save_every: '1000000' },
    }),
  );
  assert.is(trained.ending, 'finished');
  assert.ok(trained.step > 0 && trained.step < 1_000_000 && trained.seconds >= 0.5);
  assert.is((await newestCheckpoint(path.join(folder, 'budget'))).checkpoint?.step, trained.step);
});

test('what a recipe lacks is said before anything runs', async () => {
  const cases: [Record<string, string>, RegExp][] = [
    [{ schedule: 'none' }, /schedule/],
    [{ objective: 'ancestral' }, /objective/],
    [{ setps: '3' }, /no field `setps`/],
    [{ weight: 'min_snr(cap: -1)' }, /more than 0/],
  ];
  for (const [recipe, expected] of cases) {
    let message = '';
    try {
      message = said(await trainTiny(folder, 'never', { recipe }));
    } catch (error) {
      message = String(error);
    }
    assert.match(message, expected);
    assert.not.ok(existsSync(path.join(folder, 'never')));
  }
});

test.run();
