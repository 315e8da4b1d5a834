import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Graph } from '../../compiler/ir/graph.ts';
import { printGraph } from '../../compiler/ir/print.ts';
import { isReadProblem, readGraph } from '../../compiler/ir/read.ts';
import { isBatch } from '../../compiler/ir/type.ts';
import { verify } from '../../compiler/ir/verify.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { bindBatch } from '../../compiler/lower/bind-batch.ts';
import { countFlatNodes, flatten } from '../../compiler/lower/flatten.ts';
import { liveness } from '../../compiler/lower/liveness.ts';
import { randomGraph } from '../ir/random-graph.ts';
import { runnerOf } from '../ir/random-tensors.ts';
import { shippedModel } from '../ir/spec-model.ts';

function read(text: string): Graph {
  const graph = readGraph(text);
  if (isReadProblem(graph)) throw new Error(`${graph.line}: ${graph.problem}`);
  return graph;
}

const MODEL = `graph M
  input %0 x: [N, 4] image
  %1: [N, 4] = call Block(%0) as blocks.0
  %2: [N, 4] = call Block(%1) as blocks.1
  %3: [N, 4] = call Tied(%2) as shared head
  %4: [N, 4] = call Tied(%3) as shared head
  owns Tied as spare
  %5: [N, 4] = mul %4, 0.5
  %6: [2N, 4] = repeat %5 {pattern: "n c -> (r n) c", sizes: {n: N, r: 2}}
  return eps: %6
graph Block
  input %0 x: [N, 4]
  %1 h: [N, 4] = call Tied(%0) as fc
  %2: [N, 4] = mul %1, 0.5
  return %2
graph Tied
  input %0 x: [N, 4]
  param w: [1, 4] = 1
  %1: [N, 4] = mul %0, @w
  return %1
`;

test('calls are replaced by what they do; a weight is read once, under its full path', () => {
  const flat = flatten(read(MODEL));
  assert.is(
    printGraph(flat),
    `graph M
  input %0 x: [N, 4] image
  param blocks.0.fc.w: [1, 4] = 1
  param blocks.1.fc.w: [1, 4] = 1
  shared param head.w: [1, 4] = 1
  param spare.w: [1, 4] = 1
  %1 h: [N, 4] = mul %0, @blocks.0.fc.w
  %2: [N, 4] = mul %1, 0.5
  %3 h: [N, 4] = mul %2, @blocks.1.fc.w
  %4: [N, 4] = mul %3, 0.5
  %5: [N, 4] = mul %4, @head.w
  %6: [N, 4] = mul %5, @head.w
  %7: [N, 4] = mul %6, 0.5
  %8: [2N, 4] = repeat %7 {pattern: "n c -> (r n) c", sizes: {n: N, r: 2}}
  return eps: %8
`,
  );
  assert.equal(flat.nodes.filter(({ kind }) => kind === 'weight').length, 3);
  assert.equal(flat.nodes.filter(({ kind }) => kind === 'const').length, 1);
  assert.equal(
    flat.nodes.filter(({ kind }) => kind === 'op').map(({ scope }) => scope),
    ['blocks.0.fc', 'blocks.0', 'blocks.1.fc', 'blocks.1', 'head', 'head', '', ''],
  );
  assert.is(flatten(read(MODEL)).nodes.length, flat.nodes.length);
});

test('with a number for N', () => {
  const bound = bindBatch(flatten(read(MODEL)), 3);
  assert.is(bound.batch, 3);
  assert.match(printGraph(bound), /%0 x: \[3, 4\] image/);
  assert.match(printGraph(bound), /\[6, 4\] = repeat %7 \{pattern: "n c -> \(r n\) c", sizes: \{n: 3, r: 2\}\}/);
  assert.not.ok(bound.values.some(({ type }) => type.shape.some((dim) => isBatch(dim))));
  assert.equal(verify(bound), []);
  for (const wrong of [0, -1, 1.5, Number.NaN])
    assert.throws(() => bindBatch(flatten(read(MODEL)), wrong), /a batch is a positive int/);
});

test('flat graphs compute what the graphs do, bit by bit', () => {
  for (let seed = 0; seed < 120; seed++) {
    const graph = randomGraph(seed, 16);
    const flat = flatten(graph);
    const run = runnerOf(graph, seed);
    const expected = run(graph);
    assert.equal(run(flat), expected, `seed ${seed}`);
    assert.equal(run(bindBatch(flat, 3)), expected, `seed ${seed}`);
    assert.equal(verify(flat), []);
    assert.not.ok(flat.nodes.some(({ kind }) => (kind as string) === 'call'));
    assert.equal(
      weightsOf(flat).map(({ path }) => path),
      weightsOf(graph).map(({ path }) => path),
    );
    assert.ok(flat.nodes.length <= countFlatNodes(graph));
  }
});

test('DiT-XL/2 by hand', () => {
  // a block: silu, Linear (einsum, rearrange, add), rearrange, 6 slices; twice layernorm, modulate (add, mul, add), mul,
  // add; attention: 2 Linears, rearrange, 3 slices, 3 rearranges, einsum, div, softmax, einsum, rearrange; Mlp: 2 Linears, gelu
  const block = 1 + 3 + 1 + 6 + 2 * (1 + 3 + 1 + 1) + (6 + 1 + 3 + 3 + 5) + (6 + 1);
  const flat = flatten(shippedModel('dit.dit', 'DiT-XL/2').inference);
  const inside = flat.nodes.filter(({ kind, scope }) => kind === 'op' && /^blocks\.7(\.|$)/.test(scope));
  assert.is(inside.length, block);
});

test('what nests too often is refused before it is made', () => {
  let text = '';
  for (let level = 0; level < 8; level++) {
    const calls = Array.from(
      { length: 10 },
      (_, index) => `  %${index + 1}: [N] = call L${level + 1}(%${index})\n`,
    ).join('');
    text += `graph L${level}\n  input %0 x: [N]\n${calls}  return %10\n`;
  }
  const graph = read(`${text}graph L8\n  input %0 x: [N]\n  %1: [N] = neg %0\n  return %1\n`);
  // 10^8 negations, and 10 + 10^2 + … + 10^8 calls
  assert.is(countFlatNodes(graph), 211_111_110);
  assert.throws(() => flatten(graph), /L0 has 211111110 nodes, more than 4000000/);
});

test('nesting costs no stack', () => {
  const deep = Array.from(
    { length: 20_000 },
    (_, index) => `graph G${index}\n  input %0 x: [N]\n  %1: [N] = call G${index + 1}(%0)\n  return %1\n`,
  ).join('');
  assert.is(flatten(read(`${deep}graph G20000\n  input %0 x: [N]\n  %1: [N] = neg %0\n  return %1\n`)).nodes.length, 1);
});

test('last uses', () => {
  const graph = read(`graph M
  input %0 x: [N, 4]
  input %1 unused: [N]
  %2: [N, 4] = neg %0
  %3: [N, 4] = exp %0
  %4: [N, 4] = sin %2
  %5: [N, 4] = add %2, %3
  return %5, %2
`);
  const { lastUse, frees } = liveness(graph);
  assert.equal([...lastUse], [1, -1, 4, 3, 2, 4]);
  assert.equal(frees, [[], [0], [4], [3]]);
});

test('everything is freed once, after its last use, or is a result', () => {
  for (let seed = 0; seed < 60; seed++) {
    const flat = flatten(randomGraph(seed));
    const { frees } = liveness(flat);
    const gone = new Set<number>();
    flat.nodes.forEach((node, index) => {
      for (const operand of node.kind === 'op' ? node.operands : []) assert.not.ok(gone.has(operand));
      for (const value of frees[index]!) {
        assert.not.ok(gone.has(value));
        gone.add(value);
      }
    });
    const results = new Set(flat.results.map(({ value }) => value));
    const unusedInputs = flat.inputs.filter(({ value }) => !gone.has(value) && !results.has(value)).length;
    assert.is(gone.size + results.size + unusedInputs, flat.values.length);
  }
});

test.run();
