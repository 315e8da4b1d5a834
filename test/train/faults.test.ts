/** What a run says when something is taken from it, and that the last good checkpoint is left. */
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
import { newestCheckpoint } from '../../runtime/train/checkpoint.ts';
import { compileTraining } from '../../runtime/train/compile.ts';
import { batchesOf, openRunData } from '../../runtime/train/run-data.ts';
import { train } from '../../runtime/train/train.ts';
import { scratchFolder } from '../data/scratch.ts';
import { testIf } from '../skip.ts';
import { must, tinyJob, trainTiny, words, writeData } from './small-run.ts';

const folder = writeData(scratchFolder());
const said = (outcome: Awaited<ReturnType<typeof trainTiny>>): string =>
  outcome.ok ? 'fine' : words(outcome.refusal).replaceAll(folder, 'DATA');

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
  const notes: string[] = [];
  must(await trainTiny(folder, 'bad', { recipe, resume: true, onNote: (note) => notes.push(note) }));
  assert.match(notes.join(), 'the checkpoint of step 5 is damaged');
  for (const name of ['weights.safetensors', 'checkpoints/00000005.safetensors'])
    assert.ok(readFileSync(path.join(run, name)).equals(readFileSync(path.join(folder, 'good', name))), name);
});

test('a rate that is far too high stops with the step, and the last checkpoint is whole', async () => {
  const outcome = await trainTiny(folder, 'diverged', {
    recipe: { steps: '400', lr: '10', clip: '1e9', optimizer: 'adamw(beta1: 0, beta2: 0, eps: 1e-30, decay: -1e6)' },
  });
  const step = Number(/^step (\d+): /.exec(said(outcome))?.[1]);
  assert.match(
    said(outcome),
    new RegExp(`finite; the first value on its way that is not is .*; the checkpoint of step ${step - 1} is whole$`),
  );
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

test('a run folder that is removed, and data that end, are said, with the step', async () => {
  const { job } = tinyJob({ steps: '50', save_every: '2' });
  const training = must(compileTraining(job));
  const data = must(await openRunData(job, folder));
  const run = path.join(folder, 'removed');
  mkdirSync(run);
  const options = { run, engine: onnx, threads: 1, interrupted: () => false };
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
    ...{ run, engine: onnx, threads: 1, interrupted: () => false },
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
