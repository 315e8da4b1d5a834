/** Layers that run again, as a recipe asks for it: the same step with more work and less memory. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { stepCost } from '../../compiler/cost/step-cost.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { loadProgram } from '../../runtime/engines/load.ts';
import { onnx } from '../../runtime/engines/onnx.ts';
import { compileTraining, type Training } from '../../runtime/train/compile.ts';
import { openJob } from '../../runtime/train/job.ts';
import { initialTensor } from '../../runtime/weights/initialise.ts';
import { startFeeds } from '../bench/dit-step.ts';
import { specOf } from '../specs/open.ts';
import { must, words } from '../train/small-run.ts';

const BATCH = 4;

/** A layer is two products of 16 by 64 a token: 2048 MACs a token, 4 tokens */
const LAYER_MACS = 2 * 16 * 64 * 4;

const spec = specOf(`dit 1
use std.embed { PatchEmbed, TimestepEmbedder, unpatchify }
use std.nn { Linear }
use std.blocks { Mlp }
use "./objectives.dit" { simple }
use "./optim.dit" { adamw }
block Layer(x: [N, T, D], c: [N, E]) -> [N, T, D] {
  return x + (Mlp(layernorm(x + c[:, _, :]), 64) as mlp)
}
model Layered() {
  input x: image[N, 8, 8, 1]
  input t: timestep[N]
  h = PatchEmbed(x, 4, 16)
  c = TimestepEmbedder(t, 16, frequencies: 8) as t
  for i in 0..3 { h = Layer(h, c) as blocks[i] }
  output eps = unpatchify(Linear(h, 16) as out, 2, 2, 4)
}
recipe quick {
  objective: simple
  schedule: linear(steps: 100, from: 1e-4, to: 2e-2)
  optimizer: adamw
  lr: 1e-3
  batch: ${BATCH}
  steps: 10
}
`);

const compile = (recompute: string) => {
  const recipeOverrides = [{ path: 'recompute', value: recompute }];
  return compileTraining(
    must(openJob(spec, { kind: 'target', name: 'Layered', overrides: [], recipeOverrides, seed: 0 })),
  );
};

async function twoSteps({ program }: Training): Promise<ReadonlyMap<string, HostTensor>> {
  const start = new Map(
    program.state.map(({ name, type, init }) => [name, initialTensor({ path: name, weight: { type, init } }, 0)]),
  );
  const session = await loadProgram(onnx, program, start, { batch: BATCH, threads: 1 });
  for (let step = 0; step < 2; step++) await session.run(startFeeds(program, BATCH));
  const after = new Map<string, HostTensor>();
  for (const { name } of program.state) after.set(name, await session.read(name));
  await session.dispose();
  return after;
}

test('each layer that runs again costs its forward pass once more, and memory falls', () => {
  const costs = ['0', '2', '3', 'all'].map((again) => stepCost(must(compile(again)).program, BATCH));
  const [none, two, three, all] = costs;
  assert.equal(all, three);
  // what the second product of an MLP makes is needed by no gradient: it does not run again
  const again = (LAYER_MACS / 2) * BATCH;
  assert.is(two!.macs - none!.macs, 2 * again);
  assert.is(three!.macs - none!.macs, 3 * again);
  // what the last layer needs is used at once, whether it was kept or is made again
  assert.ok(two!.activationBytes < none!.activationBytes);
  assert.is(three!.activationBytes, two!.activationBytes);
});

test('two steps end with the same weights', async () => {
  const [plain, again] = [await twoSteps(must(compile('0'))), await twoSteps(must(compile('all')))];
  for (const [name, { data }] of plain) {
    const most = Math.max(...Array.from(data, Math.abs));
    again.get(name)!.data.forEach((value, at) => {
      assert.ok(Math.abs(value - data[at]!) <= 1e-6 * most, `${name}: ${value}, not ${data[at]}`);
    });
  }
});

test('more layers than there are, and words that mean nothing, are refused', () => {
  const many = compile('4');
  assert.ok(!many.ok);
  if (!many.ok) assert.match(words(many.refusal), 'lets 4 layers run again, and the model has 3');
  assert.throws(() => compile('most'), /`recompute` must be a number of layers, or `all`/);
});

test.run();
