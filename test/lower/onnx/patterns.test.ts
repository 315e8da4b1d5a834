/** Patterns that become one node: that they are found, that what only looks like one is not, and that numbers stay. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Builder, createBuilder } from '../../../compiler/ir/builder.ts';
import type { Graph, Value } from '../../../compiler/ir/graph.ts';
import type { HostTensor } from '../../../compiler/ir/tensor.ts';
import { bindShape, f32 } from '../../../compiler/ir/type.ts';
import { bindBatch } from '../../../compiler/lower/bind-batch.ts';
import { flatten } from '../../../compiler/lower/flatten.ts';
import { lowerGraph } from '../../../compiler/lower/onnx/lower.ts';
import { evaluate } from '../../../compiler/lower/reference/evaluate.ts';
import { onnx } from '../../../runtime/engines/onnx.ts';
import { distance } from '../../engines/closeness.ts';
import { randomInputs, smallModel } from '../../engines/small-models.ts';

const BATCH = 2;

const nodesOf = (graph: Graph, audience: 'any' | 'onnxruntime' = 'onnxruntime'): string[] =>
  lowerGraph(bindBatch(flatten(graph), BATCH), { audience }).model.nodes.map(({ op }) => op);

async function assertSame(graph: Graph): Promise<void> {
  const inputs = randomInputs(graph, BATCH);
  const want = evaluate(graph, { inputs, batch: BATCH });
  const session = await onnx.load({ name: graph.name, graph, state: [] }, new Map(), { batch: BATCH, threads: 1 });
  const got: Record<string, HostTensor> = await session.run(inputs);
  await session.dispose();
  for (const [name, tensor] of Object.entries(want)) {
    assert.ok(distance(got[name]!, tensor) <= 1e-5, `${name} is ${distance(got[name]!, tensor)} off`);
    assert.equal(got[name]!.shape, bindShape(tensor.shape, BATCH));
  }
}

interface Attention {
  readonly heads: number;
  readonly width: number;
  readonly tokens: number;
  /** tokens of keys and values, where they are not those of the queries */
  readonly memory?: number;
  readonly scale?: (build: Builder, scores: Value) => Value;
  readonly end?: string;
  readonly scores?: string;
  /** the softmax is a result too */
  readonly shown?: boolean;
  /** queries and keys are normed, which leaves them with their heads apart */
  readonly normed?: boolean;
}

function attention({ heads: h, width, tokens, memory, scale, end, scores, shown, normed }: Attention): Graph {
  const build = createBuilder();
  const { op } = build;
  const D = h * width;
  const N = { batch: 1 };
  const part = (x: Value, count: number, at: number): Value => {
    const all = op('rearrange', [x], { pattern: `n t (${count} h k) -> ${count} n h t k`, sizes: { h } });
    return op('rearrange', [op('slice', [all], { axis: 0, start: at, end: at + 1 })], {
      pattern: '1 n h t k -> n h t k',
    });
  };
  let q: Value;
  let k: Value;
  let v: Value;
  if (memory === undefined) {
    const qkv = build.input('qkv', f32(N, tokens, 3 * D));
    [q, k, v] = [part(qkv, 3, 0), part(qkv, 3, 1), part(qkv, 3, 2)];
  } else {
    q = op('rearrange', [build.input('q', f32(N, tokens, D))], { pattern: 'n t (h k) -> n h t k', sizes: { h } });
    const kv = build.input('kv', f32(N, memory, 2 * D));
    [k, v] = [part(kv, 2, 0), part(kv, 2, 1)];
  }
  if (normed) [q, k] = [op('rmsnorm', [q], { eps: 1e-6 }), op('rmsnorm', [k], { eps: 1e-6 })];
  const product = op('einsum', [q, k], { pattern: scores ?? 'n h t k, n h s k -> n h t s' });
  const weights = op('softmax', [scale ? scale(build, product) : product]);
  const mixed = op('einsum', [weights, v], { pattern: 'n h t s, n h s v -> n h t v' });
  const y = op('rearrange', [mixed], { pattern: end ?? 'a b c d -> a c (b d)' });
  const results = [{ name: 'y', value: y }, ...(shown ? [{ name: 'weights', value: weights }] : [])];
  return build.finish(results, { name: 'attention' });
}

const divided = (build: Builder, scores: Value): Value => build.op('div', [scores, build.number(3)]);
const multiplied = (build: Builder, scores: Value): Value => build.op('mul', [scores, build.number(0.3)]);

const ATTENTIONS: readonly (readonly [what: string, found: boolean, of: Attention])[] = [
  ['of three parts of one tensor', true, { heads: 3, width: 4, tokens: 5, scale: divided }],
  ['to a memory', true, { heads: 2, width: 5, tokens: 3, memory: 7, scale: multiplied }],
  ['without a scale, of one head', true, { heads: 1, width: 8, tokens: 6 }],
  ['of one token', true, { heads: 2, width: 4, tokens: 1, scale: divided }],
  ['to a memory of one token', true, { heads: 2, width: 1, tokens: 4, memory: 1, scale: divided }],
  ['of many tokens', true, { heads: 2, width: 16, tokens: 130, scale: multiplied }],
  ['of few normed tokens', false, { heads: 2, width: 4, tokens: 5, normed: true }],
  ['of 1024 normed tokens', true, { heads: 2, width: 4, tokens: 1024, normed: true, scale: divided }],
  ['of few tokens to 1024 that are normed', true, { heads: 1, width: 4, tokens: 3, memory: 1024, normed: true }],
  ['of which the weights are wanted too', false, { heads: 2, width: 4, tokens: 5, shown: true }],
  ['with heads inside', false, { heads: 2, width: 4, tokens: 5, end: 'a b c d -> a c (d b)' }],
  ['turned round', false, { heads: 2, width: 4, tokens: 5, scores: 'n h t k, n h s k -> n h s t' }],
];

for (const [what, found, of] of ATTENTIONS) {
  test(`attention ${what}`, async () => {
    const graph = attention(of);
    assert.is(nodesOf(graph).includes('MultiHeadAttention'), found);
    assert.not(nodesOf(graph).includes('Softmax') && found, 'nothing is computed twice');
    assert.not(nodesOf(graph, 'any').includes('MultiHeadAttention'), 'standard ONNX has no such node');
    await assertSame(graph);
  });
}

test('every attention of a DiT is found, in the graph for inference', () => {
  const { inference } = smallModel('DiT');
  assert.is(nodesOf(inference).filter((op) => op === 'MultiHeadAttention').length, 2);
});

/** A norm, then what `then` makes of it and of two inputs */
function normed(
  rows: readonly [number[], number[]],
  then: (build: Builder, x: Value, w: Value, b: Value) => Value[],
): Graph {
  const build = createBuilder();
  const x = build.op('layernorm', [build.input('x', f32({ batch: 1 }, 3, 6))], { eps: 1e-5 });
  const [w, b] = rows.map((shape, at) => build.input(`row${at}`, f32(...shape))) as [Value, Value];
  const results = then(build, x, w, b).map((value, at) => ({ name: `y${at}`, value }));
  return build.finish(results, { name: 'normed' });
}

const row = [1, 1, 6];
const affine = (build: Builder, x: Value, w: Value, b: Value) => [build.op('add', [build.op('mul', [x, w]), b])];
const mirrored = (build: Builder, x: Value, w: Value, b: Value) => [build.op('add', [b, build.op('mul', [w, x])])];
const NORMS: readonly (readonly [what: string, nodes: string, graph: Graph])[] = [
  ['then weight and bias', 'Reshape Reshape LayerNormalization', normed([row, row], affine)],
  ['then bias and weight, mirrored', 'Reshape Reshape LayerNormalization', normed([row, row], mirrored)],
  ['then one number for each token', 'LayerNormalization Mul Add', normed([[1, 3, 1], row], affine)],
  [
    'that is read again',
    'LayerNormalization Mul Add Neg',
    normed([row, row], (build, x, w, b) => [...affine(build, x, w, b), build.op('neg', [x])]),
  ],
];

for (const [what, nodes, graph] of NORMS) {
  test(`norm ${what}`, async () => {
    assert.is(nodesOf(graph).join(' '), nodes);
    await assertSame(graph);
  });
}

test.run();
