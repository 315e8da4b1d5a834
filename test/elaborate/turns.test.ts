/** Turns that differ in nothing but paths are made like one that was evaluated: the graph is that of evaluating them all. */
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

test('a path that is made twice is said, whichever turn makes it', () => {
  const { diagnostics } = checkText(text('for i in [0, 1, 2, 3, 1] { h = Linear(h, 4) as a[i] }'));
  assert.equal(
    diagnostics.flatMap(({ severity, message }) => (severity === 'error' ? [message] : [])),
    ['the weight path `a.1.weight` is made twice'],
  );
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
