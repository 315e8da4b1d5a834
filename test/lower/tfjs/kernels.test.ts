/** Which kernels programs run: only such as every backend has, and none of those that one of them gets wrong. */
import * as tf from '@tensorflow/tfjs-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createBuilder } from '../../../compiler/ir/builder.ts';
import { f32 } from '../../../compiler/ir/type.ts';
import { cpu } from '../../../runtime/engines/cpu.ts';
import type { Engine } from '../../../runtime/engines/engine.ts';
import { wasm } from '../../../runtime/engines/wasm.ts';
import { caseGraph, feedCase } from '../../engines/op-case.ts';
import { OP_CASES } from '../../engines/op-cases.ts';
import { smallTrainStep, startingState, stepFeeds } from '../../engines/small-train-step.ts';

interface Call {
  readonly kernel: string;
  readonly shapes: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** The kernels that are run during `work`. */
async function callsDuring(work: () => Promise<unknown>): Promise<Call[]> {
  const engine = tf.engine();
  const original = engine.runKernel;
  const calls: Call[] = [];
  engine.runKernel = ((kernel: string, inputs: Record<string, tf.Tensor>, attributes: Call['attributes'] = {}) => {
    calls.push({ kernel, shapes: Object.values(inputs).map(({ shape }) => String(shape)), attributes });
    return original.call(engine, kernel, inputs, attributes as never);
  }) as typeof engine.runKernel;
  try {
    await work();
  } finally {
    engine.runKernel = original;
  }
  return calls;
}

async function everyOp(engine: Engine): Promise<void> {
  for (const [op, cases] of Object.entries(OP_CASES)) {
    for (const example of cases) {
      const session = await engine.load({ name: op, graph: caseGraph(op, example), state: [] }, new Map(), {
        batch: 2,
      });
      await session.run(feedCase(example, 'x', 2, 0));
      await session.dispose();
    }
  }
}

async function trainStep(engine: Engine): Promise<void> {
  const program = smallTrainStep('DiT', 'ddpm');
  const session = await engine.load(program, startingState(program), { batch: 2 });
  await session.run(stepFeeds(program, 2, 1));
  await session.dispose();
}

/** Not in every backend, or wrong in one: products with a bias in WebAssembly */
const AVOIDED = ['_FusedMatMul', 'FusedConv2D', 'Einsum', 'UnsortedSegmentSum', 'Conv2DBackpropFilter'];

for (const engine of [wasm, cpu]) {
  test(`${engine.name}: every op, and a train step`, async () => {
    for (const each of [wasm, cpu]) await each.status();
    const calls = await callsDuring(async () => {
      await everyOp(engine);
      await trainStep(engine);
    });
    const kernels = new Set(calls.map(({ kernel }) => kernel));
    assert.ok(kernels.has('BatchMatMul') && kernels.has('Conv2D') && kernels.has('Select'));
    for (const kernel of AVOIDED) assert.not(kernels.has(kernel), kernel);
    for (const kernel of kernels) {
      for (const backend of ['wasm', 'cpu']) assert.ok(tf.getKernel(kernel, backend), `${backend} has ${kernel}`);
    }
  });
}

test('wasm multiplies matrices that lie straight; the others take them as they are', async () => {
  const products = async (engine: Engine): Promise<Call[]> =>
    (await callsDuring(() => trainStep(engine))).filter(({ kernel }) => kernel === 'BatchMatMul');
  const turned = ({ attributes }: Call): boolean => attributes.transposeA === true || attributes.transposeB === true;
  assert.not((await products(wasm)).some(turned));
  assert.ok((await products(cpu)).some(turned));
});

test('wasm multiplies large matrices one after the other, small ones in one call', async () => {
  const shapesOf = async (engine: Engine, side: number): Promise<readonly (readonly string[])[]> => {
    const build = createBuilder();
    const [a, b] = [build.input('a', f32(3, side, side)), build.input('b', f32(3, side, side))];
    const y = build.op('einsum', [a, b], { pattern: 'n i j, n j k -> n i k' });
    const graph = build.finish([{ name: 'y', value: y }], { name: 'products' });
    const session = await engine.load({ name: 'products', graph, state: [] }, new Map(), { batch: 1 });
    const matrix = { dtype: 'f32', shape: [3, side, side], data: new Float32Array(3 * side * side) } as const;
    const calls = await callsDuring(() => session.run({ a: matrix, b: matrix }));
    await session.dispose();
    return calls.filter(({ kernel }) => kernel === 'BatchMatMul').map(({ shapes }) => shapes);
  };
  const [large, small] = [Array(3).fill(['32,32', '32,32']), [['3,4,4', '3,4,4']]];
  assert.equal(await shapesOf(wasm, 32), large);
  assert.equal(await shapesOf(wasm, 4), small);
  assert.equal(await shapesOf(cpu, 32), [['3,32,32', '3,32,32']]);
});

test('constants are uploaded once, not with every call', async () => {
  const build = createBuilder();
  const closed = createBuilder();
  const steps = closed.op('arange', [], { size: 5 });
  const table = closed.finish([{ value: closed.op('mul', [steps, closed.number(2)]) }], { name: 'table' });
  const x = build.input('x', f32(5));
  const y = build.op('add', [x, build.constant(table)]);
  const graph = build.finish([{ name: 'y', value: y }], { name: 'constant' });
  const session = await wasm.load({ name: 'constant', graph, state: [] }, new Map(), { batch: 1 });
  const feeds = { x: { dtype: 'f32', shape: [5], data: Float32Array.of(1, 1, 1, 1, 1) } } as const;
  const kernels: string[] = [];
  for (let turn = 0; turn < 2; turn++) {
    const calls = await callsDuring(async () => {
      const { y } = await session.run(feeds);
      assert.equal([...y!.data], [1, 3, 5, 7, 9]);
    });
    kernels.push(calls.map(({ kernel }) => kernel).join());
  }
  assert.equal(kernels, ['Add', 'Add']);
  await session.dispose();
});

test.run();
