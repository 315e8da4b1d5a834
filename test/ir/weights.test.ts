import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createBuilder } from '../../compiler/ir/builder.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import { f32 } from '../../compiler/ir/type.ts';
import { countParams, countWeights, joinPath, ownsWeights, weightsOf } from '../../compiler/ir/weights.ts';
import { randomGraph } from './random-graph.ts';
import { shippedModel } from './spec-model.ts';

type Own = readonly [path: string, owned: readonly number[] | Graph, mode?: 'shared' | 'frozen'];

function owner(...owns: readonly Own[]): Graph {
  const build = createBuilder();
  for (const [path, owned, mode] of owns) {
    const shared = mode === 'shared';
    if ('nodes' in owned) build.own({ kind: 'call', callee: owned, prefix: path, shared });
    else
      build.own({
        kind: 'weight',
        shared,
        weight: { path, type: f32(...owned), trained: mode !== 'frozen', init: { kind: 'fill', value: 0 } },
      });
  }
  return build.finish([{ value: build.input('x', f32()) }], { name: 'Owner' });
}

const linear = owner(['weight', [3, 2]], ['bias', [3]]);
const block = owner(
  ['norm.weight', [2], 'frozen'],
  ['mlp.fc1', linear],
  ['', owner(['scale', []])],
  ['mlp.fc2', linear],
);

/** Graphs, the paths of their weights in order, and their numbers of trained and frozen parameters by hand. */
const CASES: readonly (readonly [string, Graph, string, number, number])[] = [
  ['nothing', owner(), '', 0, 0],
  ['a layer', linear, 'weight bias', 9, 0],
  ['layers in a block', block, 'norm.weight mlp.fc1.weight mlp.fc1.bias scale mlp.fc2.weight mlp.fc2.bias', 19, 2],
  [
    'blocks in a model',
    owner(['blocks.0', block], ['blocks.1', block]),
    'blocks.0.norm.weight blocks.0.mlp.fc1.weight blocks.0.mlp.fc1.bias blocks.0.scale blocks.0.mlp.fc2.weight blocks.0.mlp.fc2.bias blocks.1.norm.weight blocks.1.mlp.fc1.weight blocks.1.mlp.fc1.bias blocks.1.scale blocks.1.mlp.fc2.weight blocks.1.mlp.fc2.bias',
    38,
    4,
  ],
  [
    'a shared layer counts once',
    owner(['head', linear, 'shared'], ['tail', linear], ['head', linear, 'shared']),
    'head.weight head.bias tail.weight tail.bias',
    18,
    0,
  ],
  [
    'shared at any depth',
    owner(['a', owner(['b', linear], ['c', [5]]), 'shared'], ['a.b', linear, 'shared']),
    'a.b.weight a.b.bias a.c',
    14,
    0,
  ],
  [
    'shared inside of what is not',
    owner(
      ['', owner(['tied', linear, 'shared'])],
      ['', owner(['tied', linear, 'shared'])],
      ['x', owner(['tied', linear, 'shared'])],
    ),
    'tied.weight tied.bias x.tied.weight x.tied.bias',
    18,
    0,
  ],
  [
    'one more weight in the second of two shared calls',
    owner(['p', linear, 'shared'], ['p', owner(['weight', [3, 2]], ['extra', [7]]), 'shared']),
    'p.weight p.bias p.extra',
    16,
    0,
  ],
];

for (const [name, graph, paths, trained, frozen] of CASES) {
  test(name, () => {
    assert.is(
      weightsOf(graph)
        .map(({ path }) => path)
        .join(' '),
      paths,
    );
    assert.equal(countParams(graph), { trained, frozen });
    assert.is(countWeights(graph), paths === '' ? 0 : paths.split(' ').length);
    assert.is(ownsWeights(graph), paths !== '');
  });
}

test('what is shared says so', () => {
  const graph = owner(['a', owner(['b', linear]), 'shared'], ['c', linear]);
  assert.equal(
    weightsOf(graph).map(({ shared }) => shared),
    [true, true, false, false],
  );
});

test('counting and listing agree', () => {
  for (let seed = 0; seed < 100; seed++) {
    const graph = randomGraph(seed, 25);
    const listed = weightsOf(graph);
    const sum = (trained: boolean) =>
      listed
        .filter(({ weight }) => weight.trained === trained)
        .reduce(
          (total, { weight }) => total + (weight.type.shape as number[]).reduce((product, dim) => product * dim, 1),
          0,
        );
    assert.equal(countParams(graph), { trained: sum(true), frozen: sum(false) }, `seed ${seed}`);
    assert.is(countWeights(graph), listed.length);
    assert.is(new Set(listed.map(({ path }) => path)).size, listed.length);
  }
});

test('counts grow with distinct graphs: 10^15 layers', () => {
  let graph = owner(['w', [1]]);
  for (let level = 0; level < 5; level++) {
    const below = graph;
    graph = owner(...Array.from({ length: 1000 }, (_, index): Own => [`b.${index}`, below]));
  }
  assert.equal(countParams(graph), { trained: 1e15, frozen: 0 });
});

test('DiT-XL/2 has the parameters of the official checkpoint', () => {
  // facebookresearch/DiT, DiT-XL-2-256x256.pt: 675,129,632 numbers, pos_embed [1, 256, 1152] among them
  const { trained, frozen } = countParams(shippedModel('dit.dit', 'DiT-XL/2').inference);
  assert.is(frozen, 256 * 1152);
  assert.is(trained + frozen, 675_129_632);
});

test('the keys of one block are PyTorch’s', () => {
  const paths = weightsOf(shippedModel('dit.dit', 'DiT-S/2').inference).map(({ path }) => path);
  assert.equal(
    paths.filter((path) => path.startsWith('blocks.11.')),
    [
      'blocks.11.adaLN_modulation.1.weight',
      'blocks.11.adaLN_modulation.1.bias',
      'blocks.11.attn.qkv.weight',
      'blocks.11.attn.qkv.bias',
      'blocks.11.attn.proj.weight',
      'blocks.11.attn.proj.bias',
      'blocks.11.mlp.fc1.weight',
      'blocks.11.mlp.fc1.bias',
      'blocks.11.mlp.fc2.weight',
      'blocks.11.mlp.fc2.bias',
    ],
  );
  // pos_embed, the patch projection, two layers of t_embedder, one table, 12 blocks of ten, two layers of final_layer
  assert.is(paths.length, 1 + 2 + 4 + 1 + 12 * 10 + 4);
});

test('paths', () => {
  assert.is(joinPath('', 'a.b'), 'a.b');
  assert.is(joinPath('a', ''), 'a');
  assert.is(joinPath('a.0', 'b'), 'a.0.b');
});

test.run();
