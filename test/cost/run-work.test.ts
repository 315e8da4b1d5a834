/** Counting what runs agrees with running the passes and counting what they leave. */
import { readdirSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runWork } from '../../compiler/cost/run-work.ts';
import { workOf } from '../../compiler/cost/work.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import { asRun } from '../../compiler/passes/as-run.ts';
import { randomGraph } from '../ir/random-graph.ts';
import { modelOf, specNamed, specsFolder } from '../specs/open.ts';

const agrees = (graph: Graph): void => {
  const { macs, flops } = workOf(asRun(graph), 1);
  assert.equal(runWork(graph), { ...runWork(graph), macs, flops });
};

for (const file of readdirSync(specsFolder).sort()) {
  if (!file.endsWith('.dit')) continue;
  const spec = file.slice(0, -'.dit'.length);
  const { entry } = specNamed(spec);
  for (const [name, { scope, decl }] of entry.presets) {
    if (scope !== entry || decl.expect.some((fact) => fact.name.text === 'error')) continue;
    test(`${spec}: ${name}`, () => {
      const { inference, training } = modelOf(spec, name);
      agrees(inference);
      agrees(training);
    });
  }
}

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
