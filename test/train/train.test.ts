/** Runs on a tiny model: what they leave, what they refuse, and what they say when something is taken from them. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Dataset } from '../../runtime/data/dataset.ts';
import { onnx } from '../../runtime/engines/onnx.ts';
import { listCheckpoints, newestCheckpoint } from '../../runtime/train/checkpoint.ts';
import { compileTraining } from '../../runtime/train/compile.ts';
import { readEvents } from '../../runtime/train/event-log.ts';
import { rateAt } from '../../runtime/train/rate.ts';
import { batchesOf, openRunData } from '../../runtime/train/run-data.ts';
import { train } from '../../runtime/train/train.ts';
import { openSafetensors } from '../../runtime/weights/safetensors.ts';
import { scratchFolder } from '../data/scratch.ts';
import { testIf } from '../skip.ts';
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

test('a checkpoint whose bytes were changed is passed over', async () => {
  const recipe = { steps: '5' };
  must(await trainTiny(folder, 'good', { recipe }));
  must(await trainTiny(folder, 'bad', { recipe }));
  const run = path.join(folder, 'bad');
  const file = path.join(run, 'checkpoints', '00000005.safetensors');
  const bytes = readFileSync(file);
  bytes[bytes.length - 5]! ^= 1;
  writeFileSync(file, bytes);
  const { checkpoint, damaged } = await newestCheckpoint(run);
  assert.is(checkpoint?.step, 4);
  assert.equal(
    damaged.map(({ step }) => step),
    [5],
  );
  must(await trainTiny(folder, 'bad', { recipe, resume: true }));
  for (const name of ['weights.safetensors', 'checkpoints/00000005.safetensors'])
    assert.ok(readFileSync(path.join(run, name)).equals(readFileSync(path.join(folder, 'good', name))), name);
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

test('a rate that is far too high stops with the step, and the last checkpoint is whole', async () => {
  const outcome = await trainTiny(folder, 'diverged', {
    recipe: { steps: '400', lr: '10', clip: '1e9', optimizer: 'adamw(beta1: 0, beta2: 0, eps: 1e-30, decay: -1e6)' },
  });
  const step = Number(/^step (\d+): /.exec(said(outcome))?.[1]);
  assert.match(said(outcome), new RegExp(`finite.*; the checkpoint of step ${step - 1} is whole$`));
  const { damaged } = await newestCheckpoint(path.join(folder, 'diverged'));
  assert.equal(damaged, []);
});

/** Files whose every write fails as on a full disk. */
const full = testIf(existsSync('/dev/full'), 'needs /dev/full');

full(
  'a full disk: the step is said, the last checkpoint stays, and with space it goes on to the same end',
  async () => {
    const recipe = { steps: '8', save_every: '3' };
    must(await trainTiny(folder, 'roomy', { recipe }));
    const run = path.join(folder, 'full');
    let steps = 0;
    must(await trainTiny(folder, 'full', { recipe, interrupted: () => ++steps >= 3 }));
    symlinkSync('/dev/full', path.join(run, 'checkpoints', '00000006.safetensors.partial'));
    const outcome = await trainTiny(folder, 'full', { recipe, resume: true });
    assert.match(
      said(outcome),
      /00000006.safetensors: the disk is full \(step 6; the checkpoint of step 3 is whole\)$/,
    );
    const { checkpoint, damaged } = await newestCheckpoint(run);
    assert.is(checkpoint?.step, 3);
    assert.equal(damaged, []);
    assert.equal(
      readdirSync(path.join(run, 'checkpoints')).filter((name) => name.includes('00000006')),
      [],
    );
    must(await trainTiny(folder, 'full', { recipe, resume: true }));
    const [a, b] = ['roomy', 'full'].map((name) => readFileSync(path.join(folder, name, 'weights.safetensors')));
    assert.ok(a!.equals(b!));
  },
);

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

test('a run folder that is removed, and data that end, are said, with the step', async () => {
  const { job } = tinyJob({ steps: '50', save_every: '2' });
  const training = must(compileTraining(job));
  const data = must(await openRunData(job, folder));
  const run = path.join(folder, 'removed');
  mkdirSync(run);
  const options = { run, engine: onnx, threads: 1, resume: false, interrupted: () => false };
  const removed = await train(job, training, must(batchesOf(job, data.dataset)), {
    ...options,
    watcher: {
      after: async (step) => {
        if (step === 3) rmSync(run, { recursive: true });
        return { ok: true, value: undefined };
      },
    },
  });
  assert.is(removed.ok, false);
  if (!removed.ok)
    assert.match(words(removed.refusal), /there is no such file or folder \(step 4; there is no checkpoint\)$/);

  mkdirSync(run);
  let reads = 0;
  const shrinking: Dataset = {
    ...data.dataset,
    async read(places) {
      if (++reads > 9) {
        return {
          ok: false,
          problem: { kind: 'truncated', file: 'images', message: 'the file ends at byte 7', remedy: 'get it again' },
        };
      }
      return data.dataset.read(places);
    },
  };
  const shrunk = await train(job, training, must(batchesOf(job, shrinking)), { ...options, watcher: {} });
  assert.is(shrunk.ok, false);
  if (!shrunk.ok)
    assert.match(
      words(shrunk.refusal),
      /^images: the file ends at byte 7 \(step 5; the checkpoint of step 4 is whole\)$/,
    );
  assert.is((await newestCheckpoint(run)).checkpoint?.step, 4);
});

test('a data file that shrinks while it is read', async () => {
  const file = path.join(folder, 'latents.npy');
  const header = "{'descr': '|u1', 'fortran_order': False, 'shape': (24, 8, 8, 1), }".padEnd(117);
  const bytes = Buffer.concat([
    Buffer.from(`\x93NUMPY\x01\x00\x76\x00${header}\n`, 'latin1'),
    Buffer.alloc(24 * 64, 9),
  ]);
  writeFileSync(file, bytes);
  const { job } = tinyJob({ steps: '50', save_every: '2', drop_label: '0' });
  const data = must(await openRunData(job, file));
  const run = path.join(folder, 'shrunk');
  mkdirSync(run);
  const outcome = await train(job, must(compileTraining(job)), must(batchesOf(job, data.dataset)), {
    ...{ run, engine: onnx, threads: 1, resume: false, interrupted: () => false },
    watcher: {
      after: async (step) => {
        if (step === 3) truncateSync(file, bytes.length - 1200);
        return { ok: true, value: undefined };
      },
    },
  });
  data.dataset.close();
  assert.is(outcome.ok, false);
  if (!outcome.ok)
    assert.match(
      words(outcome.refusal),
      /latents.npy: .*(end|short|truncated).* \(step \d+; the checkpoint of step \d+ is whole\)$/,
    );
  const { checkpoint, damaged } = await newestCheckpoint(run);
  assert.ok(checkpoint !== undefined && checkpoint.step >= 2);
  assert.equal(damaged, []);
});

test.run();
