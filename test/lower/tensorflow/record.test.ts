/** Programs written down as TensorFlow graphs: every kernel has its node, with the shape and type that the op promises. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createBuilder } from '../../../compiler/ir/builder.ts';
import type { Graph } from '../../../compiler/ir/graph.ts';
import { f32 } from '../../../compiler/ir/type.ts';
import { bindBatch } from '../../../compiler/lower/bind-batch.ts';
import { flatten } from '../../../compiler/lower/flatten.ts';
import { createRecorder, type Recorded } from '../../../compiler/lower/tensorflow/record.ts';
import { encodeSavedModel } from '../../../compiler/lower/tensorflow/saved-model.ts';
import { lowerGraph } from '../../../compiler/lower/tfjs/lower.ts';
import { runSteps } from '../../../runtime/engines/tfjs-run.ts';
import { caseGraph, titleOf } from '../../engines/op-case.ts';
import { OP_CASES } from '../../engines/op-cases.ts';

/** What the steps of a graph leave in a recorder. */
function record(graph: Graph, batch = 1) {
  const lowered = lowerGraph(bindBatch(flatten(graph), batch), { transposes: true, batches: true });
  const recorder = createRecorder();
  const given = new Map(lowered.inputs.map(({ value, type }) => [value, recorder.placeholder(type)] as const));
  const constants = lowered.constants.tensors.map(recorder.constant);
  const results = runSteps(lowered, recorder.kernel, constants, given) as Recorded[];
  return { recorder, lowered, results };
}

for (const [op, cases] of Object.entries(OP_CASES)) {
  test(`${op}: the shapes and types of the op`, () => {
    for (const example of cases) {
      const { lowered, results } = record(caseGraph(op, example), 2);
      const { dtype, shape } = results[0]!;
      assert.equal({ dtype, shape: [...shape] }, lowered.results[0]!.type, titleOf(example));
    }
  });
}

const linear = (): Graph => {
  const build = createBuilder();
  const [x, w] = [build.input('x', f32({ batch: 1 }, 3)), build.input('w', f32(2, 3))];
  const y = build.op('einsum', [x, w], { pattern: 'n i, o i -> n o' });
  return build.finish([{ name: 'y', value: build.op('neg', [y]) }], { name: 'linear' });
};

test('a linear map is two nodes', () => {
  const { recorder, results } = record(linear(), 4);
  const typed = { T: { type: 1 } };
  assert.equal(recorder.nodes, [
    { name: 'n0', op: 'Placeholder', inputs: [], attributes: { dtype: { type: 1 }, shape: { dims: [4, 3] } } },
    { name: 'n1', op: 'Placeholder', inputs: [], attributes: { dtype: { type: 1 }, shape: { dims: [2, 3] } } },
    {
      name: 'n2',
      op: 'MatMul',
      inputs: ['n0', 'n1'],
      attributes: { ...typed, transpose_a: { b: false }, transpose_b: { b: true } },
    },
    { name: 'n3', op: 'Neg', inputs: ['n2'], attributes: typed },
  ]);
  assert.equal([results[0]!.name, results[0]!.shape], ['n3', [4, 2]]);
});

test('attributes are written where they are zero or false too, as TensorFlow wants them', async () => {
  const one = { name: 'a', op: 'B', inputs: [], attributes: { c: { b: false }, d: { i: 0 } } };
  // SavedModel { 1: 1, 2: MetaGraph { 1: MetaInfo { 4: serve }, 2: Graph { 1: Node, 4: Versions { 1: 1087 } } } }
  const entry = (key: string, field: number) => [42, 7, 10, 1, key.charCodeAt(0), 18, 2, 8 * field, 0];
  const node = [10, 1, 97, 18, 1, 66, ...entry('c', 5), ...entry('d', 3)];
  const graph = [10, node.length, ...node, 34, 3, 8, 0xbf, 8];
  const meta = [10, 7, 34, 5, ...Buffer.from('serve'), 18, graph.length, ...graph];
  assert.equal([...(await encodeSavedModel([one]))], [8, 1, 18, meta.length, ...meta]);
});

test('a kernel that has no node is a bug', () => {
  assert.throws(() => createRecorder().kernel('Einsum', {}), /the kernel Einsum is not known to TensorFlow's graphs/);
});

test.run();
