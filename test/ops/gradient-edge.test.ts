/** Gradients where differences say nothing: ties, zeros to a power, flat rows, large numbers. By hand. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createBuilder } from '../../compiler/ir/builder.ts';
import type { Attributes, Graph } from '../../compiler/ir/graph.ts';
import { f32 } from '../../compiler/ir/type.ts';
import { evaluate } from '../../compiler/lower/reference/evaluate.ts';
import { OPS } from '../../compiler/ops/registry.ts';
import { tensorOf } from './differences.ts';
import { sweep } from './sweep.ts';

type Row = readonly number[];

/** Rows are fed, numbers stand in the graph. */
function backwardOf(op: string, operands: readonly (Row | number)[], attributes: Attributes = {}): Graph {
  const build = createBuilder();
  const values = operands.map((x, i) =>
    typeof x === 'number' ? build.number(x) : build.input(`x${i}`, f32(x.length)),
  );
  return sweep(build.finish([{ name: 'y', value: build.op(op, values, attributes) }], { name: op }));
}

function gradients(op: string, operands: readonly (Row | number)[], weight: Row, attributes?: Attributes): Row[] {
  const graph = backwardOf(op, operands, attributes);
  const feeds = Object.fromEntries(
    operands.flatMap((x, i) => (typeof x === 'number' ? [] : [[`x${i}`, tensorOf(f32(x.length), 1, (at) => x[at]!)]])),
  );
  const shape = graph.inputs.find(({ name }) => name === 'weight.y')!;
  feeds['weight.y'] = tensorOf(graph.values[shape.value]!.type, 1, (at) => weight[at]!);
  const results = evaluate(graph, { inputs: feeds });
  return graph.results.map(({ name }) => [...results[name!]!.data].map((value) => value + 0));
}

test('equal elements share the gradient of min and max', () => {
  assert.equal(
    gradients(
      'max',
      [
        [1, 2, 3],
        [1, 5, 0],
      ],
      [2, 2, 2],
    ),
    [
      [1, 0, 2],
      [1, 2, 0],
    ],
  );
  assert.equal(
    gradients(
      'min',
      [
        [1, 2, 3],
        [1, 5, 0],
      ],
      [2, 2, 2],
    ),
    [
      [1, 2, 0],
      [1, 0, 2],
    ],
  );
  assert.equal(gradients('max', [[-1, 0, 1], 0], [4, 4, 4]), [[0, 2, 4]]);
});

test('equal elements share the gradient of a largest and a smallest', () => {
  assert.equal(gradients('reduce', [[3, 1, 3, 2]], [1], { pattern: 'a ->', op: 'max' }), [[0.5, 0, 0.5, 0]]);
  assert.equal(gradients('reduce', [[1, 1, 1, 2]], [6], { pattern: 'a ->', op: 'min' }), [[2, 2, 2, 0]]);
  assert.equal(gradients('reduce', [[1, 1, 5, 4]], [1, 10], { pattern: '(a 2) -> a', op: 'max' }), [[0.5, 0.5, 10, 0]]);
});

test('powers of zero', () => {
  // d a^b / da = b a^(b - 1), and 0 for b = 0; d a^b / db is 0 for a = 0
  assert.equal(
    gradients(
      'pow',
      [
        [0, 0, 3],
        [2, 0, 2],
      ],
      [1, 1, 1],
    ),
    [
      [0, 0, 6],
      [0, 0, 9 * Math.log(3)],
    ],
  );
  assert.equal(gradients('pow', [[0, -2, 3], 2], [1, 1, 1]), [[0, -4, 6]]);
  assert.equal(gradients('pow', [[0, -2], 3], [1, 1]), [[0, 12]]);
});

test('a known exponent takes no logarithm, and a square no power', () => {
  const ops = (power: number) =>
    backwardOf('pow', [[1], power])
      .nodes.flatMap((node) => (node.kind === 'op' ? [node.op] : []))
      .slice(1);
  assert.equal(ops(2), ['mul', 'mul']);
  assert.equal(ops(3), ['pow', 'mul', 'mul']);
  assert.equal(ops(1), []);
  assert.equal(ops(0), []);
  assert.not(ops(0.5).includes('log'));
});

test('a softmax of large numbers', () => {
  assert.equal(gradients('softmax', [[1000, -1000]], [1, 2]), [[0, 0]]);
  // equal ones: y = 1/2, so that x' = (g - mean g) / 2
  assert.equal(gradients('softmax', [[1000, 1000]], [1, 3]), [[-0.5, 0.5]]);
});

test('a flat row of a norm has a finite gradient', () => {
  // y = 0, so that x' = (g - mean g) / sqrt(eps)
  assert.equal(gradients('layernorm', [[7, 7, 7, 7]], [1, 0, 0, -1], { eps: 0.25 }), [[2, 0, 0, -2]]);
  assert.equal(gradients('rmsnorm', [[0, 0]], [1, -3], { eps: 0.25 }), [[2, -6]]);
});

test('an activation far out', () => {
  for (const op of ['silu', 'gelu', 'gelu_tanh']) assert.equal(gradients(op, [[-800, 800]], [1, 1]), [[0, 1]], op);
  assert.equal(gradients('sigmoid', [[-800, 800]], [1, 1]), [[0, 0]]);
});

test('comparisons, argsort, arange and detach have none', () => {
  const without = Object.values(OPS).filter((op) => op.gradient === 'none');
  assert.equal(without.map((op) => op.name).sort(), ['arange', 'argsort', 'detach', 'eq', 'le', 'lt', 'ne']);
  assert.equal(gradients('detach', [[1, 2]], [1, 1]), []);
});

test.run();
