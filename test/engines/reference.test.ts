/** The oracle as an engine: state that a program replaces, and what leaves it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createBuilder } from '../../compiler/ir/builder.ts';
import { f32 } from '../../compiler/ir/type.ts';
import type { Program } from '../../compiler/lower/program.ts';
import { reference } from '../../runtime/engines/reference.ts';
import { floats } from '../lower/reference/tensors.ts';

/** w' = w − lr x, mean = (mean + w) / 2, and out = w x */
function step(): Program {
  const build = createBuilder();
  const x = build.input('x', f32({ batch: 1 }));
  const lr = build.input('lr', f32());
  const init = { kind: 'fill', value: 0 } as const;
  const read = (path: string) => {
    const weight = { path, type: f32(1), trained: path === 'w', init };
    build.own({ kind: 'weight', weight, shared: false });
    return build.weight(weight);
  };
  const [w, mean] = [read('w'), read('mean')];
  const total = build.op('reduce', [x], { pattern: 'n -> 1', op: 'sum' });
  const next = build.op('sub', [w, build.op('mul', [lr, total])]);
  const average = build.op('div', [build.op('add', [mean, w]), build.number(2)]);
  const graph = build.finish(
    [
      { name: 'out', value: build.op('mul', [w, x]) },
      { name: 'next.w', value: next },
      { name: 'next.mean', value: average },
    ],
    { name: 'step' },
  );
  const state = ['w', 'mean'].map((name) => ({
    name,
    type: f32(1),
    trained: name === 'w',
    init,
    update: `next.${name}`,
  }));
  return { name: 'step', graph, state };
}

const start = () =>
  new Map([
    ['w', floats([1])],
    ['mean', floats([0])],
  ]);
const feeds = { x: floats([1, 2]), lr: floats(0.1) };

test('it is always there', async () => {
  const { available, name } = await reference.status();
  assert.equal([available, name], [true, 'reference']);
});

test('a step gives its outputs and replaces its state', async () => {
  const session = await reference.load(step(), start(), { batch: 2 });
  const first = await session.run(feeds);
  assert.equal(first, { out: { dtype: 'f32', shape: [2], data: Float32Array.of(1, 2) } });
  const second = await session.run(feeds);
  // w is 1, 0.7, 0.4 and is not rounded between steps; what is read is
  assert.equal(second.out!.data, Float32Array.of(0.7, 1.4));
  assert.equal((await session.read('w')).data, Float32Array.of(0.4));
  assert.equal((await session.read('mean')).data, Float32Array.of((0.5 + 0.7) / 2));
});

test('what comes out and what goes in belongs to the caller', async () => {
  const given = start();
  const session = await reference.load(step(), given, { batch: 2 });
  const tensor = floats([5]);
  await session.write('w', tensor);
  tensor.data[0] = 6;
  (await session.read('w')).data[0] = 7;
  assert.equal((await session.read('w')).data, Float32Array.of(5));
  await session.run(feeds);
  assert.equal(given.get('w'), floats([1]));
});

test('what does not fit is named', async () => {
  const says = async (promise: Promise<unknown>, message: string): Promise<void> => {
    const error = await promise.then(
      () => undefined,
      (reason: Error) => reason.message,
    );
    assert.is(error, message);
  };
  await says(reference.load(step(), new Map(), { batch: 2 }), '`step` starts without its state `w`');
  const session = await reference.load(step(), start(), { batch: 2 });
  await says(session.read('v'), '`step` has no state `v`');
  await says(session.write('w', floats([1, 2])), 'state `w` is f32[1] and cannot become f32[2]');
  await says(session.run({ x: feeds.x }), 'input lr is missing');
});

test.run();
