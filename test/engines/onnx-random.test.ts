/** Random graphs on onnx, as they come and after the passes, against the float64 oracle on the graph as it came. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Graph } from '../../compiler/ir/graph.ts';
import { evaluate } from '../../compiler/lower/reference/evaluate.ts';
import { runPasses } from '../../compiler/passes/pipeline.ts';
import { weightState } from '../../compiler/program/compose.ts';
import { onnx } from '../../runtime/engines/onnx.ts';
import { randomGraph } from '../ir/random-graph.ts';
import { distance } from './closeness.ts';
import { randomInputs, randomWeights } from './small-models.ts';

const SEEDS = 60;
/** Chains of exponentials and quotients lose more than single ops do; what is below `LEAST` is a difference that came to zero. */
const TOLERANCE = 1e-4;
const LEAST = 1e-6;

async function run(graph: Graph, batch: number) {
  const program = { name: 'random', graph, state: weightState(graph) };
  const session = await onnx.load(program, randomWeights(graph), { batch, threads: 1 });
  const results = await session.run(randomInputs(graph, batch));
  await session.dispose();
  return results;
}

for (const passes of [false, true]) {
  test(`${SEEDS} graphs${passes ? ' after the passes' : ''}`, async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const graph = randomGraph(seed);
      const batch = 1 + (seed % 3);
      const want = evaluate(graph, { inputs: randomInputs(graph, batch), weights: randomWeights(graph), batch });
      const got = await run(passes ? runPasses(graph) : graph, batch);
      for (const [name, tensor] of Object.entries(want)) {
        const apart = distance(got[name]!, tensor, LEAST);
        assert.ok(apart <= TOLERANCE, `seed ${seed}, batch ${batch}: ${name} is ${apart} off`);
      }
    }
  });
}

test.run();
