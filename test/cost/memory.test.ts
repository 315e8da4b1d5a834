/** Activation memory, against a replay of the flat graph and against hand arithmetic. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { activationBytes } from '../../compiler/cost/memory.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import { BYTES, countElements } from '../../compiler/ir/type.ts';
import { unrolled } from '../../compiler/ir/unroll.ts';
import { flatten } from '../../compiler/lower/flatten.ts';
import { opNamed } from '../../compiler/ops/registry.ts';
import { asRun } from '../../compiler/passes/as-run.ts';
import { randomRun } from '../ir/random-run.ts';
import { modelOf, presetsOf, specFile, specFiles, specOf } from './model.ts';

/** Runs through the nodes of the flat graph; each memory is there from the node that makes it to the last that needs it. */
function replay(graph: Graph, n: number): number {
  const { inputs, nodes, results, values } = flatten(graph);
  const memory = values.map((_, value) => value);
  const born = new Map<number, number>(inputs.map(({ value }) => [value, -1]));
  const last = new Map<number, number>();
  for (const [at, node] of nodes.entries()) {
    if (node.kind !== 'op') continue;
    const result = node.results[0]!;
    const types = node.operands.map((operand) => values[operand]!.type);
    if (opNamed(node.op).aliases?.(types, node.attributes)) memory[result] = memory[node.operands[0]!]!;
    else born.set(result, at);
    for (const value of [...node.operands, result]) last.set(memory[value]!, at);
  }
  for (const { value } of results) last.set(memory[value]!, nodes.length);
  // bytes that come and go with each node
  const come = new Float64Array(nodes.length + 2);
  for (const [value, from] of born) {
    const { dtype, shape } = values[value]!.type;
    const size = countElements(shape, n) * BYTES[dtype];
    come[from + 1]! += size;
    const until = (last.get(value) ?? -1) + 2;
    if (until < come.length) come[until]! -= size;
  }
  let live = 0;
  let peak = 0;
  for (const change of come) peak = Math.max(peak, (live += change));
  return peak;
}

for (const file of specFiles) {
  const spec = specFile(file);
  for (const preset of presetsOf(spec)) {
    test(`${preset}: as if the flat graph were run`, () => {
      const model = modelOf(spec, preset);
      for (const graph of new Set([model.inference, model.training].map(asRun)))
        for (const n of [1, 3]) assert.is(activationBytes(graph, n), replay(graph, n));
    });
  }
}

test('runs at random: as if the flat graph were run', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const graph = asRun(randomRun(seed));
    assert.is(activationBytes(graph, 2), replay(unrolled(graph), 2), `seed ${seed}`);
  }
});

const peak = (body: string, n = 1, blocks = ''): number =>
  activationBytes(asRun(modelOf(specOf(`${blocks}\nmodel M() {\n${body}\n}`)).inference), n);

test('by hand: floats of 4 bytes, a batch of 2', () => {
  // x and exp(x) are both there: 2 · [2, 10]
  assert.is(peak('input x: image[N, 10]\noutput y = exp(x)', 2), 2 * 2 * 10 * 4);
  // a, then b; x is gone when b is made: x, a and then a, b
  assert.is(peak('input x: image[N, 10]\na = exp(x)\noutput y = exp(a)', 1), 2 * 10 * 4);
  // x is wanted again at the end: x, a, b
  assert.is(peak('input x: image[N, 10]\na = exp(x)\nb = exp(a)\noutput y = b * x', 1), 3 * 10 * 4);
  // a weight is no activation, and neither is a constant
  assert.is(peak('input x: image[N, 10]\nparam w: [10] = 1\noutput y = x * w[_, :]', 1), 2 * 10 * 4);
  assert.is(peak('input x: image[N, 10]\noutput y = x * exp(arange(10))[_, :]', 1), 2 * 10 * 4);
  // another shape of the same memory
  assert.is(peak('input x: image[N, 10]\noutput y = exp(rearrange(x, "n (a b) -> n a b", a: 2))', 1), 2 * 10 * 4);
  // an input that nobody reads goes at once, but it was there
  assert.is(peak('input x: image[N, 10]\ninput z: image[N, 30]\noutput y = exp(x)', 1), (10 + 30) * 4);
});

test('a block frees what its caller no longer needs', () => {
  const block = 'block Twice(x: [N, D]) -> [N, D] {\n  a = exp(x)\n  return exp(a)\n}';
  assert.is(peak('input x: image[N, 10]\noutput y = Twice(x)', 1, block), 2 * 10 * 4);
  // the caller needs x afterwards: x, a, b
  assert.is(peak('input x: image[N, 10]\nh = Twice(x)\noutput y = h * x', 1, block), 3 * 10 * 4);
  // the same tensor twice is there once
  const both = 'block Both(x: [N, D], z: [N, D]) -> [N, D] {\n  a = exp(x)\n  b = exp(z)\n  return exp(a + b)\n}';
  assert.is(peak('input x: image[N, 10]\nh = exp(x)\noutput y = Both(h, h)', 1, both), 3 * 10 * 4);
});

test('values that are counted elsewhere take nothing', () => {
  const graph = asRun(
    modelOf(specOf('model M() {\ninput x: image[N, 10]\noutput y = exp(x)\noutput z = sin(x)\n}')).inference,
  );
  const [y, z] = graph.results.map(({ value }) => value);
  assert.is(activationBytes(graph, 1), 3 * 10 * 4);
  assert.is(activationBytes(graph, 1, new Set([z!])), 2 * 10 * 4);
  assert.is(activationBytes(graph, 1, new Set([y!, z!])), 10 * 4);
});

test.run();
