/** How models come apart into layers: which calls are layers, and who owns weights that stand between them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { instantiate } from '../../compiler/elaborate/spec.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { planLayers } from '../../runtime/layers/layer-plan.ts';
import { smallModel } from '../engines/small-models.ts';
import { specOf } from '../specs/open.ts';

const modelOf = (body: string): Graph => {
  const text = `dit 1
use std.nn { Linear }
block Inner(x: [N, D]) -> [N, D] {
  a = Linear(x, D)
  return a + 1
}
block Tuned(x: [N, D], scale: [1, D]) -> [N, D] {
  a = Linear(x, D)
  return a * scale
}
block Scaled(x: [N, D], scale: [1, D]) -> [N, D] = x * scale
model M() {
  input x: image[N, 4]
  ${body}
}
`;
  const { model, diagnostics } = instantiate(specOf(text), 'M');
  assert.ok(model !== undefined, diagnostics.map(({ message }) => message).join());
  return model!.inference;
};

/** by layer: what it is called with, from how many, and the paths of its weights */
const layersOf = (graph: Graph): readonly (readonly [string, number, string])[] =>
  planLayers(graph).calls.map(({ layer, operands }) => [
    layer.name,
    operands.length,
    weightsOf(layer.graph)
      .map(({ path }) => (layer.prefix === '' ? path : `${layer.prefix}.${path}`))
      .join(' '),
  ]);

test('calls with paths are layers, `as _` is looked through, ops between are layers of their own', () => {
  const graph = modelOf(`
  a = Inner(x)
  b = Inner(a) as _
  output eps = a * b`);
  assert.equal(layersOf(graph), [
    ['a', 1, 'a.a.weight a.a.bias'],
    ['a_1', 1, 'a.weight a.bias'],
    ['add', 1, ''],
    ['eps', 2, ''],
  ]);
});

test('a weight of the model goes into the layer that reads it', () => {
  const graph = modelOf(`
  param shift: [4] = 0
  output eps = Linear(x, 4) as head + shift[_, :]`);
  assert.equal(layersOf(graph), [
    ['head', 1, 'head.weight head.bias'],
    ['eps', 1, 'shift'],
  ]);
});

test('a layer that is called twice is one', () => {
  const graph = modelOf(`
  a = Linear(x, 4) as shared head
  output eps = Linear(a, 4) as shared head`);
  const { calls } = planLayers(graph);
  assert.is(calls.length, 2);
  assert.is(calls[0]!.layer, calls[1]!.layer);
});

test('a weight that several layers read is a layer', () => {
  const graph = modelOf(`
  param scale: [1, 4] = 1
  a = Scaled(x, scale)
  output eps = Scaled(a, scale)`);
  assert.equal(layersOf(graph), [
    ['scale', 1, 'scale'],
    ['Scaled', 2, ''],
    ['eps', 2, ''],
  ]);
  const names = layersOf(smallModel('LightningDiT').inference).map(([layer]) => layer);
  for (const layer of ['feat_rope.freqs_cos', 'feat_rope.freqs_sin', 'blocks.0', 'blocks.1', 'final_layer'])
    assert.ok(names.includes(layer), names.join());
});

test('a block that is called with a constant is a layer with the path of the call', () => {
  const graph = modelOf(`
  output eps = Tuned(x, arange(4)[_, :] + 1) as head`);
  assert.equal(layersOf(graph), [['head', 1, 'head.a.weight head.a.bias']]);
  assert.is(planLayers(graph).calls[0]!.layer.prefix, 'head');
});

test('what tfjs has no form for is one layer', () => {
  assert.equal(layersOf(modelOf('output eps = x')), [['M', 1, '']]);
  assert.is(layersOf(smallModel('MDT').training).length, 1);
});

test('the four ways of conditioning come apart', () => {
  for (const name of ['DiT', 'DiT, in context', 'DiT, cross attention', 'DiT, one head, odd'] as const) {
    const names = layersOf(smallModel(name).inference).map(([layer]) => layer);
    for (const layer of ['x_embedder', 't_embedder', 'y_embedder', 'blocks.0', 'final_layer', 'eps', 'sigma'])
      assert.ok(names.includes(layer), `${name}: ${names.join()}`);
  }
});

test.run();
