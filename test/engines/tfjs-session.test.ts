/** Sessions on backends of tfjs: nothing is left behind by a step, whatever happens; state; what does not fit. */
import * as tf from '@tensorflow/tfjs-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Builder, createBuilder } from '../../compiler/ir/builder.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { f32, int } from '../../compiler/ir/type.ts';
import type { Program } from '../../compiler/lower/program.ts';
import { cpu } from '../../runtime/engines/cpu.ts';
import type { Engine } from '../../runtime/engines/engine.ts';
import { tensorflow } from '../../runtime/engines/tensorflow.ts';
import { wasm } from '../../runtime/engines/wasm.ts';
import { programOf } from './golden-suite.ts';
import { randomInputs, randomWeights, smallModel } from './small-models.ts';
import { smallTrainStep, startingState, stepFeeds } from './small-train-step.ts';

const tensor = (shape: readonly number[], ...values: number[]): HostTensor => ({
  dtype: 'f32',
  shape,
  data: Float32Array.from(values),
});

const rejects = async (work: Promise<unknown>, message: string): Promise<void> => {
  let thrown: unknown;
  await work.catch((error) => (thrown = error));
  assert.is(thrown instanceof Error ? thrown.message : undefined, message);
};

const init = { kind: 'fill', value: 0 } as const;

function graphOf(make: (build: Builder) => Graph): Program {
  const graph = make(createBuilder());
  return programOf(graph.name, graph);
}

/** count ← count + x; the old count and the new one are results too */
function counting(): Program {
  const build = createBuilder();
  const x = build.input('x', f32(2));
  const weight = { path: 'count', type: f32(2), trained: false, init } as const;
  build.own({ kind: 'weight', weight, shared: false });
  const before = build.weight(weight);
  const after = build.op('add', [before, x]);
  const results = [
    { name: 'before', value: before },
    { name: 'next', value: after },
    { name: 'after', value: after },
    { name: 'again', value: after },
    { name: 'three', value: build.number(3, f32(2)) },
    { name: 'same', value: x },
  ];
  const graph = build.finish(results, { name: 'counting' });
  return { name: 'counting', graph, state: [{ name: 'count', type: f32(2), trained: false, init, update: 'next' }] };
}

const LISTENED = ['uncaughtException', 'unhandledRejection'] as const;
const listeners = LISTENED.map((event) => process.listenerCount(event));
const { available } = await tensorflow.status();
const engines: readonly Engine[] = available ? [wasm, cpu, tensorflow] : [wasm, cpu];

for (const engine of engines) {
  test(`${engine.name}: as many tensors after a step as before`, async () => {
    const program = smallTrainStep('DiT', 'ddpm');
    await engine.status();
    const empty = tf.memory();
    const session = await engine.load(program, startingState(program), { batch: 2 });
    const loaded = tf.memory();
    assert.ok(loaded.numTensors >= empty.numTensors + program.state.length);
    for (let step = 1; step <= 2; step++) {
      await session.run(stepFeeds(program, 2, step));
      const { numTensors, numDataBuffers, numBytes } = tf.memory();
      assert.is(numTensors, loaded.numTensors);
      assert.is(numDataBuffers, loaded.numDataBuffers);
      assert.is(numBytes, loaded.numBytes);
    }
    await session.dispose();
    assert.is(tf.memory().numTensors, empty.numTensors);
    assert.is(tf.memory().numDataBuffers, empty.numDataBuffers);
  });

  test(`${engine.name}: a result may be state, an input, a number, or several results`, async () => {
    const given = tensor([2], 1, 2);
    const session = await engine.load(counting(), new Map([['count', given]]), { batch: 1 });
    const { numTensors } = tf.memory();
    for (const [step, want] of [
      [1, [1, 2, 11, 22]],
      [2, [11, 22, 21, 42]],
    ] as const) {
      const results = await session.run({ x: tensor([2], 10, 20) });
      assert.equal(Object.keys(results), ['before', 'after', 'again', 'three', 'same'], `step ${step}`);
      assert.equal([...results.before!.data, ...results.after!.data], want);
      assert.equal([...results.again!.data], want.slice(2));
      assert.equal([...results.three!.data, ...results.same!.data], [3, 3, 10, 20]);
      results.after!.data.fill(0);
    }
    assert.is(tf.memory().numTensors, numTensors);
    assert.equal([...(await session.read('count')).data], [21, 42]);
    await session.write('count', tensor([2], 5, 6));
    assert.equal([...(await session.read('count')).data], [5, 6]);
    assert.equal([...given.data], [1, 2], 'the tensors of the caller stay');
    await session.dispose();
  });

  test(`${engine.name}: an index outside of its table is told, and nothing is left behind`, async () => {
    const program = graphOf((build) => {
      const [x, y] = [build.input('x', f32(3, 2)), build.input('y', int(2))];
      const twice = build.op('add', [x, x]);
      return build.finish([{ name: 'row', value: build.op('gather', [twice, y], { axis: 0, batch: 0 }) }], {
        name: 'lookup',
      });
    });
    const session = await engine.load(program, new Map(), { batch: 1 });
    const { numTensors } = tf.memory();
    const x = tensor([3, 2], 1, 2, 3, 4, 5, 6);
    const rows = (...data: number[]): HostTensor => ({ dtype: 'int', shape: [2], data: Int32Array.from(data) });
    await rejects(session.run({ x, y: rows(0, 3) }), 'index 3 fed to lookup is outside of the table it picks from');
    assert.is(tf.memory().numTensors, numTensors);
    const { row } = await session.run({ x, y: rows(2, 0) });
    assert.equal([...row!.data], [10, 12, 2, 4]);
    await session.dispose();
  });

  test(`${engine.name}: what does not fit is refused by name`, async () => {
    const session = await engine.load(counting(), new Map([['count', tensor([2], 0, 0)]]), { batch: 1 });
    const x = tensor([2], 1, 2);
    await rejects(session.run({}), 'input x is missing: it is `[2]`');
    await rejects(session.run({ x, z: x }), 'counting has no input `z`');
    await rejects(session.run({ x: tensor([1], 1) }), 'input x is `[1]`, but the program wants `[2]`');
    await rejects(session.read('w'), 'counting has no state `w`');
    await rejects(session.write('count', tensor([], 1)), 'state count is `[]`, but the program wants `[2]`');
    await session.dispose();
    await rejects(engine.load(counting(), new Map(), { batch: 1 }), 'state count is missing: it is `[2]`');
  });
}

test('two sessions on different backends take turns', async () => {
  const { inference } = smallModel('DiT');
  const [weights, inputs] = [randomWeights(inference), randomInputs(inference, 1)];
  const program = programOf('DiT', inference);
  const [one, two] = [await wasm.load(program, weights, { batch: 1 }), await cpu.load(program, weights, { batch: 1 })];
  const results = await Promise.all([one, two, one, two].map((session) => session.run(inputs)));
  for (const { eps } of results) {
    for (const [i, value] of eps!.data.entries()) assert.ok(Math.abs(value - results[0]!.eps!.data[i]!) < 1e-5);
  }
  assert.equal(results[2]!.eps!.data, results[0]!.eps!.data);
  await Promise.all([one.dispose(), two.dispose()]);
});

test('wasm: memory seen in two shapes is multiplied as what it is', async () => {
  const program = graphOf((build) => {
    const [x, w, y] = [build.input('x', f32(18, 20)), build.input('w', f32(20)), build.input('y', f32(2, 1))];
    const column = build.op('rearrange', [w], { pattern: 'k -> k 1' });
    const row = build.op('rearrange', [w], { pattern: 'k -> 1 k' });
    // the same twenty numbers as the right side of a product over 20, and of one over 2
    const both = build.op('concat', [row, row], { axis: 0 });
    const flat = build.op('rearrange', [both], { pattern: 'a k -> (a k)' });
    const square = build.op('rearrange', [flat], { pattern: '(a b) -> a b', sizes: { a: 20 } });
    const pattern = 'i k, k j -> i j';
    return build.finish(
      [
        {
          name: 'wide',
          value: build.op('einsum', [build.op('rearrange', [y], { pattern: 'a 1 -> 1 a' }), both], { pattern }),
        },
        { name: 'tall', value: build.op('einsum', [x, square], { pattern }) },
        { name: 'one', value: build.op('einsum', [x, column], { pattern }) },
      ],
      { name: 'products' },
    );
  });
  const session = await wasm.load(program, new Map(), { batch: 1 });
  const w = tensor([20], ...Array.from({ length: 20 }, (_, i) => i));
  const x = tensor([18, 20], ...Array.from({ length: 360 }, () => 1));
  const { wide, tall, one } = await session.run({ x, w, y: tensor([2, 1], 1, 10) });
  assert.equal(
    [...wide!.data],
    Array.from({ length: 20 }, (_, i) => 11 * i),
  );
  // twenty rows of two: even numbers twice 0 + 2 + … + 18, odd ones twice 1 + 3 + … + 19
  assert.equal(
    [...tall!.data],
    Array.from({ length: 36 }, (_, i) => (i % 2 === 0 ? 180 : 200)),
  );
  assert.equal(
    [...one!.data],
    Array.from({ length: 18 }, () => 190),
  );
  await session.dispose();
});

test('wasm: a program beyond its memory is refused before anything is allocated', async () => {
  const program = graphOf((build) => {
    const x = build.input('x', f32({ batch: 1 }, 1024));
    const square = build.op('mul', [x, x]);
    return build.finish([{ name: 'y', value: build.op('add', [square, x]) }], { name: 'large' });
  });
  await rejects(
    wasm.load(program, new Map(), { batch: 2 ** 20 }),
    'large with batch 1048576 does not fit in memory: it needs 8.00 GiB, and wasm has 3.50 GiB; use a smaller batch, or another engine',
  );
});

test('loading a backend leaves nothing that listens to the faults of the process', async () => {
  for (const engine of engines) await engine.status();
  assert.equal(
    LISTENED.map((event) => process.listenerCount(event)),
    listeners,
  );
});

test('engines say their version and device', async () => {
  const [one, two] = [await wasm.status(), await cpu.status()];
  assert.equal(one, { name: 'wasm', available: true, version: '4.22.0', device: 'cpu (1 thread, SIMD)' });
  assert.equal(two, { name: 'cpu', available: true, version: '4.22.0', device: 'cpu (1 thread, JavaScript)' });
});

test.run();
