/** Layers that keep their inputs and run again: the same gradients, less held, more computed. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gradientGraph } from '../../compiler/grad/gradient.ts';
import { countLayers, firstLayers, type Rematerialise } from '../../compiler/grad/rematerialise.ts';
import { calledGraphs } from '../../compiler/ir/callees.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import { showType } from '../../compiler/ir/type.ts';
import { assertGradients, evaluateAt, pointFor } from './central-difference.ts';
import { stack } from './models.ts';

const names = (graph: Graph): string[] => calledGraphs(graph).map(({ name }) => name);

/** Types of what the call of block 1 hands over to its backward call. */
function handedOver(graph: Graph): string[] {
  const call = graph.nodes.find(
    (node) => node.kind === 'call' && node.prefix === 'blocks.1' && node.callee.name.includes('_backward'),
  );
  if (call?.kind !== 'call') throw new Error('block 1 has no backward call');
  return call.callee.inputs.map(({ value }) => showType(call.callee.values[value]!.type));
}

test('gradients are the same', () => {
  const graph = stack(3);
  const point = pointFor(graph);
  const results = assertGradients(graph, point, { inputs: ['x'], keep: 'block-inputs' });
  const kept = evaluateAt(gradientGraph(graph, { inputs: ['x'] }), point);
  assert.equal(results, kept);
});

test('a layer hands over its input alone, and is called as it was', () => {
  const graph = stack(3);
  const [kept, again] = [gradientGraph(graph), gradientGraph(graph, { keep: 'block-inputs' })];
  // x, fc1 of its norm, and the cotangent; or x and the cotangent
  assert.equal(handedOver(kept), ['[N, 3, 4]', '[N, 3, 8]', '[N, 3, 4]']);
  assert.equal(handedOver(again), ['[N, 3, 4]', '[N, 3, 4]']);
  const forward = again.nodes.filter((node) => node.kind === 'call' && node.callee.name === 'Residual');
  assert.is(forward.length, 3);
  assert.ok(names(kept).includes('Residual_forward'));
});

test('what runs again leaves out what only the result needs', () => {
  const again = gradientGraph(stack(3), { keep: 'block-inputs' });
  const [rerun] = calledGraphs(again).filter(({ name }) => name === 'Residual_forward_again');
  assert.ok(rerun?.borrows);
  assert.not(rerun.nodes.some((node) => node.kind === 'op' && node.op === 'add'));
});

test('one call runs again, and nothing inside of it a third time', () => {
  const first: Rematerialise = ({ prefix }) => prefix === 'blocks.0' || prefix === 'mlp';
  const graph = stack(2);
  const both = gradientGraph(graph, { inputs: ['x'], keep: first });
  // block 0 runs again as a whole; of block 1 the Mlp does
  const again = names(both).filter((name) => name.endsWith('_backward_again'));
  assert.equal(again.sort(), ['Mlp_backward_again', 'Residual_backward_again']);
  assertGradients(graph, pointFor(graph), { inputs: ['x'], keep: first });
});

test('of three layers the first two run again, with the same gradients', () => {
  const graph = stack(3);
  assert.is(countLayers(graph), 3);
  const some = gradientGraph(graph, { inputs: ['x'], keep: firstLayers(2) });
  const again = some.nodes.flatMap((node) =>
    node.kind === 'call' && node.callee.name.endsWith('_backward_again') ? [node.prefix] : [],
  );
  // the last layer's backward call comes first
  assert.equal(again, ['blocks.1', 'blocks.0']);
  const point = pointFor(graph);
  assert.equal(evaluateAt(some, point), evaluateAt(gradientGraph(graph, { inputs: ['x'] }), point));
});

test('a single layer is none, and neither are linear maps by themselves', () => assert.is(countLayers(stack(1)), 0));

test('where nothing inside is kept nothing runs again', () => {
  const linears: Rematerialise = ({ callee }) => callee.name === 'Linear';
  const both = gradientGraph(stack(2), { keep: linears });
  assert.not(names(both).some((name) => name.endsWith('_again')));
});

test('a single layer is not taken for a stack', () => {
  assert.not(names(gradientGraph(stack(1), { keep: 'block-inputs' })).some((name) => name.endsWith('_again')));
});

test.run();
