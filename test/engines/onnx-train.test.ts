/** Whole train steps on onnx against the float64 oracle, step after step, and the same bits every time. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { bindBatch } from '../../compiler/lower/bind-batch.ts';
import { flatten } from '../../compiler/lower/flatten.ts';
import { inPlace } from '../../compiler/lower/onnx/in-place.ts';
import { lowerGraph } from '../../compiler/lower/onnx/lower.ts';
import type { Engine } from '../../runtime/engines/engine.ts';
import { onnx } from '../../runtime/engines/onnx.ts';
import { reference } from '../../runtime/engines/reference.ts';
import { distance, largest } from './closeness.ts';
import { smallTrainStep, startingState, stepFeeds } from './small-train-step.ts';

const BATCH = 2;
const STEPS = 4;
/** Rounding adds up over the steps. */
const TOLERANCE = 5e-5;
/** This much of the largest number of the same kind of state counts as zero. */
const NOTHING = 1e-2;

type Trained = Record<string, HostTensor>;

async function run(engine: Engine, program: ReturnType<typeof smallTrainStep>, threads = 1): Promise<Trained> {
  const session = await engine.load(program, startingState(program), { batch: BATCH, threads });
  const found: Trained = {};
  for (let step = 1; step <= STEPS; step++) {
    const results = await session.run(stepFeeds(program, BATCH, step));
    for (const [name, tensor] of Object.entries(results)) found[`${name} ${step}`] = tensor;
  }
  for (const { name } of program.state) found[name] = await session.read(name);
  await session.dispose();
  return found;
}

const kindOf = (name: string): string => /^(m|v|ema)\./.exec(name)?.[1] ?? (/ \d$/.test(name) ? name : 'weight');

function assertClose(got: Trained, want: Trained): void {
  assert.equal(Object.keys(got), Object.keys(want));
  const most = new Map<string, number>();
  for (const [name, tensor] of Object.entries(want)) {
    most.set(kindOf(name), Math.max(most.get(kindOf(name)) ?? 0, largest(tensor)));
  }
  for (const [name, tensor] of Object.entries(want)) {
    const apart = distance(got[name]!, tensor, NOTHING * most.get(kindOf(name))!);
    assert.ok(apart <= TOLERANCE, `${name} is ${apart} off`);
  }
}

for (const [model, objective] of [
  ['DiT', 'ddpm'],
  ['SiT', 'flow'],
  ['DiT, in context', 'ddpm'],
] as const) {
  test(`${model} by ${objective}: losses, weights, moments and averages after ${STEPS} steps`, async () => {
    const program = smallTrainStep(model, objective);
    const [got, want] = [await run(onnx, program), await run(reference, program)];
    assertClose(got, want);
    const moved = program.state.filter(({ name, update }) => update && kindOf(name) === 'weight');
    const start = startingState(program);
    for (const { name } of moved) assert.ok(distance(got[name]!, start.get(name)!) > 1e-3, `${name} was trained`);
  });
}

test('the same start gives the same bits', async () => {
  const program = smallTrainStep('DiT', 'ddpm');
  for (const threads of [1, 2]) {
    const [one, two] = [await run(onnx, program, threads), await run(onnx, program, threads)];
    for (const [name, { data }] of Object.entries(one))
      assert.equal(data, two[name]!.data, `${name}, ${threads} threads`);
  }
});

test('moments and averages are written where they lie, weights that a gradient passes through are not', () => {
  const program = smallTrainStep('DiT', 'ddpm');
  const lowered = lowerGraph(bindBatch(flatten(program.graph), BATCH));
  const updated = program.state.filter(({ name, update }) => update !== undefined && lowered.state.has(name));
  const pairs = updated.map(({ name, update }) => [lowered.state.get(name)!, lowered.results.get(update!)!] as const);
  const safe = inPlace(lowered.model, pairs);
  const inPlaceAt = (name: string) => safe.has(lowered.state.get(name)!);
  for (const { name } of updated) if (/^(m|v|ema)\./.test(name)) assert.ok(inPlaceAt(name), name);
  for (const name of ['blocks.0.mlp.fc1.weight', 'blocks.1.attn.qkv.weight', 'final_layer.linear.weight']) {
    assert.not(inPlaceAt(name), name);
  }
});

test.run();
