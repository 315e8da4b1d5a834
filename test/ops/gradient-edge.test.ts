/** Gradients where differences say nothing, by hand, on the oracle; and what gradients are made of. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createBuilder } from '../../compiler/ir/builder.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import { evaluate, roundTensor } from '../../compiler/lower/reference/evaluate.ts';
import { OPS } from '../../compiler/ops/registry.ts';
import {
  buildGradientEdge,
  feedGradientEdges,
  GRADIENT_EDGES,
  gradientEdgesGraph,
  missedGradients,
} from './gradient-edges.ts';
import { sweep } from './sweep.ts';

for (const example of GRADIENT_EDGES) {
  test(`${example.op}: ${example.about}`, () => {
    const graph = gradientEdgesGraph([example]);
    const results = evaluate(graph, { inputs: feedGradientEdges([example], graph) });
    assert.is(graph.results.length, example.expected.length);
    const rounded = Object.entries(results).map(([name, tensor]) => [name, roundTensor(tensor)] as const);
    assert.equal(missedGradients([example], Object.fromEntries(rounded)), []);
  });
}

/** The gradients of a call on rows of two. */
function swept(op: string, ...numbers: readonly number[]): Graph {
  const build = createBuilder();
  const value = buildGradientEdge(build, { op, operands: [[1, 2], ...numbers] }, 'x');
  return sweep(build.finish([{ name: 'y', value }], { name: op }));
}

test('a known exponent takes no logarithm, and a square no power', () => {
  const ops = (power: number) =>
    swept('pow', power)
      .nodes.flatMap((node) => (node.kind === 'op' ? [node.op] : []))
      .slice(1);
  assert.equal(ops(2), ['mul', 'mul']);
  assert.equal(ops(3), ['pow', 'mul', 'mul']);
  assert.equal(ops(1), []);
  assert.equal(ops(0), []);
  assert.not(ops(0.5).includes('log'));
});

test('comparisons, argsort, arange and detach have none', () => {
  const without = Object.values(OPS).filter((op) => op.gradient === 'none');
  assert.equal(without.map((op) => op.name).sort(), ['arange', 'argsort', 'detach', 'eq', 'le', 'lt', 'ne']);
  assert.equal(swept('detach').results, []);
});

test.run();
