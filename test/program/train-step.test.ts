/** One step of training by hand: what clipping, averages and the first step of Adam come to. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { reference } from '../../runtime/engines/reference.ts';
import { compileTraining } from '../../runtime/train/compile.ts';
import { createFeeder } from '../../runtime/train/inputs.ts';
import { batchesOf, openRunData } from '../../runtime/train/run-data.ts';
import { initialTensor } from '../../runtime/weights/initialise.ts';
import { scratchFolder } from '../data/scratch.ts';
import { must, tinyJob, writeData } from '../train/small-run.ts';

const folder = writeData(scratchFolder());

/** State before and after one step, and its results. */
async function oneStep(recipe: Readonly<Record<string, string>>) {
  const { job } = tinyJob({ accumulate: '1', lr: '0.01', optimizer: 'adamw', ...recipe });
  const training = must(compileTraining(job));
  const data = must(await openRunData(job, folder));
  const batch = await must(batchesOf(job, data.dataset)).at(0);
  if (!batch.ok) throw new Error(batch.problem.message);
  const before = new Map<string, HostTensor>();
  for (const { name, type, init } of training.program.state)
    before.set(name, initialTensor({ path: name.replace(/^ema\./, ''), weight: { type, init } }, 0));
  const session = await reference.load(training.program, before, { batch: job.recipe.batch });
  const feeds = must(createFeeder(job, training)).feeds({ step: 1, part: 0, batch: batch.value });
  const results = await session.run(feeds);
  const after = new Map<string, HostTensor>();
  for (const name of before.keys()) after.set(name, await session.read(name));
  return { before, after, results, feeds };
}

const near = (a: number, b: number, what: string): void =>
  assert.ok(Math.abs(a - b) <= 1e-5 * Math.abs(a) + 2e-7, `${what}: ${a}, not ${b}`);

test('the first moment after one step is the gradient; clipped, it is as long as the limit', async () => {
  const free = await oneStep({ clip: '1e6' });
  const clipped = await oneStep({ clip: '0.25' });
  const moments = [...free.after.keys()].filter((name) => name.startsWith('m.'));
  const square = (of: typeof free): number =>
    moments.reduce((sum, name) => sum + Array.from(of.after.get(name)!.data).reduce((all, g) => all + g * g, 0), 0);
  const norm = free.results.grad_norm!.data[0]!;
  assert.ok(norm > 0.5, 'there is something to clip');
  near(Math.sqrt(square(free)), norm, 'the norm over all gradients');
  near(clipped.results.grad_norm!.data[0]!, norm, 'the norm before it is clipped');
  near(Math.sqrt(square(clipped)), 0.25, 'the norm after');
  near(
    clipped.after.get('m.out.weight')!.data[0]!,
    (free.after.get('m.out.weight')!.data[0]! * 0.25) / norm,
    'a gradient',
  );
});

test('the first step of Adam goes the rate against the sign of each gradient; averages follow by one minus their decay', async () => {
  const { before, after } = await oneStep({ ema: '0.9', clip: '1e6' });
  for (const name of ['out.weight', 'x.proj.bias'].filter((each) => before.has(each))) {
    const [w0, w1, g, average] = [
      before.get(name)!,
      after.get(name)!,
      after.get(`m.${name}`)!,
      after.get(`ema.${name}`)!,
    ];
    for (const [i, start] of w0.data.entries()) {
      // Adam divides by |g| + 1e-8
      if (Math.abs(g.data[i]!) < 1e-2) continue;
      near(w1.data[i]! - start, -0.01 * Math.sign(g.data[i]!), `${name}[${i}]`);
      near(average.data[i]!, 0.9 * start + 0.1 * w1.data[i]!, `ema.${name}[${i}]`);
    }
  }
});

test('weights decay by rate times decay', async () => {
  const [plain, decayed] = [await oneStep({}), await oneStep({ optimizer: 'adamw(decay: 0.5)' })];
  const [start, a, b] = [plain.before, plain.after, decayed.after].map((state) => state.get('out.weight')!.data);
  for (const [i, w] of start!.entries()) near(a![i]! - b![i]!, 0.01 * 0.5 * w, `out.weight[${i}]`);
});

test('what is fed follows from the seed and the step alone', async () => {
  const [first, again] = [await oneStep({}), await oneStep({ lr: '0.5' })];
  for (const name of ['x0', 'noise', 't', 'y']) assert.equal(first.feeds[name]!.data, again.feeds[name]!.data);
  assert.ok(first.feeds.t!.data.every((t) => Number.isInteger(t) && t >= 0 && t < 100));
});

test.run();
