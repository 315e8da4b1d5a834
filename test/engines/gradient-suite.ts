/** Every gradient rule on an engine: on the cases that differences confirm against the oracle, at its edges by hand. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createBuilder } from '../../compiler/ir/builder.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { evaluate } from '../../compiler/lower/reference/evaluate.ts';
import type { Engine } from '../../runtime/engines/engine.ts';
import { drawer } from '../ops/differences.ts';
import {
  batchesOf,
  buildGradientCase,
  feedGradientCase,
  feedWeights,
  type GradientCase,
  titleOf,
} from '../ops/gradient-case.ts';
import { GRADIENT_CASES } from '../ops/gradient-cases.ts';
import { feedGradientEdges, GRADIENT_EDGES, gradientEdgesGraph, missedGradients } from '../ops/gradient-edges.ts';
import { sweep } from '../ops/sweep.ts';
import { distance } from './closeness.ts';

/** The gradients of all cases as one graph, and what it is fed. */
function backward(name: string, cases: readonly GradientCase[], batch: number) {
  const build = createBuilder();
  const draw = drawer();
  const feeds: Record<string, HostTensor> = {};
  const results = cases.map((example, at) => {
    Object.assign(feeds, feedGradientCase(example, `x${at}.`, batch, draw));
    return { name: `y${at}`, value: buildGradientCase(build, example, `x${at}.`) };
  });
  const forward = build.finish(results, { name });
  Object.assign(feeds, feedWeights(forward, batch, draw));
  const graph = sweep(forward);
  return { graph, inputs: Object.fromEntries(graph.inputs.map(({ name }) => [name, feeds[name]!])) };
}

/** `tolerances`: of the largest number of a gradient, where it is not 1e-5. */
export function testGradients(engine: Engine, tolerances: Readonly<Record<string, number>> = {}): void {
  for (const batch of new Set(GRADIENT_CASES.flatMap(batchesOf))) {
    test(`${engine.name}: gradients with N = ${batch}`, async () => {
      const cases = GRADIENT_CASES.filter((example) => batchesOf(example).includes(batch));
      const { graph, inputs } = backward('gradients', cases, batch);
      const want = evaluate(graph, { inputs, batch });
      const session = await engine.load({ name: 'gradients', graph, state: [] }, new Map(), { batch, threads: 1 });
      const got = await session.run(inputs);
      await session.dispose();
      for (const [name, tensor] of Object.entries(want)) {
        const apart = distance(got[name]!, tensor);
        const example = cases[Number(/^d\.x(\d+)/.exec(name)![1])]!;
        assert.ok(apart <= (tolerances[example.op] ?? 1e-5), `${titleOf(example)}, ${name}: ${apart}`);
      }
    });
  }

  test(`${engine.name}: gradients at the edges`, async () => {
    const graph = gradientEdgesGraph(GRADIENT_EDGES);
    const session = await engine.load({ name: 'edges', graph, state: [] }, new Map(), { batch: 1, threads: 1 });
    const results = await session.run(feedGradientEdges(GRADIENT_EDGES, graph));
    await session.dispose();
    assert.equal(missedGradients(GRADIENT_EDGES, results), []);
  });
}
