/** A linear regression trained by AdamW on onnx, against the same arithmetic in float64: many steps, the same bits, and a queue. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createBuilder } from '../../compiler/ir/builder.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { f32 } from '../../compiler/ir/type.ts';
import type { Program } from '../../compiler/lower/program.ts';
import { onnx } from '../../runtime/engines/onnx.ts';
import { near, scalar, stateOf, tensor } from './program-parts.ts';
import { randomNumbers } from './random-numbers.ts';

const FEATURES = 3;
const SAMPLES = 4;
const [BETA1, BETA2, EPSILON, RATE] = [0.9, 0.99, 1e-8, 0.05];

/** loss = mean over N of (x · w − y)², one AdamW step on w; m and v as in Kingma & Ba 2015 */
function regression(): Program {
  const build = createBuilder();
  const { op, number } = build;
  const x = build.input('x', f32({ batch: 1 }, FEATURES));
  const y = build.input('y', f32({ batch: 1 }));
  const [correct1, correct2] = [build.input('correct1', f32()), build.input('correct2', f32())];
  const [w, m, v] = ['w', 'm', 'v'].map((name) => stateOf(build, name, f32(FEATURES))) as [Value, Value, Value];
  const error = op('sub', [op('einsum', [x, w], { pattern: 'n d, d -> n' }), y]);
  const loss = op('reduce', [op('mul', [error, error])], { pattern: 'n ->', op: 'mean' });
  const g = op('mul', [op('einsum', [error, x], { pattern: 'n, n d -> d' }), number(2 / SAMPLES)]);
  const nextM = op('add', [op('mul', [m, number(BETA1)]), op('mul', [g, number(1 - BETA1)])]);
  const nextV = op('add', [op('mul', [v, number(BETA2)]), op('mul', [op('mul', [g, g]), number(1 - BETA2)])]);
  const root = op('add', [op('sqrt', [op('div', [nextV, correct2])]), number(EPSILON)]);
  const nextW = op('sub', [w, op('mul', [number(RATE), op('div', [op('div', [nextM, correct1]), root])])]);
  const results = Object.entries({ loss, 'next.w': nextW, 'next.m': nextM, 'next.v': nextV });
  const graph = build.finish(
    results.map(([name, value]) => ({ name, value })),
    { name: 'regression' },
  );
  const state = ['w', 'm', 'v'].map((name) => ({
    name,
    type: f32(FEATURES),
    trained: name === 'w',
    init: { kind: 'fill', value: 0 } as const,
    update: `next.${name}`,
  }));
  return { name: 'regression', graph, state };
}

/** The same in float64, on plain arrays. */
function reference(x: readonly number[], y: readonly number[], start: readonly number[], steps: number) {
  const [w, m, v] = [[...start], [0, 0, 0], [0, 0, 0]] as [number[], number[], number[]];
  const losses: number[] = [];
  for (let step = 1; step <= steps; step++) {
    const error = y.map((target, n) => w.reduce((sum, weight, d) => sum + weight * x[n * FEATURES + d]!, -target));
    losses.push(error.reduce((sum, e) => sum + e * e, 0) / SAMPLES);
    for (let d = 0; d < FEATURES; d++) {
      const g = (2 / SAMPLES) * error.reduce((sum, e, n) => sum + e * x[n * FEATURES + d]!, 0);
      m[d] = BETA1 * m[d]! + (1 - BETA1) * g;
      v[d] = BETA2 * v[d]! + (1 - BETA2) * g * g;
      w[d]! -= (RATE * (m[d]! / (1 - BETA1 ** step))) / (Math.sqrt(v[d]! / (1 - BETA2 ** step)) + EPSILON);
    }
  }
  return { losses, w, m, v };
}

const START = [0.5, -1, 0.25];
const zeros = () => tensor([FEATURES], [0, 0, 0]);
const startState = () =>
  new Map([
    ['w', tensor([FEATURES], START)],
    ['m', zeros()],
    ['v', zeros()],
  ]);

function sampleData() {
  const random = randomNumbers(7);
  const x = Array.from(Float32Array.from({ length: SAMPLES * FEATURES }, () => 2 * random() - 1));
  const y = Array.from(Float32Array.from({ length: SAMPLES }, () => 2 * random() - 1));
  return { x, y };
}

const feedsOf = ({ x, y }: ReturnType<typeof sampleData>, step: number) => ({
  x: tensor([SAMPLES, FEATURES], x),
  y: tensor([SAMPLES], y),
  correct1: scalar(1 - BETA1 ** step),
  correct2: scalar(1 - BETA2 ** step),
});

async function train(steps: number) {
  const data = sampleData();
  const state = startState();
  const session = await onnx.load(regression(), state, { batch: SAMPLES, threads: 2 });
  const losses: number[] = [];
  for (let step = 1; step <= steps; step++) {
    const results = await session.run(feedsOf(data, step));
    assert.equal(Object.keys(results), ['loss']);
    losses.push(results.loss!.data[0]!);
  }
  const [w, m, v] = await Promise.all(['w', 'm', 'v'].map((name) => session.read(name)));
  await session.dispose();
  return { losses, w: w!, m: m!, v: v!, state };
}

test('AdamW on a linear regression goes the way float64 goes, for an even and an odd number of steps', async () => {
  for (const steps of [1, 2, 7]) {
    const { x, y } = sampleData();
    const want = reference(x, y, START, steps);
    const got = await train(steps);
    near(got.losses, want.losses, 'loss');
    for (const name of ['w', 'm', 'v'] as const) near(got[name].data, want[name], name);
    assert.equal([...got.state.get('w')!.data], START, 'the tensors of the caller stay');
  }
});

test('the same start gives the same bits', async () => {
  const [one, two] = [await train(5), await train(5)];
  for (const name of ['w', 'm', 'v'] as const) assert.equal(one[name].data, two[name].data);
});

test('steps that are not awaited run one after the other', async () => {
  const data = sampleData();
  const session = await onnx.load(regression(), startState(), { batch: SAMPLES });
  const steps = [1, 2, 3, 4].map((step) => session.run(feedsOf(data, step)));
  const losses = (await Promise.all(steps)).map(({ loss }) => loss!.data[0]!);
  near(losses, reference(data.x, data.y, START, 4).losses, 'loss');
  await session.dispose();
});

test.run();
