/** All that is counted on a folded graph is what it is on the same graph unrolled; a digest does not tell them apart. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tokensOf } from '../../compiler/cost/facts.ts';
import { activationBytes } from '../../compiler/cost/memory.ts';
import { modelCost } from '../../compiler/cost/module.ts';
import { runWork } from '../../compiler/cost/run-work.ts';
import { workOf } from '../../compiler/cost/work.ts';
import { digestOf } from '../../compiler/ir/digest.ts';
import type { FoldedGraph, Graph } from '../../compiler/ir/graph.ts';
import { unrolled } from '../../compiler/ir/unroll.ts';
import { verify } from '../../compiler/ir/verify.ts';
import { countMade, countParams, countWeights, weightBytes, weightsOf } from '../../compiler/ir/weights.ts';
import { asRun } from '../../compiler/passes/as-run.ts';
import { modelOf, presetsToBuild } from '../specs/open.ts';
import { randomRun } from './random-run.ts';

const weightsIn = (graph: FoldedGraph) => weightsOf(graph).map(({ path, shared }) => `${path} ${shared}`);

const figures = (graph: FoldedGraph) => {
  const run = asRun(graph);
  return {
    digest: digestOf(graph),
    params: countParams(graph),
    made: countMade(graph),
    tensors: countWeights(graph),
    weights: weightsIn(graph),
    bytes: weightBytes(graph),
    tokens: tokensOf(graph),
    work: [workOf(graph, 1), workOf(run, 1), workOf(run, 5)],
    runWork: runWork(graph),
    memory: [activationBytes(graph, 1), activationBytes(run, 3)],
    modules: [modelCost(graph, 1), modelCost(run, 2)],
    run: { digest: digestOf(run), weights: weightsIn(run) },
  };
};

for (const { spec, name } of presetsToBuild())
  test(`${spec}: ${name}`, () => {
    const { folded, inference, training } = modelOf(spec, name);
    assert.equal(figures(folded.inference), figures(inference));
    if (folded.training !== folded.inference) assert.equal(figures(folded.training), figures(training));
  });

test('runs at random', () => {
  let peeled = 0;
  for (let seed = 1; seed <= 400; seed++) {
    const graph = randomRun(seed);
    const flat = unrolled(graph);
    assert.equal(verify(flat), [], `seed ${seed}`);
    assert.equal(figures(graph), figures(flat), `seed ${seed}`);
    assert.equal(verify(unrolled(asRun(graph))), [], `seed ${seed}`);
    const calls = (each: FoldedGraph) => each.nodes.filter(({ kind }) => kind === 'call').length;
    if (calls(asRun(graph)) > calls(graph)) peeled++;
  }
  assert.ok(peeled > 10, `turns at the end differ in ${peeled}`);
});

test('an unrolled graph is the graph', () => {
  const flat: Graph = unrolled(randomRun(7));
  assert.is(unrolled(flat), flat);
});

test.run();
