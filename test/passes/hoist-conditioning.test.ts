/** A model cut into stages computes what it did; each stage reads what it may, and rows are apart where they are said to be. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { workOf } from '../../compiler/cost/work.ts';
import type { Attributes, Graph } from '../../compiler/ir/graph.ts';
import { f32, int, type TensorType } from '../../compiler/ir/type.ts';
import { verify } from '../../compiler/ir/verify.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { isMisfit } from '../../compiler/ops/op.ts';
import { opNamed } from '../../compiler/ops/registry.ts';
import { isRowWise } from '../../compiler/ops/row-wise.ts';
import { asRun } from '../../compiler/passes/as-run.ts';
import { hoist } from '../../compiler/passes/hoist.ts';
import { hoistConditioning, stageModel } from '../../compiler/passes/hoist-conditioning.ts';
import { randomGraph } from '../ir/random-graph.ts';
import { runnerOf } from '../ir/random-tensors.ts';
import { shippedModel } from '../ir/spec-model.ts';

const N = { batch: 1 };

const ROWS: readonly (readonly [string, readonly TensorType[], Attributes, boolean])[] = [
  ['add', [f32(N, 4), f32(N, 4)], {}, true],
  ['add', [f32(N, 4), f32(1, 4)], {}, true],
  ['add', [f32(3, 4), f32(3, 4)], {}, true],
  // [N, 1] + [1, N]: every row meets every other
  ['add', [f32(N, 1), f32(1, N)], {}, false],
  ['softmax', [f32(N, 4)], {}, true],
  ['softmax', [f32(N)], {}, false],
  ['einsum', [f32(N, 4), f32(5, 4)], { pattern: 'n i, o i -> n o' }, true],
  ['einsum', [f32(N, 3, 4), f32(N, 2, 4)], { pattern: 'n t d, n s d -> n t s' }, true],
  // Σₘ over all rows of the second
  ['einsum', [f32(N, 4), f32(N, 4)], { pattern: 'n d, m d -> n' }, false],
  ['einsum', [f32(N, 4), f32(N, 4)], { pattern: 'n d, n e -> d e' }, false],
  ['reduce', [f32(N, 4)], { pattern: 'n d -> n', op: 'mean' }, true],
  ['reduce', [f32(N, 4)], { pattern: 'n d -> d', op: 'mean' }, false],
  ['rearrange', [f32(N)], { pattern: 'n -> n 1' }, true],
  ['rearrange', [f32(N, 4)], { pattern: 'n d -> d n' }, false],
  ['rearrange', [f32(N, 4)], { pattern: 'n d -> (n d)' }, false],
  ['repeat', [f32(4)], { pattern: 'd -> n d', sizes: { n: N } }, true],
  ['concat', [f32(N, 4), f32(N, 2)], { axis: 1 }, true],
  ['concat', [f32(N, 4), f32(N, 4)], { axis: 0 }, false],
  ['gather', [f32(10, 4), int(N)], { axis: 0, batch: 0 }, true],
  ['gather', [f32(N, 9, 4), int(N, 3)], { axis: 1, batch: 1 }, true],
  ['gather', [f32(N, 9, 4), int(N, 3)], { axis: 1, batch: 0 }, false],
];

test('ops that work row by row', () => {
  for (const [name, operands, attributes, expected] of ROWS) {
    const type = opNamed(name).shape(operands, attributes);
    assert.not.ok(isMisfit(type), `${name} ${JSON.stringify(attributes)}`);
    const found = isRowWise(name, operands, type as TensorType, attributes);
    assert.is(
      found,
      expected,
      `${name} ${JSON.stringify(operands.map(({ shape }) => shape))} ${JSON.stringify(attributes)}`,
    );
  }
});

const GRAPHS = 150;
const paths = (graph: Graph): readonly string[] =>
  weightsOf(graph)
    .map(({ path }) => path)
    .sort();

test('graphs at random: the stages keep every output, bit by bit, and every weight', () => {
  let cut = 0;
  for (let seed = 0; seed < GRAPHS; seed++) {
    const graph = randomGraph(seed, 16);
    const after = hoistConditioning.run(graph);
    assert.equal(verify(after), [], `seed ${seed}`);
    if (after === graph) continue;
    cut++;
    const run = runnerOf(graph, seed);
    assert.equal(run(after), run(graph), `seed ${seed}`);
    assert.equal(paths(after), paths(graph), `seed ${seed}`);
  }
  assert.ok(cut > GRAPHS / 10, `cut only ${cut}`);
});

test('the halves of a graph at random do not read what they must not', () => {
  for (let seed = 0; seed < GRAPHS; seed++) {
    const graph = asRun(randomGraph(seed, 16));
    const { early, late } = hoist(graph, ({ name }) => name === 'x' || name === 'mask');
    assert.equal(verify(late), [], `seed ${seed}`);
    if (early === undefined) continue;
    assert.equal(verify(early), [], `seed ${seed}`);
    assert.ok(early.inputs.every(({ name }) => name !== 'x' && name !== 'mask'));
    assert.ok(workOf(early, 1).macs > 0, `seed ${seed}: nothing is worth carrying`);
    assert.is(workOf(early, 1).macs + workOf(late, 1).macs, workOf(graph, 1).macs, `seed ${seed}`);
  }
});

const macs = (graph: Graph | undefined): number => (graph === undefined ? 0 : workOf(graph, 1).macs);

test('DiT-XL/2: embeddings of the time once a run, modulations of 28 blocks once a step', () => {
  const { inference } = shippedModel('dit.dit', 'DiT-XL/2');
  const { conditions, times, conditioning, body, through } = stageModel(inference);
  const [D, L] = [1152, 28];
  assert.is(conditions, undefined, 'a row of a table is no work');
  assert.is(macs(times), 256 * D + D * D);
  assert.is(macs(conditioning), L * 6 * D * D + 2 * D * D);
  assert.is(macs(times) + macs(conditioning) + macs(body), macs(asRun(inference)));
  assert.is(through.size, 0);
  assert.equal(
    body.inputs.map(({ name }) => name),
    ['x', ...Array.from({ length: L }, (_, i) => `early.blocks.${i}.mod`), 'early.final_layer.mod'],
  );
  // a weight is loaded by the stage that reads it: a third of the model is not in the body
  const count = (graph: Graph): number =>
    weightsOf(graph).filter(({ path }) => path.includes('adaLN_modulation')).length;
  assert.is(count(body), 0);
  assert.is(count(conditioning!), 2 * (L + 1));
});

test('PixArt: keys and values of the captions once a batch', () => {
  const { inference } = shippedModel('pixart.dit', 'PixArt-XL/2-256');
  const { conditions, conditioning, body, through } = stageModel(inference);
  const [D, L, words, wide] = [1152, 28, 120, 4096];
  assert.is(macs(conditions), words * (wide * D + D * D) + L * words * 2 * D * D);
  assert.is(conditioning, undefined, 'time and caption do not meet before x');
  assert.ok([...through.values()].includes('early.t'));
  assert.ok(!body.inputs.some(({ name }) => name === 'text'));
});

test('a model that has no product before x is as it was', () => {
  const { inference } = shippedModel('uvit.dit', 'U-ViT-S/2-cifar10');
  assert.is(hoistConditioning.run(inference), inference);
  assert.is(macs(stageModel(inference).body), macs(asRun(inference)));
});

test.run();
