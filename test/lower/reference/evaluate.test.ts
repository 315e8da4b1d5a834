/** Whole graphs on the oracle: calls, weights, constants, what is observed and what is refused. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createBuilder } from '../../../compiler/ir/builder.ts';
import type { Graph, Value } from '../../../compiler/ir/graph.ts';
import { f32, int } from '../../../compiler/ir/type.ts';
import { constantProblem } from '../../../compiler/lower/reference/constant-size.ts';
import { evaluate, evaluateConstant, roundTensor } from '../../../compiler/lower/reference/evaluate.ts';
import { bools, floats, ints } from './tensors.ts';

/** x w, with w of one row */
function scaled(): Graph {
  const build = createBuilder();
  const x = build.input('x', f32({ batch: 1 }, 2));
  const weight = { path: 'scale', type: f32(1, 2), trained: true, init: { kind: 'fill', value: 1 } } as const;
  build.own({ kind: 'weight', weight, shared: false });
  const y = build.op('mul', [x, build.weight(weight)]);
  build.nameValue(y, 'y');
  return build.finish([{ value: y }], { name: 'Scaled' });
}

/** The block twice, and 0.1 */
function twice(): Graph {
  const build = createBuilder();
  const callee = scaled();
  let x = build.input('x', f32({ batch: 1 }, 2));
  for (const prefix of ['a', 'b.0']) {
    build.own({ kind: 'call', callee, prefix, shared: false });
    [x] = build.call(callee, [x], prefix) as [Value];
  }
  const out = build.op('add', [x, build.number(0.1)]);
  return build.finish(
    [
      { name: 'out', value: out },
      { name: 'same', value: out },
    ],
    { name: 'Twice' },
  );
}

const weights = new Map([
  ['a.scale', floats([[2, 3]])],
  ['b.0.scale', floats([[10, 100]])],
]);

test('calls read the weights under their paths; nothing is rounded', () => {
  const results = evaluate(twice(), { inputs: { x: floats([[1, 2]]) }, weights });
  assert.equal(results, { out: floats([[20.1, 600.1]]), same: floats([[20.1, 600.1]]) });
  assert.equal(roundTensor(results.out!).data, Float32Array.of(20.1, 600.1));
});

test('N is what the batch says; floats of 32 bit and ints are taken for floats', () => {
  const x = { dtype: 'f32', shape: [3, 2], data: Float32Array.of(1, 0, 0, 1, 1, 1) } as const;
  assert.equal(
    evaluate(twice(), { inputs: { x }, weights, batch: 3 }).out,
    floats([
      [20.1, 0.1],
      [0.1, 300.1],
      [20.1, 300.1],
    ]),
  );
  assert.equal(evaluate(twice(), { inputs: { x: ints([[1, 2]]) }, weights }).out, floats([[20.1, 600.1]]));
});

test('results without a name go by their place', () => {
  const weight = new Map([['scale', floats([[2, 3]])]]);
  assert.equal(evaluate(scaled(), { inputs: { x: floats([[1, 1]]) }, weights: weight }), { 0: floats([[2, 3]]) });
});

test('every value is seen, with its path and its calls', () => {
  const seen: string[] = [];
  evaluate(twice(), {
    inputs: { x: floats([[1, 2]]) },
    weights,
    observe: ({ path, calls, name, node, tensor }) =>
      seen.push(`${calls.length} ${path}: ${node.kind} ${name ?? ''} ${[...tensor.data]}`),
  });
  assert.equal(seen, [
    '1 a: weight  2,3',
    '1 a: op y 2,6',
    '0 : call  2,6',
    '1 b.0: weight  10,100',
    '1 b.0: op y 20,600',
    '0 : call  20,600',
    '0 : const  0.1',
    '0 : op  20.1,600.1',
  ]);
});

const REFUSED: readonly { readonly inputs: Record<string, ReturnType<typeof floats>>; readonly says: RegExp }[] = [
  { inputs: {}, says: /^input x is missing$/ },
  { inputs: { x: floats([1, 2]) }, says: /^input x is f32\[2\], not f32\[1, 2\]$/ },
  { inputs: { x: floats([[1, 2, 3]]) }, says: /^input x is f32\[1, 3\], not f32\[1, 2\]$/ },
  { inputs: { x: bools([[true, false]]) }, says: /^input x is bool\[1, 2\], not f32\[1, 2\]$/ },
];
for (const { inputs, says } of REFUSED) {
  test(`refused: ${says.source}`, () => {
    assert.throws(
      () => evaluate(twice(), { inputs, weights }),
      (error: Error) => says.test(error.message),
    );
  });
}

test('a weight that is missing or has another shape is named', () => {
  const inputs = { x: floats([[1, 2]]) };
  const but = (tensor?: ReturnType<typeof floats>) => () =>
    evaluate(twice(), {
      inputs,
      weights: new Map([...weights, ...(tensor ? [['b.0.scale', tensor] as const] : [])].slice(tensor ? 0 : 1)),
    });
  assert.throws(but(), (error: Error) => error.message === 'weight a.scale is missing');
  assert.throws(but(floats([1])), (error: Error) => error.message === 'weight b.0.scale is f32[1], not f32[1, 2]');
});

/** Σ 2^i for i below n, by a call and a constant in it */
function powers(n: number): Graph {
  const inner = createBuilder();
  const i = inner.input('i', int(n));
  const two = inner.op('pow', [inner.number(2), i]);
  const callee = inner.finish([{ value: two }], { name: 'powers' });
  const build = createBuilder();
  const [all] = build.call(callee, [build.op('arange', [], { size: n })], '') as [Value];
  const value = build.op('reduce', [all], { pattern: 'i ->', op: 'sum' });
  return build.finish([{ value }], { name: 'table' });
}

test('a constant is evaluated in 64 bit, once', () => {
  const graph = powers(50);
  const first = evaluateConstant(graph);
  assert.equal(first, floats(2 ** 50 - 1));
  assert.is(evaluateConstant(graph), first);
});

test('a constant inside of a graph', () => {
  const build = createBuilder();
  const sum = build.op('add', [build.input('x', f32()), build.constant(powers(4))]);
  const graph = build.finish([{ name: 'y', value: sum }], { name: 'Y' });
  assert.equal(evaluate(graph, { inputs: { x: floats(0.5) } }).y, floats(15.5));
});

test('a constant that would fill the memory is refused before anything is allocated', () => {
  // 4 bytes of the ints, 8 of their powers, both at a time
  const large = powers(2 ** 30);
  assert.is(constantProblem(powers(2 ** 20)), undefined);
  assert.is(constantProblem(large), 'the constant `table` takes 12 GiB to evaluate, and 4 GiB is the limit');
  assert.throws(
    () => evaluateConstant(large),
    (error: Error) => error instanceof RangeError,
  );
});

test('a constant that would take hours is refused', () => {
  const build = createBuilder();
  const row = build.op('arange', [], { size: 18_000 });
  const square = build.op('repeat', [row], { pattern: 'i -> j i', sizes: { j: 18_000 } });
  const product = build.op('einsum', [square, square], { pattern: 'a b, c b -> a c' });
  const value = build.op('reduce', [product], { pattern: '... ->', op: 'sum' });
  const problem = constantProblem(build.finish([{ value }], { name: 'gram' }));
  assert.is(problem, 'the constant `gram` takes 1.2e+13 operations to evaluate, and 3.0e+10 is the limit');
});

test.run();
