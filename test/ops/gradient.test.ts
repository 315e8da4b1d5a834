/** Every gradient rule against central differences: each operand, each element; and the gradients of the gradients. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createBuilder } from '../../compiler/ir/builder.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { verify } from '../../compiler/ir/verify.ts';
import { OPS } from '../../compiler/ops/registry.ts';
import { checkDifferences, drawer } from './differences.ts';
import {
  batchesOf,
  buildGradientCase,
  feedGradientCase,
  feedWeights,
  type GradientCase,
  titleOf,
} from './gradient-case.ts';
import { GRADIENT_CASES } from './gradient-cases.ts';
import { sweep } from './sweep.ts';

function opAlone(example: GradientCase): Graph {
  const build = createBuilder();
  return build.finish([{ name: 'y', value: buildGradientCase(build, example, 'x') }], { name: example.op });
}

function feedsOf(example: GradientCase, graph: Graph, batch: number): Record<string, HostTensor> {
  const draw = drawer();
  const given = feedGradientCase(example, 'x', batch, draw);
  return { ...given, ...feedWeights(graph, batch, draw), ...feedWeights(sweep(graph), batch, draw) };
}

const pick = (graph: Graph, feeds: Readonly<Record<string, HostTensor>>) =>
  Object.fromEntries(graph.inputs.map(({ name }) => [name, feeds[name]!]));

for (const example of GRADIENT_CASES) {
  test(titleOf(example), () => {
    const forward = opAlone(example);
    const backward = sweep(forward);
    assert.equal(verify(backward), []);
    // every float that is fed has a gradient, and nothing else
    const floats = example.operands.flatMap((o, i) => ('number' in o || o.type.dtype !== 'f32' ? [] : [`d.x${i}`]));
    assert.equal(
      backward.results.map(({ name }) => name),
      floats,
    );
    const twice = sweep(backward);
    assert.equal(verify(twice), []);
    for (const batch of batchesOf(example)) {
      const feeds = feedsOf(example, forward, batch);
      checkDifferences(forward, backward, pick(backward, feeds), batch, 1e-7);
      checkDifferences(backward, twice, pick(twice, feeds), batch, 1e-6);
    }
  });
}

test('every op with a gradient is here', () => {
  const ops = Object.values(OPS).filter((op) => op.gradient !== 'none');
  const here = new Set(GRADIENT_CASES.map((example) => example.op));
  assert.equal(
    ops.map((op) => op.name).filter((name) => !here.has(name)),
    [],
  );
});

test.run();
