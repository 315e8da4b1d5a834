/** Every spec on an engine against the float64 oracle: forward and backward, and whole train steps. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gradientGraph } from '../../compiler/grad/gradient.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import { evaluate } from '../../compiler/lower/reference/evaluate.ts';
import { runPasses } from '../../compiler/passes/pipeline.ts';
import type { Engine } from '../../runtime/engines/engine.ts';
import { reference } from '../../runtime/engines/reference.ts';
import { distance, largest } from './closeness.ts';
import { programOf } from './golden-suite.ts';
import { randomInputs, randomWeights, SMALL_MODELS, type SmallModel, smallModel } from './small-models.ts';
import { smallTrainStep, startingState, stepFeeds } from './small-train-step.ts';

/** Some gradients are sums that come to zero, as that of a bias before a norm: this much of the largest result counts as zero. */
const NOTHING = 1e-2;

async function compare(engine: Engine, name: SmallModel, graph: Graph, batch: number, allowed: number): Promise<void> {
  const weights = randomWeights(graph);
  const inputs = randomInputs(graph, batch);
  const want = evaluate(graph, { inputs, weights, batch });
  const session = await engine.load(programOf(name, graph), weights, { batch, threads: 1 });
  const got = await session.run(inputs);
  await session.dispose();
  assert.equal(Object.keys(got), Object.keys(want));
  const least = NOTHING * Math.max(...Object.values(want).map(largest));
  for (const [result, tensor] of Object.entries(want)) {
    const apart = distance(got[result]!, tensor, least);
    assert.ok(apart <= allowed, `${name}, batch ${batch}: ${result} is ${apart} off`);
  }
}

/** `toleranceOf`: of the largest number of a result. */
export function testSpecs(engine: Engine, toleranceOf: (name: SmallModel) => number): void {
  for (const name of SMALL_MODELS) {
    test(`${engine.name}: ${name}, forward, as it is and after all passes`, async () => {
      const { inference } = smallModel(name);
      await compare(engine, name, inference, 1, toleranceOf(name));
      await compare(engine, name, runPasses(inference), 1, toleranceOf(name));
    });

    test(`${engine.name}: ${name}, backward, as it is and after all passes`, async () => {
      const { training } = smallModel(name);
      const outputs = training.results.flatMap((result) => result.name ?? []);
      const inputs = training.inputs.flatMap((input) =>
        training.values[input.value]!.type.dtype === 'f32' ? input.name : [],
      );
      const both = gradientGraph(training, { cotangents: outputs, inputs });
      await compare(engine, name, both, 2, toleranceOf(name));
      await compare(engine, name, runPasses(both), 2, toleranceOf(name));
    });
  }
}

const BATCH = 2;
const STEPS = 3;

const kindOf = (name: string): string => /^(m|v|ema)\./.exec(name)?.[1] ?? 'weight';

/** Losses, weights, moments and averages of a few steps, and that a second run of them has the same bits. */
export function testTrainStep(engine: Engine, allowed: number): void {
  test(`${engine.name}: ${STEPS} train steps, and the same bits again`, async () => {
    const program = smallTrainStep('DiT', 'ddpm');
    const run = async (by: Engine) => {
      const session = await by.load(program, startingState(program), { batch: BATCH, threads: 1 });
      const losses: number[] = [];
      for (let step = 1; step <= STEPS; step++) {
        const results = await session.run(stepFeeds(program, BATCH, step));
        losses.push(results.loss!.data[0]!);
      }
      const state = await Promise.all(program.state.map(async ({ name }) => [name, await session.read(name)] as const));
      await session.dispose();
      return { losses, state };
    };
    const [got, again, want] = [await run(engine), await run(engine), await run(reference)];
    for (const [at, loss] of want.losses.entries())
      assert.ok(Math.abs(got.losses[at]! - loss) <= allowed * Math.abs(loss));
    const most = new Map<string, number>();
    for (const [name, tensor] of want.state)
      most.set(kindOf(name), Math.max(most.get(kindOf(name)) ?? 0, largest(tensor)));
    for (const [at, [name, tensor]] of want.state.entries()) {
      const apart = distance(got.state[at]![1], tensor, NOTHING * most.get(kindOf(name))!);
      assert.ok(apart <= allowed, `${name} is ${apart} off`);
      assert.equal(again.state[at]![1].data, got.state[at]![1].data, `${name}, again`);
    }
  });
}
