import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { near } from './golden.ts';
import { blockRunner, tensor } from './run-block.ts';

const scalar = (value: number) => tensor([], [value]);
const gradients = [
  [0.5, -2, 1e-3],
  [-0.1, 0.3, 4e-3],
  [0.7, 0.7, -1e-6],
];

for (const [beta1, beta2, decay] of [
  [0.9, 0.999, 0],
  [0.8, 0.95, 0.1],
] as const) {
  test(`AdamW is the algorithm of the paper: betas ${beta1}, ${beta2}, decay ${decay}`, () => {
    const [lr, eps] = [0.01, 1e-8];
    const adamw = blockRunner('adamw', { beta1, beta2, decay }, 'optim.dit');
    let expected = [1, -1, 0.5];
    let [m, v] = [expected.map(() => 0), expected.map(() => 0)];
    let mine: Record<'w' | 'm' | 'v', Float64Array> = {
      w: Float64Array.from(expected),
      m: new Float64Array(3),
      v: new Float64Array(3),
    };
    for (const [i, g] of gradients.entries()) {
      // Loshchilov & Hutter 2019, alg. 2, the decay scaled by the rate as in PyTorch
      const [correct1, correct2] = [1 - beta1 ** (i + 1), 1 - beta2 ** (i + 1)];
      m = m.map((value, k) => beta1 * value + (1 - beta1) * g[k]!);
      v = v.map((value, k) => beta2 * value + (1 - beta2) * g[k]! ** 2);
      expected = expected.map(
        (w, k) => w - lr * decay * w - (lr * (m[k]! / correct1)) / (Math.sqrt(v[k]! / correct2) + eps),
      );
      const out = adamw({
        w: tensor([3], mine.w),
        g: tensor([3], g),
        m: tensor([3], mine.m),
        v: tensor([3], mine.v),
        lr: scalar(lr),
        correct1: scalar(correct1),
        correct2: scalar(correct2),
      });
      mine = { w: out.w!, m: out.m!, v: out.v! };
      near(mine.w, expected, 1e-14, `w after step ${i + 1}`);
      near(
        mine.m.map((sum) => (1 - beta1) * sum),
        m,
        1e-14,
        'm',
      );
      near(
        mine.v.map((sum) => (1 - beta2) * sum),
        v,
        1e-14,
        'v',
      );
    }
  });
}

test('averages and clipping by hand', () => {
  const run = (name: string, feeds: Record<string, number[] | number>) =>
    blockRunner(
      name,
      {},
      'optim.dit',
    )(
      Object.fromEntries(
        Object.entries(feeds).map(([key, value]) => [
          key,
          typeof value === 'number' ? scalar(value) : tensor([value.length], value),
        ]),
      ),
    );
  near(run('ema', { average: [1, 2], w: [3, 0], decay: 0.75 }).average!, [1.5, 1.5], 1e-15, 'ema');
  assert.equal([...run('square_sum', { g: [3, 4] })['0']!], [25]);
  near(run('clip', { g: [3, 4], norm: 5 }).g!, [3 / 5.000001, 4 / 5.000001], 1e-12, 'clipped');
  assert.equal([...run('clip', { g: [0.3, 0.4], norm: 0.5 }).g!], [0.3, 0.4]);
});

test.run();
