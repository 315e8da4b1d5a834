/** Programs with state on onnx: buffers that swap, results that nothing computes, and what callers get wrong. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createBuilder } from '../../compiler/ir/builder.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { f32 } from '../../compiler/ir/type.ts';
import type { Program } from '../../compiler/lower/program.ts';
import { onnx } from '../../runtime/engines/onnx.ts';
import { near, rejects, scalar, stateOf, tensor } from './program-parts.ts';

/** The products read W before and after the next W was made: whoever wrote it in place would spoil one of them. */
function decaying(): Program {
  const build = createBuilder();
  const { op } = build;
  const x = build.input('x', f32({ batch: 1 }, 64));
  const w = stateOf(build, 'w', f32(64, 64));
  const next = op('mul', [w, build.number(0.5)]);
  const through = (from: Value, by: Value) => op('einsum', [from, by], { pattern: 'n i, o i -> n o' });
  // in either order, since operands are likely to be computed from left to right, or from right to left
  const early = op('add', [through(x, w), through(x, next)]);
  const late = op('add', [through(early, next), through(early, w)]);
  const results = [
    { name: 'next', value: next },
    { name: 'y', value: late },
  ];
  const state = {
    name: 'w',
    type: f32(64, 64),
    trained: true,
    init: { kind: 'fill', value: 0 },
    update: 'next',
  } as const;
  return { name: 'decaying', graph: build.finish(results, { name: 'decaying' }), state: [state] };
}

test('a weight that a product still reads is not overwritten', async () => {
  const eye = Float32Array.from({ length: 64 * 64 }, (_, at) => (at % 65 === 0 ? 1 : 0));
  const session = await onnx.load(decaying(), new Map([['w', tensor([64, 64], eye)]]), { batch: 2 });
  for (let step = 0; step < 4; step++) {
    const { y } = await session.run({ x: tensor([2, 64], new Float32Array(128).fill(0.75)) });
    // (1 + 1/2) twice, of W = 2^-step
    near(y!.data, new Array(128).fill(0.75 * (1.5 * 0.5 ** step) ** 2), `y after ${step} steps`);
  }
  assert.equal((await session.read('w')).data[65], 0.0625);
  await session.dispose();
});

/** y = x + bias, which nothing updates */
function shift(): Program {
  const build = createBuilder();
  const x = build.input('x', f32({ batch: 1 }, 2));
  const bias = build.op('rearrange', [stateOf(build, 'bias', f32(2))], { pattern: 'd -> 1 d' });
  const graph = build.finish([{ name: 'y', value: build.op('add', [x, bias]) }], { name: 'shift' });
  return {
    name: 'shift',
    graph,
    state: [{ name: 'bias', type: f32(2), trained: true, init: { kind: 'fill', value: 0 } }],
  };
}

const bias = (...values: number[]) => new Map([['bias', tensor([2], values)]]);

test('results belong to the caller, and state can be written and read', async () => {
  const session = await onnx.load(shift(), bias(1, 2), { batch: 1 });
  const first = await session.run({ x: tensor([1, 2], [10, 20]) });
  await session.write('bias', tensor([2], [5, 6]));
  const second = await session.run({ x: tensor([1, 2], [10, 20]) });
  assert.equal([...first.y!.data], [11, 22]);
  assert.equal([...second.y!.data], [15, 26]);
  const read = await session.read('bias');
  read.data[0] = 99;
  assert.equal([...(await session.read('bias')).data], [5, 6]);
  await session.dispose();
});

test('ints pass for floats, and floats come in 64 bit too', async () => {
  const session = await onnx.load(shift(), bias(1, 2), { batch: 1 });
  const ints = await session.run({ x: { dtype: 'int', shape: [1, 2], data: Int32Array.of(3, 4) } });
  assert.equal([...ints.y!.data], [4, 6]);
  const wide = await session.run({ x: { dtype: 'f32', shape: [1, 2], data: Float64Array.of(0.5, 0.25) } });
  assert.equal([...wide.y!.data], [1.5, 2.25]);
  await session.dispose();
});

test('state that a step writes but does not read starts as given', async () => {
  const build = createBuilder();
  const x = build.input('x', f32());
  const graph = build.finish([{ name: 'next', value: build.op('neg', [x]) }], { name: 'last' });
  const state = [
    { name: 'last', type: f32(), trained: false, init: { kind: 'fill', value: 0 } as const, update: 'next' },
  ];
  const session = await onnx.load({ name: 'last', graph, state }, new Map([['last', scalar(8)]]), { batch: 1 });
  assert.is((await session.read('last')).data[0], 8);
  assert.equal(await session.run({ x: scalar(3) }), {});
  assert.is((await session.read('last')).data[0], -3);
  await session.dispose();
});

test('a result may be an input, a state, a number, a constant, or what another result is', async () => {
  const build = createBuilder();
  const x = build.input('x', f32(2));
  build.input('unused', f32({ batch: 1 }));
  const w = stateOf(build, 'w', f32(2));
  const sum = build.op('add', [x, w]);
  const ramp = createBuilder();
  const ramped = ramp.op('mul', [ramp.op('arange', [], { size: 3 }), ramp.number(0.5)]);
  const constant = build.constant(ramp.finish([{ value: ramped }], { name: 'ramp' }));
  const values = { sum, again: sum, x, w, seven: build.number(7), sevens: build.number(7, f32(2)), constant };
  const results = Object.entries(values).map(([name, value]) => ({ name, value }));
  const state = [
    { name: 'w', type: f32(2), trained: true, init: { kind: 'fill', value: 0 } as const, update: 'sum' },
    { name: 'old', type: f32(2), trained: false, init: { kind: 'fill', value: 0 } as const, update: 'w' },
  ];
  const program = { name: 'ends', graph: build.finish(results, { name: 'ends' }), state };
  const start = new Map([
    ['w', tensor([2], [10, 20])],
    ['old', tensor([2], [0, 0])],
  ]);
  const session = await onnx.load(program, start, { batch: 1 });
  for (let step = 0; step < 3; step++) {
    const found = await session.run({ x: tensor([2], [1, 2]), unused: tensor([1], [0]) });
    const shown = Object.fromEntries(Object.entries(found).map(([name, { data }]) => [name, [...data]]));
    const sums = [11 + step, 22 + 2 * step];
    assert.equal(shown, { again: sums, x: [1, 2], seven: [7], sevens: [7, 7], constant: [0, 0.5, 1] });
    assert.equal([...(await session.read('w')).data], sums);
    assert.equal([...(await session.read('old')).data], [10 + step, 20 + 2 * step]);
  }
  await session.dispose();
});

test('what does not fit is refused by name', async () => {
  const session = await onnx.load(shift(), bias(0, 0), { batch: 2 });
  const x = tensor([2, 2], [1, 2, 3, 4]);
  await rejects(session.run({}), 'input x is missing: it is `[2, 2]`');
  await rejects(session.run({ x, z: x }), 'shift has no input `z`');
  await rejects(session.run({ x: tensor([1, 2], [1, 2]) }), 'input x is `[1, 2]`, but the program wants `[2, 2]`');
  const short = { dtype: 'f32', shape: [2, 2], data: Float32Array.of(1) } as const;
  await rejects(session.run({ x: short }), 'input x is `[2, 2]` with 1 number, not 4');
  const bools = { dtype: 'bool', shape: [2, 2], data: Uint8Array.of(1, 0, 1, 0) } as const;
  await rejects(session.run({ x: bools }), 'input x is `bool[2, 2]`, but the program wants `[2, 2]`');
  await rejects(session.read('w'), 'shift has no state `w`');
  await rejects(session.write('bias', scalar(1)), 'state bias is `[]`, but the program wants `[2]`');
  await rejects(onnx.load(shift(), new Map(), { batch: 1 }), 'state bias is missing: it is `[2]`');
  assert.equal([...(await session.run({ x })).y!.data], [1, 2, 3, 4], 'and the session still works');
  await session.dispose();
});

test('an index outside of its table is said to be that', async () => {
  const build = createBuilder();
  const table = build.input('table', f32(3, 2));
  const index = build.input('index', { dtype: 'int', shape: [1] });
  const y = build.op('gather', [table, index], { axis: 0, batch: 0 });
  const program = { name: 'pick', graph: build.finish([{ name: 'y', value: y }], { name: 'pick' }), state: [] };
  const session = await onnx.load(program, new Map(), { batch: 1 });
  const feeds = {
    table: tensor([3, 2], [1, 2, 3, 4, 5, 6]),
    index: { dtype: 'int', shape: [1], data: Int32Array.of(7) } as const,
  };
  await rejects(session.run(feeds), 'index 7 fed to pick is outside of the table it picks from');
  await session.dispose();
});

test.run();
