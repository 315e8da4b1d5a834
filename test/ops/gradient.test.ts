/** Every gradient rule against central differences: each operand, each element; and the gradients of the gradients. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createBuilder } from '../../compiler/ir/builder.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { showType } from '../../compiler/ir/type.ts';
import { verify } from '../../compiler/ir/verify.ts';
import { OPS } from '../../compiler/ops/registry.ts';
import { checkDifferences, drawer, tensorOf } from './differences.ts';
import { GRADIENT_CASES, type GradientCase } from './gradient-cases.ts';
import { sweep } from './sweep.ts';

const title = ({ op, operands, attributes = {} }: GradientCase) =>
  `${op}(${operands.map((o) => ('number' in o ? o.number : showType(o.type))).join(', ')}) ${JSON.stringify(attributes)}`;

function opAlone({ op, operands, attributes }: GradientCase): Graph {
  const build = createBuilder();
  const values = operands.map((o, i) => ('number' in o ? build.number(o.number) : build.input(`x${i}`, o.type)));
  return build.finish([{ name: 'y', value: build.op(op, values, attributes) }], { name: op });
}

function feedsOf({ operands, batch = 1 }: GradientCase, graph: Graph): Record<string, HostTensor> {
  const draw = drawer();
  const feeds: Record<string, HostTensor> = {};
  for (const [i, o] of operands.entries()) {
    if ('number' in o) continue;
    const { from = -1, to = 1, data } = o;
    feeds[`x${i}`] = tensorOf(o.type, batch, (at) => data?.[at] ?? from + (to - from) * draw());
  }
  const weigh = (weighed: Graph) => {
    for (const { name, value } of weighed.results) {
      feeds[`weight.${name}`] = tensorOf(weighed.values[value]!.type, batch, () => draw() * 2 - 1);
    }
  };
  weigh(graph);
  weigh(sweep(graph));
  return feeds;
}

const pick = (graph: Graph, feeds: Readonly<Record<string, HostTensor>>) =>
  Object.fromEntries(graph.inputs.map(({ name }) => [name, feeds[name]!]));

for (const example of GRADIENT_CASES) {
  test(title(example), () => {
    const { operands, batch = 1 } = example;
    const forward = opAlone(example);
    const backward = sweep(forward);
    assert.equal(verify(backward), []);
    // every float that is fed has a gradient, and nothing else
    const floats = operands.flatMap((o, i) => ('number' in o || o.type.dtype !== 'f32' ? [] : [`d.x${i}`]));
    assert.equal(
      backward.results.map(({ name }) => name),
      floats,
    );
    const feeds = feedsOf(example, forward);
    checkDifferences(forward, backward, pick(backward, feeds), batch, 1e-7);

    const twice = sweep(backward);
    assert.equal(verify(twice), []);
    checkDifferences(backward, twice, pick(twice, feeds), batch, 1e-6);
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
