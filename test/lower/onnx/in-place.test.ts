/** Which state may be overwritten while a model runs. Names: s is the old value, t the next one. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inPlace } from '../../../compiler/lower/onnx/in-place.ts';
import type { OnnxModel, OnnxNode } from '../../../compiler/lower/onnx/model.ts';

/** `t = Add s u`: an op, what it makes and what it reads */
function node(text: string): OnnxNode {
  const [output, , op, ...inputs] = text.split(' ') as [string, string, string, ...string[]];
  return { op, inputs, outputs: [output], attributes: {} };
}

function model(nodes: readonly string[], dims: readonly number[] = [4]): OnnxModel {
  const value = (name: string, shape: readonly number[]) => ({ name, type: 'float', dims: shape }) as const;
  return {
    name: 'test',
    nodes: nodes.map(node),
    inputs: [value('s', dims), value('u', [4])],
    outputs: [value('t', [4])],
    initialisers: [],
    metadata: {},
  };
}

const CASES: readonly (readonly [what: string, safe: boolean, nodes: readonly string[], dims?: readonly number[]])[] = [
  ['a moment: β m + g', true, ['a = Mul s u', 't = Add a u']],
  ['made by its only reader', true, ['t = Mul s u']],
  ['read twice on the way', true, ['a = Mul s u', 'b = Add s a', 't = Sub b u']],
  ['read again beside the way', false, ['a = Mul s u', 't = Add a u', 'y = Mul s a']],
  ['read by a product on the way', false, ['a = MatMul s u', 't = Add a u']],
  ['read through a view', false, ['a = Reshape s u', 't = Add a u']],
  ['handed out as it was', false, ['t = Mul s u', 'y = Identity s']],
  ['made by something else than arithmetic', false, ['t = ReduceSum s u']],
  ['broadcast to the next value', false, ['t = Add s u'], [1]],
  ['not made by any node', false, ['y = Add s u']],
  ['never read', true, ['t = Add u u']],
];

for (const [what, safe, nodes, dims] of CASES) {
  test(what, () => {
    assert.equal([...inPlace(model(nodes, dims), [['s', 't']])], safe ? ['s'] : []);
  });
}

test.run();
