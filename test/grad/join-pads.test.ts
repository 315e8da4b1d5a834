/** Sums of padded parts become concatenations where the parts are neighbours. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gradientGraph } from '../../compiler/grad/gradient.ts';
import { joinPads } from '../../compiler/grad/join-pads.ts';
import { createBuilder } from '../../compiler/ir/builder.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import { f32 } from '../../compiler/ir/type.ts';
import { verify } from '../../compiler/ir/verify.ts';
import { evaluate } from '../../compiler/lower/reference/evaluate.ts';
import { floats } from '../lower/reference/tensors.ts';
import { assertGradients, pointFor } from './central-difference.ts';

/** Parts [from, to) of an axis of 6, padded and added up in this order; `extra` is added as it is. */
function sumOf(parts: readonly (readonly [number, number])[], extra = false): Graph {
  const build = createBuilder();
  const all = build.input('all', f32(6));
  const pads = parts.map(([from, to], i) => {
    const part = build.input(`part${i}`, f32(to - from));
    return build.op('pad', [part], { axis: 0, before: from, after: 6 - to });
  });
  const value = [...pads, ...(extra ? [all] : [])].reduce((a, b) => build.op('add', [a, b]));
  return build.finish([{ name: 'sum', value }], { name: 'Sum' });
}

/** Ops that the result is made of. */
function opsOf(graph: Graph): string[] {
  const live = new Set(graph.results.map(({ value }) => value));
  const ops: string[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (node.kind !== 'op' || !live.has(node.results[0]!)) continue;
    for (const value of node.operands) live.add(value);
    ops.unshift(node.op);
  }
  return ops;
}

const CASES: readonly { readonly parts: [number, number][]; readonly extra?: boolean; readonly ops: string[] }[] = [
  {
    parts: [
      [0, 2],
      [2, 6],
    ],
    ops: ['concat'],
  },
  {
    parts: [
      [4, 6],
      [0, 1],
      [1, 4],
    ],
    ops: ['concat'],
  },
  {
    parts: [
      [0, 2],
      [2, 4],
    ],
    ops: ['concat', 'pad'],
  },
  {
    parts: [
      [1, 2],
      [4, 6],
      [2, 4],
    ],
    ops: ['concat', 'pad'],
  },
  {
    parts: [
      [0, 1],
      [2, 3],
    ],
    ops: ['pad', 'pad', 'add'],
  },
  {
    parts: [
      [0, 3],
      [2, 6],
    ],
    ops: ['pad', 'pad', 'add'],
  },
  {
    parts: [
      [0, 3],
      [3, 6],
    ],
    extra: true,
    ops: ['concat', 'add'],
  },
  {
    parts: [
      [0, 1],
      [1, 2],
      [3, 4],
      [4, 6],
    ],
    ops: ['concat', 'pad', 'concat', 'pad', 'add'],
  },
];

for (const { parts, extra = false, ops } of CASES) {
  test(`${JSON.stringify(parts)}${extra ? ' and another' : ''}: ${ops.join(', ')}`, () => {
    const graph = sumOf(parts, extra);
    const joined = joinPads(graph);
    assert.equal(opsOf(joined), ops);
    const feeds = parts.map(([from, to], i) => [
      `part${i}`,
      floats(Array.from({ length: to - from }, (_, j) => 10 * i + j + 1)),
    ]);
    const inputs = { all: floats([100, 200, 300, 400, 500, 600]), ...Object.fromEntries(feeds) };
    assert.equal(evaluate(joined, { inputs }), evaluate(graph, { inputs }));
  });
}

test('a tensor that is taken apart gets its gradient as one concatenation', () => {
  const build = createBuilder();
  const x = build.input('x', f32({ batch: 1 }, 6));
  const [a, b, c] = [0, 2, 4].map((start) => build.op('slice', [x], { axis: 1, start, end: start + 2 }));
  const product = build.op('mul', [build.op('exp', [a!]), build.op('mul', [build.op('sin', [b!]), c!])]);
  const loss = build.op('reduce', [product], { pattern: '... ->', op: 'sum' });
  const graph = build.finish([{ name: 'loss', value: loss }], { name: 'Split' });
  const both = gradientGraph(graph, { inputs: ['x'] });
  assert.equal(verify(both), []);
  assert.equal(
    opsOf(both).filter((op) => op === 'pad' || op === 'concat'),
    ['concat'],
  );
  assertGradients(graph, pointFor(graph), { inputs: ['x'] });
});

test.run();
