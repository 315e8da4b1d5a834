/**
 * Turns that differ in nothing but paths are made like one that was evaluated, or become a run: the graph is that of
 * evaluating them all.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { instantiate } from '../../compiler/elaborate/spec.ts';
import { printGraph } from '../../compiler/ir/print.ts';
import { verify } from '../../compiler/ir/verify.ts';
import { checkText, specOf } from '../specs/open.ts';

const text = (loop: string): string => `dit 1

use std.nn { Linear, LayerNorm }
use std.embed { sincos1d }

record Size { depth: int = 5, width: int = 4 }

block Two(x: [N, W], y: [N, W]?) -> ([N, W], [N, W]) {
  z = Linear(x, W) as fc
  return z, if y == none { z } else { z + y }
}

block Table(x: [N, W], table: init) -> [N, W] {
  param bias: [W] = table
  return x + bias[_, :]
}

model M(size: Size = Size()) {
  input x: image[N, 4]
  h = x
  y = x
  n = 0
  all = [x]
  ${loop}
  output eps = h
  output more = y
}
`;

/** The same, where a statement that is no assignment keeps the turns from being taken again. */
const evaluated = (loop: string): string => loop.replace('{', '{ require true, "it is"\n');

const LOOPS: readonly (readonly [what: string, loop: string])[] = [
  ['a block and its path', 'for i in 0..size.depth { h = Linear(h, 4) as blocks[i] }'],
  ['downwards, in two words', 'for i in 0..6 { h = Linear(h, 4) as a[10 - i].b[2 * i] }'],
  ['over a list of numbers that jump', 'for i in [3, 1, 4, 15, 9] { h = Linear(h, 4) as blocks[i] }'],
  ['a counter and an item', 'for k, i in [3, 1, 4] { h = Linear(h, 4) as blocks[k] |> Linear(4) as other[i] }'],
  ['two tensors that change places', 'for i in 0..6 { h, y = Two(y, h) as pair[i] }'],
  ['an alias of the turn before', 'for i in 0..6 { old = h\n h = Linear(h, 4) as a[i]\n h += old }'],
  ['what stays and what grows', 'for i in 0..6 { h += Linear(x, 4) as a[i]\n y = y * 2 + h }'],
  ['nothing of a path', 'for i in 0..6 { h = 2 * layernorm(h) + x }'],
  ['a width that changes', 'for i in 0..4 { h = Linear(h, 4) as a[i]\n y = concat([y, h]) }'],
  ['a number that counts in the path', 'for i in 0..5 { n = n + 2\n h = Linear(h, 4) as a[n] }'],
  ['a number that is read', 'for i in 0..5 { n = n + 1\n h = h * n }'],
  ['a list that grows', 'for i in 0..5 { h = Linear(h, 4) as a[i]\n all = all + [h] }\n  h = all[2] + all[5]'],
  [
    'the item read beside the path',
    'for i in 0..5 { h = Linear(h, 4) as a[i] |> Linear(4 * i + 4) as b[i] |> Linear(4) as c[i] }',
  ],
  ['a table made in the turn', 'for i in 0..4 { h = Table(h, sincos1d(arange(1), 4)[0, :]) as a[i] }'],
  ['one weight shared by all', 'for i in 0..4 { h = Linear(h, 4) as shared a\n y = Linear(y, 4) as b[i] }'],
  ['two blocks in one loop, with a counter', 'for k, i in [7, 2, 5] { h, y = Two(h, y) as pair[k] }'],
  ['what begins beyond 0', 'for i in 4..9 { h = Linear(h, 4) as transformer.blocks[i] }'],
  ['a tensor that is given twice', 'for i in 0..4 { h, y = Two(h, h) as pair[i] }'],
  ['one turn', 'for i in 0..1 { h = Linear(h, 4) as a[i] }'],
  ['one after the other', 'for i in 0..3 { h = Linear(h, 4) as a[i] }\n  for i in 3..6 { h = Linear(h, 4) as a[i] }'],
];

function graphOf(loop: string): string {
  const { model, diagnostics } = instantiate(specOf(text(loop)), 'M');
  assert.equal(
    diagnostics.map(({ message }) => message),
    [],
    loop,
  );
  assert.equal(verify(model!.inference), [], loop);
  return printGraph(model!.inference);
}

for (const [what, loop] of LOOPS) test(what, () => assert.is(graphOf(loop), graphOf(evaluated(loop))));

/** `blocks.0 x5 0,` for a run of five turns, which takes its first result as its first operand. */
const runsOf = (loop: string): readonly string[] =>
  instantiate(specOf(text(loop)), 'M').model!.folded.inference.nodes.flatMap((node) =>
    node.kind === 'call' && node.run !== undefined
      ? [`${node.prefix} x${node.run.times} ${node.run.carries.join()}`]
      : [],
  );

test('a turn that is one call, on the results of the turn before, becomes a run', () => {
  assert.equal(runsOf('for i in 0..size.depth { h = Linear(h, 4) as blocks[i] }'), ['blocks.0 x5 0']);
  assert.equal(runsOf('for i in 4..9 { h = Linear(h, 4) as t.blocks[i] }'), ['t.blocks.4 x5 0']);
  // at the first turn both are x
  assert.equal(runsOf('for i in 0..6 { h, y = Two(y, h) as pair[i] }'), ['pair.1 x5 1,0']);
  assert.equal(runsOf('for k, i in [7, 2, 5] { h, y = Two(h, y) as pair[k] }'), ['pair.1 x2 0,1']);
});

test('other turns do not', () => {
  for (const loop of [
    'for i in 0..1 { h = Linear(h, 4) as a[i] }',
    'for i in [0, 1, 3] { h = Linear(h, 4) as a[i] }',
    'for i in 0..6 { h = Linear(h, 4) as a[2 * i] }',
    'for i in 0..6 { h = Linear(h, 4) as a[i].b }',
    'for i in 0..6 { h = Linear(h, 4) as shared a }',
    'for i in 0..6 { y = Linear(x, 4) as a[i] }',
    'for i in 0..6 { h += Linear(h, 4) as a[i] }',
    'for i in 0..6 { h = Linear(h, 4) as a[i] |> Linear(4) as b[i] }',
    'for i in 0..6 { y = h\n h = Linear(h, 4) as a[i] }',
    'for i in 0..6 { h = layernorm(h) }',
  ])
    assert.equal(runsOf(loop), [], loop);
});

test('a path that is made twice is said, whichever turn makes it', () => {
  const { diagnostics } = checkText(text('for i in [0, 1, 2, 3, 1] { h = Linear(h, 4) as a[i] }'));
  assert.equal(
    diagnostics.flatMap(({ severity, message }) => (severity === 'error' ? [message] : [])),
    ['the weight path `a.1.weight` is made twice'],
  );
});

test('a path that a run makes is made twice by whoever makes it again', () => {
  const run = 'for i in 0..5 { h = Linear(h, 4) as a[i] }';
  for (const [more, path] of [
    ['h = Linear(h, 4) as a.3', 'a.3.weight'],
    ['for i in 4..8 { h = Linear(h, 4) as a[i] }', 'a.4.weight'],
    ['h, y = Two(h, y) as a.2', undefined],
    ['h = Linear(h, 4) as a', undefined],
    ['for i in 5..8 { h = Linear(h, 4) as a[i] }', undefined],
  ] as const) {
    const { diagnostics } = checkText(text(`${run}\n  ${more}`));
    assert.equal(
      diagnostics.flatMap(({ severity, message }) => (severity === 'error' ? [message] : [])),
      path === undefined ? [] : [`the weight path \`${path}\` is made twice`],
      more,
    );
  }
});

test('ten thousand layers evaluate their block once, and have the weights of ten thousand', () => {
  const { model } = instantiate(specOf(text('for i in 0..size.depth { h = Linear(h, 4) as blocks[i] }')), 'M', [
    { path: 'size.depth', value: '10000' },
  ]);
  const { owns, nodes } = model!.inference;
  assert.is(owns.length, 10_000);
  assert.equal(
    [0, 1, 2, 9999].map((i) => owns[i]!.kind === 'call' && owns[i]!.prefix),
    ['blocks.0', 'blocks.1', 'blocks.2', 'blocks.9999'],
  );
  assert.is(new Set(nodes.flatMap((node) => (node.kind === 'call' ? [node.callee] : []))).size, 1);
});

test.run();
