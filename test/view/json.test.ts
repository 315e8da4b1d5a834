import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { digestOf } from '../../compiler/ir/digest.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import { isReadProblem, readGraph } from '../../compiler/ir/read.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { type GroupDocument, graphDocument, type NodeDocument } from '../../compiler/view/json.ts';
import { randomGraph } from '../ir/random-graph.ts';
import { shippedModel } from '../ir/spec-model.ts';

function read(text: string): Graph {
  const graph = readGraph(text);
  if (isReadProblem(graph)) throw new Error(`${graph.line}: ${graph.problem}`);
  return graph;
}

const MODEL = read(`graph M {size: S}
  input %0 x: [N, 4] image
  frozen v: [4] = const wave
  %1 h: [N, 4], %2: [N, 4] = call Block(%0) as blocks.0
  %3: [N, 4] = mul %2, 0.5
  %4: [4] = const wave
  return eps: %3, %1
graph Block
  input %0 x: [N, 4]
  param w: [1, 4] = 1
  %1: [N, 4] = mul %0, @w
  %2: [N, 4] = layernorm %1 {eps: 1e-6}
  return %1, %2
graph wave
  %0: [4] = fill 2
  return %0
`);

const nx4 = { type: '[N, 4]', dtype: 'f32', shape: [{ batch: 1 }, 4] };

test('a document, whole', () => {
  assert.equal(JSON.parse(JSON.stringify(graphDocument(MODEL))), {
    label: 'M',
    name: 'M',
    settings: 'size: S',
    digest: digestOf(MODEL),
    params: { trained: 4, frozen: 4 },
    inputs: [{ id: 'in0', name: 'x', ...nx4, role: { kind: 'image' } }],
    outputs: [{ name: 'eps', from: '2' }, { from: '0' }],
    weights: [{ path: 'v', type: '[4]', shape: [4], trained: false }],
    nodes: [
      {
        id: '0',
        kind: 'call',
        label: 'Block',
        operands: ['in0'],
        results: [{ name: 'h', ...nx4 }, nx4],
        path: 'blocks.0',
        inside: {
          label: 'Block',
          name: 'Block',
          settings: '',
          params: { trained: 4, frozen: 0 },
          inputs: [{ id: '0/in0', name: 'x', ...nx4 }],
          outputs: [{ from: '0/1' }, { from: '0/2' }],
          weights: [{ path: 'blocks.0.w', type: '[1, 4]', shape: [1, 4], trained: true }],
          nodes: [
            {
              id: '0/0',
              kind: 'weight',
              label: 'weight',
              operands: [],
              results: [{ type: '[1, 4]', dtype: 'f32', shape: [1, 4] }],
              path: 'blocks.0.w',
            },
            { id: '0/1', kind: 'op', label: 'mul', operands: ['0/in0', '0/0'], results: [nx4], attributes: {} },
            { id: '0/2', kind: 'op', label: 'layernorm', operands: ['0/1'], results: [nx4], attributes: { eps: 1e-6 } },
          ],
        },
      },
      {
        id: '1',
        kind: 'const',
        label: 'const',
        operands: [],
        results: [{ type: '[]', dtype: 'f32', shape: [] }],
        value: 0.5,
      },
      { id: '2', kind: 'op', label: 'mul', operands: ['0:1', '1'], results: [nx4], attributes: {} },
      { id: '3', kind: 'const', label: 'wave', operands: [], results: [{ type: '[4]', dtype: 'f32', shape: [4] }] },
    ],
  });
});

function* groups(group: GroupDocument): Generator<GroupDocument> {
  yield group;
  for (const { inside } of group.nodes ?? []) if (inside !== undefined) yield* groups(inside);
}

function* nodes(group: GroupDocument): Generator<NodeDocument> {
  for (const { nodes: own } of groups(group)) yield* own ?? [];
}

test('every value that is used is made in the same group, and ids are unique', () => {
  for (let seed = 0; seed < 40; seed++) {
    const document = graphDocument(randomGraph(seed));
    for (const group of groups(document)) {
      const made = new Set([
        ...group.inputs.map(({ id }) => id),
        ...(group.nodes ?? []).flatMap(({ id, results }) =>
          results.map((_, index) => (index === 0 ? id : `${id}:${index}`)),
        ),
      ]);
      for (const { operands } of group.nodes ?? [])
        for (const operand of operands) assert.ok(made.has(operand), operand);
      for (const { from } of group.outputs) assert.ok(made.has(from));
    }
    const ids = [...nodes(document)].map(({ id }) => id);
    assert.is(new Set(ids).size, ids.length);
  }
});

test('weights stand in the groups that own them, with full paths and the line that made a node', () => {
  const { inference } = shippedModel('dit.dit', 'DiT-S/2');
  const document = graphDocument(inference);
  assert.equal(
    [...groups(document)].flatMap(({ weights }) => weights.map(({ path }) => path)).sort(),
    weightsOf(inference)
      .map(({ path }) => path)
      .sort(),
  );
  const attention = [...nodes(document)].find(({ path, kind }) => kind === 'call' && path === 'blocks.3.attn')!;
  assert.is(attention.label, 'SelfAttention');
  assert.match(attention.place!.file, /specs\/dit\.dit$/);
  assert.type(attention.place!.line, 'number');
});

test('as deep as asked for, and no larger than allowed', () => {
  const { inference } = shippedModel('dit.dit', 'DiT-S/2');
  const opened = (options: Parameters<typeof graphDocument>[1]) =>
    [...groups(graphDocument(inference, options))].filter(({ nodes: own }) => own !== undefined).length;
  assert.is(opened({ depth: 0 }), 1);
  assert.is(opened({ depth: 1 }), 2);
  assert.ok(opened({ depth: 2 }) > 12);
  assert.ok([...nodes(graphDocument(inference, { mostNodes: 300 }))].length <= 300);
});

test.run();
