import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { digestOf, structureDigest, weightsDigest } from '../../compiler/ir/digest.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import { isReadProblem, readGraph } from '../../compiler/ir/read.ts';
import { shareEqual } from '../../compiler/passes/share-equal.ts';
import { randomGraph } from './random-graph.ts';
import { shippedModel } from './spec-model.ts';

function read(text: string): Graph {
  const graph = readGraph(text);
  if (isReadProblem(graph)) throw new Error(`${graph.line}: ${graph.problem}`);
  return graph;
}

const BLOCK = `graph Block {heads: 2}
  input %0 x: [N, 4]
  input %1 c: [N, 4]
  param weight: [4, 4] = xavier_uniform(4, 4)
  frozen table: [4] = const angles
  %2 h: [N, 4] = einsum %0, @weight {pattern: "n i, o i -> n o"}
  %3: [1, 4] = rearrange @table {pattern: "i -> 1 i"}
  %4: [N, 4] = add %2, %3
  %5: [N, 4] = mul %1, 0.25
  %6 y: [N, 4] = sub %4, %5
  return %6
graph angles
  %0: int[4] = arange {size: 4}
  %1: [4] = sin %0
  return %1
`;
const MODEL = `graph Model {size: S}
  input %0 x: [N, 4] image
  input %1 t: [N, 4]
  %2: [N, 4] = call Block(%0, %1) as blocks.0
  %3: [N, 4] = call Block(%2, %1) as blocks.1
  return eps: %3
${BLOCK}`;

const edit = (...changes: readonly (readonly [string, string])[]): string =>
  changes.reduce((text, [from, to]) => {
    assert.ok(text.includes(from), from);
    return text.replaceAll(from, to);
  }, MODEL);

const base = digestOf(read(MODEL));

/** Another spelling of the same. */
const SAME: Readonly<Record<string, string>> = {
  'names of values': edit(['%2 h:', '%2 hidden:'], ['%6 y:', '%6:']),
  'names and settings of blocks': edit(
    ['Block', 'Layer'],
    ['{heads: 2}', '{h: 2, new: true}'],
    ['{size: S}', ''],
    ['angles', 'table1'],
  ),
  'names of a block’s inputs': edit(['input %1 c:', 'input %1 cond:']),
  'order of nodes that do not depend on each other': edit(
    ['  %5: [N, 4] = mul %1, 0.25\n', ''],
    ['  %2 h:', '  %5: [N, 4] = mul %1, 0.25\n  %2 h:'],
  ),
  'order of weights': edit(
    ['  frozen table: [4] = const angles\n', ''],
    ['  param weight', '  frozen table: [4] = const angles\n  param weight'],
  ),
  'nodes that nobody needs': edit(['  %4: [N, 4] = add', '  %9: [N, 4] = exp %0\n  %4: [N, 4] = add']),
  'equal nodes': edit(['%6 y: [N, 4] = sub %4, %5', '%7: [N, 4] = mul %1, 0.25\n  %6 y: [N, 4] = sub %4, %7']),
  'a named number': edit(['mul %1, 0.25', 'mul %1, %9'], ['  %2 h:', '  %9 quarter: [] = fill 0.25\n  %2 h:']),
};

for (const [what, text] of Object.entries(SAME)) {
  test(`the same: ${what}`, () => assert.is(digestOf(read(text)), base));
}

/** Another computation, other weights, or another interface. */
const OTHER: Readonly<Record<string, string>> = {
  'a number': edit(['0.25', '0.250001']),
  'the sign of a zero': edit(['mul %1, 0.25', 'mul %1, -0']),
  'an op': edit(['sub %4, %5', 'add %4, %5']),
  'the order of operands': edit(['sub %4, %5', 'sub %5, %4']),
  'an attribute': edit(['"n i, o i -> n o"', '"n i, i o -> n o"']),
  'a type': edit(['[N, 4]', '[2N, 4]']),
  'a path': edit(['param weight', 'param w'], ['@weight', '@w']),
  'a prefix': edit(['blocks.1', 'blocks.2']),
  'how a weight starts': edit(['xavier_uniform(4, 4)', 'normal(0.02)']),
  'the constant that it starts as': edit(['sin %0', 'cos %0']),
  'what is trained': edit(['frozen table', 'param table']),
  'a weight that nobody reads': edit(['  param weight', '  param more: [1] = 0\n  param weight']),
  sharing: edit(['as blocks.1', 'as shared blocks.1']),
  'the name of an input': edit(['input %0 x: [N, 4] image', 'input %0 z: [N, 4] image']),
  'a role': edit(['input %0 x: [N, 4] image', 'input %0 x: [N, 4] text']),
  'the name of a result': edit(['return eps', 'return x0']),
  'which results': edit(['return eps: %3', 'return eps: %3, %2']),
};

test('everything else makes a difference', () => {
  const digests = new Map(Object.entries(OTHER).map(([what, text]) => [digestOf(read(text)), what]));
  assert.is(digests.size, Object.keys(OTHER).length);
  assert.not.ok(digests.has(base), digests.get(base));
  for (const digest of digests.keys()) assert.match(digest, /^[0-9a-f]{64}$/);
});

test('a callee is known by what it computes, not by the names of its interface', () => {
  const [plain, named] = [
    read(BLOCK),
    read(BLOCK.replace('input %0 x', 'input %0 z').replace('return %6', 'return y: %6')),
  ];
  assert.is(structureDigest(plain), structureDigest(named));
  assert.is.not(digestOf(plain), digestOf(named));
});

test('weights alone', () => {
  const [block, other] = [read(BLOCK), read(BLOCK.replace('sub %4', 'add %4'))];
  assert.is(weightsDigest(block), weightsDigest(other));
  assert.is.not(structureDigest(block), structureDigest(other));
  assert.is(weightsDigest(read('graph A\n  return\n')), '');
});

test('sharing equal nodes changes no digest', () => {
  for (let seed = 0; seed < 100; seed++) {
    const graph = randomGraph(seed, 20);
    assert.is(digestOf(shareEqual.run(graph)), digestOf(graph), `seed ${seed}`);
  }
});

test('two instances of a preset, and a preset beside its neighbours', () => {
  const digest = (name: string, depth = '2') =>
    digestOf(shippedModel('dit.dit', name, [{ path: 'size.depth', value: depth }]).inference);
  assert.is(digest('DiT-S/2'), digest('DiT-S/2'));
  const all = [
    digest('DiT-S/2'),
    digest('DiT-S/2', '3'),
    digest('DiT-S/4'),
    digest('DiT-B/2'),
    digest('DiT-XL/2-adaLN'),
  ];
  assert.is(new Set(all).size, 5);
});

test('ten thousand nodes in a row', () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `  %${index + 1}: [N] = neg %${index}\n`).join('');
  assert.is(digestOf(read(`graph A\n  input %0 x: [N]\n${lines}  return %20000\n`)).length, 64);
});

test.run();
