/** Whole graphs: their gradients against central differences, and what the graphs look like. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gradientGraph } from '../../compiler/grad/gradient.ts';
import { createBuilder } from '../../compiler/ir/builder.ts';
import { calledGraphs } from '../../compiler/ir/callees.ts';
import type { Graph, Value } from '../../compiler/ir/graph.ts';
import { f32, int, showType } from '../../compiler/ir/type.ts';
import { verify } from '../../compiler/ir/verify.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { flatten } from '../../compiler/lower/flatten.ts';
import { difference, floats, ints } from '../lower/reference/tensors.ts';
import { assertGradients, evaluateAt, pointFor } from './central-difference.ts';
import { linear, mlp, stack, weightNamed } from './models.ts';

const sum = (build: ReturnType<typeof createBuilder>, x: Value): Value =>
  build.op('reduce', [x], { pattern: '... ->', op: 'sum' });

/** Σ x² */
const square = (build: ReturnType<typeof createBuilder>, x: Value): Value => sum(build, build.op('mul', [x, x]));

test('a stack of blocks: every weight and the input', () => {
  const graph = stack(2);
  assertGradients(graph, pointFor(graph), { inputs: ['x'] });
});

test('gradients come in the order of the weights, with their shapes, and the weights stay owned', () => {
  const graph = stack(3);
  const both = gradientGraph(graph, { inputs: ['x'] });
  const typeOf = ({ value }: { value: Value }) => showType(both.values[value]!.type);
  const weights = weightsOf(graph).map(({ path, weight }) => [`grad.${path}`, showType(weight.type)]);
  assert.equal(
    both.results.map((result) => [result.name, typeOf(result)]),
    [['loss', '[]'], ['out', '[N, 3, 4]'], ...weights, ['grad.input.x', '[N, 3, 4]']],
  );
  assert.equal(weightsOf(both), weightsOf(graph));
});

const backwards = (graph: Graph): Graph[] => calledGraphs(graph).filter(({ name }) => name.endsWith('_backward'));

test('equal blocks share one backward graph, whatever the depth', () => {
  // Residual, Mlp and its two Linear
  for (const depth of [1, 2, 9]) {
    const both = gradientGraph(stack(depth), { inputs: ['x'] });
    assert.equal(
      backwards(both)
        .map(({ name }) => name)
        .sort(),
      ['Linear_backward', 'Linear_backward', 'Mlp_backward', 'Residual_backward'],
    );
    const calls = both.nodes.filter((node) => node.kind === 'call' && node.callee.name === 'Residual_backward');
    assert.is(calls.length, depth);
  }
});

test('the first block has no input gradient where none is asked for', () => {
  const inputs = (graph: Graph): number[] =>
    backwards(gradientGraph(graph))
      .filter(({ name }) => name === 'Residual_backward')
      .map(({ results }) => results.length)
      .sort();
  // four weights, and the input but for the first block
  assert.equal(inputs(stack(4)), [4, 5]);
});

test('a layer keeps what cannot be made again, and makes the rest again', () => {
  const [forward] = calledGraphs(gradientGraph(mlpLoss())).filter(({ name }) => name === 'Mlp_forward');
  const kept = forward!.results.slice(1).map(({ value }) => showType(forward!.values[value]!.type));
  // before the gelu; gelu itself is computed again for the gradient of fc2
  assert.equal(kept, ['[N, 8]']);
  const [backward] = calledGraphs(gradientGraph(mlpLoss())).filter(({ name }) => name === 'Mlp_backward');
  assert.ok(backward!.nodes.some((node) => node.kind === 'op' && node.op === 'gelu_tanh'));
  assert.equal(
    backward!.inputs.map(({ value }) => showType(backward!.values[value]!.type)),
    ['[N, 4]', '[N, 8]', '[N, 4]'],
  );
});

function mlpLoss(): Graph {
  const build = createBuilder();
  const block = mlp([{ batch: 1 }], 4, 8);
  build.own({ kind: 'call', callee: block, prefix: 'mlp', shared: false });
  const [y] = build.call(block, [build.input('x', f32({ batch: 1 }, 4))], 'mlp') as [Value];
  return build.finish([{ name: 'loss', value: square(build, y) }], { name: 'MlpLoss' });
}

test('a graph without anything kept is called as it was', () => {
  const both = gradientGraph(stack(2));
  assert.not(calledGraphs(both).some(({ name }) => name === 'Linear_forward'));
});

test('weights shared between calls: both uses add up', () => {
  const build = createBuilder();
  const head = linear([{ batch: 1 }], 3, 3);
  let x = build.input('x', f32({ batch: 1 }, 3));
  for (let i = 0; i < 2; i++) {
    build.own({ kind: 'call', callee: head, prefix: 'head', shared: true });
    [x] = build.call(head, [build.op('tanh', [x])], 'head') as [Value];
  }
  const graph = build.finish([{ name: 'loss', value: square(build, x) }], { name: 'Shared' });
  const results = assertGradients(graph, pointFor(graph), { inputs: ['x'] });
  assert.equal(Object.keys(results), ['loss', 'grad.head.weight', 'grad.head.bias', 'grad.input.x']);
});

test('one weight read twice in a graph', () => {
  const build = createBuilder();
  const weight = weightNamed('w', [3]);
  build.own({ kind: 'weight', weight, shared: false });
  const product = build.op('mul', [build.weight(weight), build.op('sin', [build.weight(weight)])]);
  const graph = build.finish([{ name: 'loss', value: sum(build, product) }], { name: 'Twice' });
  assertGradients(graph, pointFor(graph));
});

test('labels, frozen weights and detached values stop gradients', () => {
  const build = createBuilder();
  const y = build.input('y', int({ batch: 1 }));
  const x = build.input('x', f32({ batch: 1 }, 2));
  const table = weightNamed('table', [5, 2]);
  const frozen = weightNamed('frozen', [2], { trained: false });
  const unused = weightNamed('unused', [2, 2]);
  for (const weight of [table, frozen, unused]) build.own({ kind: 'weight', weight, shared: false });
  const rows = build.op('gather', [build.weight(table), y], { axis: 0, batch: 0 });
  const scale = build.op('rearrange', [build.weight(frozen)], { pattern: 'd -> 1 d' });
  const held = build.op('mul', [build.op('detach', [build.op('exp', [rows])]), rows]);
  const value = build.op('mul', [build.op('add', [held, build.op('mul', [x, scale])]), x]);
  const graph = build.finish([{ name: 'loss', value: square(build, value) }], { name: 'Stops' });

  const both = gradientGraph(graph, { inputs: ['x'] });
  assert.equal(verify(both), []);
  assert.equal(
    both.results.map(({ name }) => name),
    ['loss', 'grad.table', 'grad.unused', 'grad.input.x'],
  );
  const point = pointFor(graph, { y: ints([4, 1]) });
  const results = evaluateAt(both, point);
  assert.equal(
    results['grad.unused'],
    floats([
      [0, 0],
      [0, 0],
    ]),
  );
  // loss = Σ (e^r r + x f)² x², e^r held: d/dr = 2 (e^r r + x f) x² e^r, for the rows that were picked
  const [t, f, xs] = [point.weights.get('table')!.data, point.weights.get('frozen')!.data, point.inputs.x!.data];
  const expected = new Float64Array(10);
  for (const [n, row] of [4, 1].entries())
    for (let d = 0; d < 2; d++) {
      const [r, v] = [t[row * 2 + d]!, xs[n * 2 + d]!];
      expected[row * 2 + d] = 2 * (Math.exp(r) * r + v * f[d]!) * v * v * Math.exp(r);
    }
  const off = difference(results['grad.table']!, { dtype: 'f32', shape: [5, 2], data: expected });
  assert.ok(off < 1e-12, `off by ${off}`);
});

test('a vector-Jacobian product: cotangents of several results are fed', () => {
  const build = createBuilder();
  const x = build.input('x', f32(2));
  const results = [
    { name: 'a', value: build.op('mul', [x, x]) },
    { name: 'b', value: build.op('exp', [x]) },
    { name: 'c', value: build.op('sin', [x]) },
  ];
  const graph = build.finish(results, { name: 'Three' });
  const both = gradientGraph(graph, { cotangents: ['a', 'b'], inputs: ['x'] });
  assert.equal(verify(both), []);
  const fed = { x: floats([1, 2]), 'cotangent.a': floats([10, 100]), 'cotangent.b': floats([1, -1]) };
  const { 'grad.input.x': gradient } = evaluateAt(both, { inputs: fed, weights: new Map() });
  const expected = floats([2 * 10 + Math.E, 4 * 100 - Math.E ** 2]);
  assert.ok(difference(gradient!, expected) < 1e-14);
});

test('the gradient of a gradient', () => {
  const build = createBuilder();
  const x = build.input('x', f32(3));
  const cube = build.op('mul', [x, build.op('mul', [x, x])]);
  const graph = build.finish([{ name: 'loss', value: sum(build, cube) }], { name: 'Cube' });
  const once = gradientGraph(graph, { inputs: ['x'] });
  const twice = gradientGraph(once, { cotangents: ['grad.input.x'], inputs: ['x'] });
  const point = { inputs: { x: floats([1, 2, -3]), 'cotangent.grad.input.x': floats([1, 1, 1]) }, weights: new Map() };
  assert.ok(difference(evaluateAt(twice, point)['grad.input.x']!, floats([6, 12, -18])) < 1e-14);
});

test('laid flat it computes the same', () => {
  const graph = stack(2);
  const [both, point] = [gradientGraph(graph, { inputs: ['x'] }), pointFor(graph)];
  assert.equal(evaluateAt(flatten(both), point), evaluateAt(both, point));
});

test('a long chain is differentiated without recursion, and not made again from its start', () => {
  const length = 5000;
  const chain = createBuilder();
  let x = chain.input('x', f32(2));
  for (let i = 0; i < length; i++) x = chain.op('sin', [x]);
  const callee = chain.finish([{ value: x }], { name: 'Chain' });
  const build = createBuilder();
  const [y] = build.call(callee, [build.input('x', f32(2))], '') as [Value];
  const graph = build.finish([{ name: 'loss', value: sum(build, y) }], { name: 'Long' });
  const both = gradientGraph(graph, { inputs: ['x'] });
  const [backward] = backwards(both).filter(({ name }) => name === 'Chain_backward');
  // most are made again, every 33rd or so is kept, and each has its own cosine and product
  assert.ok(backward!.inputs.length > length / 40 && backward!.inputs.length < length / 20);
  assert.ok(backward!.nodes.length < 3 * length);
  let expected = 1;
  for (let i = 0, at = 0.3; i < length; i++, at = Math.sin(at)) expected *= Math.cos(at);
  const { 'grad.input.x': gradient } = evaluateAt(both, { inputs: { x: floats([0.3, 0]) }, weights: new Map() });
  assert.ok(difference(gradient!, floats([expected, 1])) < 1e-12);
});

test('what cannot be differentiated is said', () => {
  const graph = stack(1);
  assert.throws(() => gradientGraph(graph, { loss: 'out' }), /a loss is a scalar, not \[N, 3, 4\]/);
  assert.throws(() => gradientGraph(graph, { loss: 'lost' }), /`Stack` has no result `lost`/);
  assert.throws(() => gradientGraph(graph, { inputs: ['y'] }), /`Stack` has no input `y`/);
});

test.run();
