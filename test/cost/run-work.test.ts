/** Counting what runs agrees with running the passes and counting what they leave. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runWork } from '../../compiler/cost/run-work.ts';
import { workOf } from '../../compiler/cost/work.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import { asRun } from '../../compiler/passes/as-run.ts';
import { randomGraph } from '../ir/random-graph.ts';
import { modelOf, presetsToBuild } from '../specs/open.ts';

const agrees = (graph: Graph): void => {
  const { macs, flops } = workOf(asRun(graph), 1);
  assert.equal(runWork(graph), { ...runWork(graph), macs, flops });
};

for (const { spec, name } of presetsToBuild())
  test(`${spec}: ${name}`, () => {
    const { inference, training } = modelOf(spec, name);
    agrees(inference);
    agrees(training);
  });

test('graphs at random: constants, equal nodes, unread results and inputs', () => {
  let unequal = 0;
  for (let seed = 0; seed < 200; seed++) {
    const graph = randomGraph(seed);
    agrees(graph);
    if (workOf(graph, 1).flops !== runWork(graph).flops) unequal++;
  }
  assert.ok(unequal > 50, `the passes make a difference for ${unequal}`);
});

test.run();
