/** Which value of a step was the first that is not finite. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openJob } from '../../runtime/train/job.ts';
import { trainRun } from '../../runtime/train/run-folder.ts';
import { scratchFolder } from '../data/scratch.ts';
import { specOf } from '../specs/open.ts';
import { must, request, words, writeData } from './small-run.ts';

const folder = writeData(scratchFolder());

/** Timesteps are 0 to 99. `reach` opens in the block that is called at the path `inner`. */
const specWith = (reach: string, recipe = ''): string => `dit 1
use std.nn { Linear }
use std.embed { PatchEmbed, unpatchify }
use "./objectives.dit" { simple }
use "./optim.dit" { adamw }
block Inner(h: [N, T, D], t: [N]) -> [N, T, D] {
  before = t * 2
  root = ${reach}
  after = root + 1
  return h + Linear(h, D) as fc * after[:, _, _]
}
model Broken() {
  input x: image[N, 8, 8, 1]
  input t: timestep[N]
  h = PatchEmbed(x, 4, 8)
  h = Inner(h, t) as inner
  output eps = unpatchify(Linear(h, 16) as out, 2, 2, 4)
}
recipe quick {
  objective: simple
  schedule: linear(steps: 100, from: 1e-4, to: 2e-2)
  optimizer: adamw
  lr: 1e-3
  batch: 4
  steps: 20
  save_every: 5
  ${recipe}
}
`;

async function stop(name: string, text: string): Promise<string> {
  const job = must(
    openJob(specOf(text), { kind: 'target', name: 'Broken', overrides: [], recipeOverrides: [], seed: 0 }),
  );
  const outcome = await trainRun({ ...request(folder, name), job });
  return outcome.ok ? 'it finished' : words(outcome.refusal);
}

test('a root of what is negative, in the first step', async () => {
  const said = await stop('first', specWith('sqrt(before - 1000)'));
  assert.match(
    said,
    /^step 1: `loss` is not finite; the first value on its way that is not is `inner\.root`; there is no/,
  );
});

test('also where gradients of several batches are averaged', async () => {
  assert.match(await stop('parts', specWith('log(before - 1000)', 'accumulate: 2')), 'is `inner.root`');
});

test.run();
