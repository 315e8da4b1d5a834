import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { instantiate } from '../../compiler/elaborate/spec.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import { verify } from '../../compiler/ir/verify.ts';
import { countParams, weightsOf } from '../../compiler/ir/weights.ts';
import { PASSES } from '../../compiler/passes/as-run.ts';
import { runPasses, STAGES, stagesOf } from '../../compiler/passes/pipeline.ts';
import { randomGraph } from '../ir/random-graph.ts';
import { runnerOf } from '../ir/random-tensors.ts';
import { openShipped, shippedModel } from '../ir/spec-model.ts';

const GRAPHS = 60;

for (const { name, run: pass } of PASSES) {
  test(`${name} keeps every output, bit by bit`, () => {
    let changed = 0;
    for (let seed = 0; seed < GRAPHS; seed++) {
      const graph = randomGraph(seed, 16);
      const after = pass(graph);
      assert.equal(verify(after), [], `seed ${seed}`);
      const run = runnerOf(graph, seed);
      assert.equal(run(after), run(graph), `seed ${seed}`);
      if (after !== graph) changed += 1;
    }
    assert.ok(changed > GRAPHS / 4, `changed only ${changed}`);
  });

  test(`${name} loses no weight and no input, and has nothing to do a second time`, () => {
    for (let seed = 0; seed < GRAPHS; seed++) {
      const graph = randomGraph(seed, 16);
      const after = pass(graph);
      assert.equal(
        weightsOf(after).map(({ path }) => path),
        weightsOf(graph).map(({ path }) => path),
      );
      assert.equal(
        after.inputs.map(({ name, role }) => ({ name, role })),
        graph.inputs.map(({ name, role }) => ({ name, role })),
      );
      assert.equal(
        after.results.map(({ name }) => name),
        graph.results.map(({ name }) => name),
      );
      assert.is(pass(graph), after);
      assert.is(pass(after), after, `seed ${seed}`);
    }
  });
}

test('all passes one after the other keep every output', () => {
  for (let seed = GRAPHS; seed < 2 * GRAPHS; seed++) {
    const graph = randomGraph(seed, 24);
    const run = runnerOf(graph, seed);
    const expected = run(graph);
    for (const stage of stagesOf(graph)) assert.equal(run(stage.graph), expected, `seed ${seed}, ${stage.name}`);
  }
});

test('stages by name', () => {
  const graph = randomGraph(1);
  const stages = [...stagesOf(graph)];
  assert.equal(
    stages.map(({ name }) => name),
    ['elaborate', 'fold-constants', 'share-equal', 'drop-unused', 'hoist-conditioning'],
  );
  assert.equal(
    [...STAGES],
    stages.map(({ name }) => name),
  );
  for (const { name, graph: after } of stages) assert.is(runPasses(graph, name), after);
  assert.is(runPasses(graph), stages[3]!.graph);
  assert.throws(() => runPasses(graph, 'simplify'), /no pass is called simplify/);
});

test('a graph that is none does not go through', () => {
  const graph = randomGraph(1);
  assert.throws(() => runPasses({ ...graph, nodes: [...graph.nodes].reverse() }), /is no graph after elaborate: /);
});

test('blocks stay blocks: DiT-XL/2 keeps 28 calls of one graph', () => {
  const { inference } = shippedModel('dit.dit', 'DiT-XL/2');
  const after = runPasses(inference);
  const backbone = after.nodes.flatMap((node) => (node.kind === 'call' ? [node.callee] : []))[0]!;
  const layers = backbone.nodes.flatMap((node) =>
    node.kind === 'call' && node.prefix.startsWith('blocks.') ? [node.callee] : [],
  );
  assert.is(layers.length, 28);
  assert.is(new Set(layers).size, 1);
  assert.equal(countParams(after), countParams(inference));
});

test('models of one spec that share blocks share what passes make of them', () => {
  const spec = openShipped('dit.dit');
  const called = (graph: Graph, prefix: string) =>
    graph.nodes.flatMap((node) => (node.kind === 'call' && node.prefix === prefix ? [node.callee] : []))[0]!;
  const attention = (depth: string) => {
    const { model } = instantiate(spec, 'DiT-S/2', [{ path: 'size.depth', value: depth }]);
    return called(called(called(runPasses(model!.inference), ''), 'blocks.1'), 'attn');
  };
  assert.is(attention('2'), attention('3'));
});

test.run();
