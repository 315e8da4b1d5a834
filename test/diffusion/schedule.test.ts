import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SCHEDULE_NAMES, supplies } from '../../compiler/contract/schedule-names.ts';
import { cosineBetas, linearBetas, scaledLinearBetas } from '../../runtime/diffusion/betas.ts';
import { feedOf, trainingNames, trainingNumbers } from '../../runtime/diffusion/coefficients.ts';
import { minSnr } from '../../runtime/diffusion/loss-weight.ts';
import {
  discreteSchedule,
  levelAt,
  networkTime,
  pathSchedule,
  resolutionShift,
  shiftTime,
} from '../../runtime/diffusion/schedule.ts';
import { goldenJson, near } from './golden.ts';

const { tables } = goldenJson('diffusion');
const all = (steps: number) => Float64Array.from({ length: steps }, (_, t) => t);

test('betas and alpha-bars of the official schedules', () => {
  const cases: [string, Float64Array][] = [
    ['linear_1000', linearBetas({ steps: 1000, from: 1e-4, to: 2e-2 })],
    ['linear_100', linearBetas({ steps: 100, from: 1e-3, to: 2e-1 })],
    ['squaredcos_cap_v2_1000', cosineBetas({ steps: 1000 })],
    ['squaredcos_cap_v2_100', cosineBetas({ steps: 100 })],
  ];
  for (const [name, betas] of cases) {
    near(betas, tables[name].betas, 1e-12, `${name} betas`);
    near(discreteSchedule(betas).alphaBar, tables[name].alphas_cumprod, 1e-12, `${name} alpha-bar`);
  }
});

test('scaled-linear betas: the roots go evenly', () => {
  // roots 0.1, 0.2, 0.3
  near(scaledLinearBetas({ steps: 3, from: 0.01, to: 0.09 }), [0.01, 0.04, 0.09], 1e-15, 'betas');
});

test('names of the contract in training are the tables of the official code', () => {
  for (const [name, steps, from, to] of [
    ['linear_1000', 1000, 1e-4, 2e-2],
    ['linear_100', 100, 1e-3, 2e-1],
  ] as const) {
    const schedule = discreteSchedule(linearBetas({ steps, from, to }));
    const mine = trainingNumbers(schedule, all(steps), trainingNames(schedule));
    const golden = tables[name];
    near(mine.a, golden.sqrt_alphas_cumprod, 1e-12, `${name} a`);
    near(mine.b, golden.sqrt_one_minus_alphas_cumprod, 1e-12, `${name} b`);
    near(mine.p0, golden.posterior_mean_coef1, 1e-12, `${name} p0`);
    near(mine.pt, golden.posterior_mean_coef2, 1e-12, `${name} pt`);
    near(mine.log_min, golden.posterior_log_variance_clipped, 1e-12, `${name} log_min`);
    near(mine.log_max, golden.betas.map(Math.log), 1e-12, `${name} log_max`);
    near(
      mine.da,
      Array.from(golden.sqrt_one_minus_alphas_cumprod as number[], (b) => -b),
      1e-12,
      `${name} da`,
    );
    near(mine.db, golden.sqrt_alphas_cumprod, 1e-12, `${name} db`);
    assert.equal([...mine.first.slice(0, 3)], [1, 0, 0]);
    assert.ok(mine.weight.every((weight) => weight === 1));
  }
});

test('a schedule supplies what the contract says, and nothing else', () => {
  const discrete = discreteSchedule(linearBetas({ steps: 10, from: 0.01, to: 0.1 }));
  assert.equal(trainingNames(discrete), 'a b da db p0 pt log_min log_max first weight'.split(' '));
  assert.equal(trainingNames(pathSchedule()), 'a b da db weight'.split(' '));
  assert.not(supplies('path', 'training', 'p0'));
  assert.throws(() => trainingNumbers(pathSchedule(), Float64Array.of(0.5), ['p0']), /no p0 in training/);
  assert.throws(() => trainingNumbers(discrete, Float64Array.of(1), ['dt']), /no dt in training/);
  assert.ok(Object.values(SCHEDULE_NAMES).every(({ meaning }) => meaning.length > 5));
});

test('names are fed as [N] in their dtype', () => {
  const feed = feedOf('first', [1, 0]);
  assert.equal([feed.dtype, feed.shape, [...feed.data]], ['bool', [2], [1, 0]]);
  assert.instance(feed.data, Uint8Array);
  assert.instance(feedOf('a', [0.5]).data, Float32Array);
});

test('paths: levels, velocities and both directions of time', () => {
  const { a, b, da, db } = levelAt(pathSchedule({ clean: 0 }), 0.25);
  assert.equal([a, b, da, db], [0.75, 0.25, -1, 1]);
  const toData = levelAt(pathSchedule({ clean: 1 }), 0.25);
  assert.equal([toData.a, toData.b, toData.da, toData.db], [0.25, 0.75, 1, -1]);

  // cos 60° = 1/2, sin 60° = √3/2, their slopes times π/2
  const gvp = levelAt(pathSchedule({ path: 'gvp', clean: 0 }), 2 / 3);
  const expected = [0.5, Math.sqrt(3) / 2, -(Math.PI / 2) * (Math.sqrt(3) / 2), Math.PI / 4];
  near([gvp.a, gvp.b, gvp.da, gvp.db], expected, 1e-15, 'gvp');

  // u = 1: log a = -19.9/4 - 0.1/2 = -5.025
  const vp = levelAt(pathSchedule({ path: 'vp', clean: 0 }), 1);
  near([vp.a, vp.a ** 2 + vp.b ** 2], [Math.exp(-5.025), 1], 1e-15, 'vp');
});

test('the velocity of every schedule is the derivative of its levels', () => {
  const step = 1e-6;
  for (const path of ['linear', 'gvp', 'vp'] as const) {
    for (const clean of [0, 1] as const) {
      const schedule = pathSchedule({ path, clean });
      for (const t of [0.1, 0.5, 0.9]) {
        const [before, at, after] = [t - step, t, t + step].map((t) => levelAt(schedule, t));
        near([at!.da, at!.db], [(after!.a - before!.a) / (2 * step), (after!.b - before!.b) / (2 * step)], 1e-8, path);
      }
    }
  }
});

test('what the network is told', () => {
  assert.is(networkTime(discreteSchedule(linearBetas({ steps: 10, from: 0.01, to: 0.1 })), 7), 7);
  assert.is(networkTime(pathSchedule(), 0.5), 0.5);
  assert.is(networkTime(pathSchedule({ timesteps: 1000 }), 0.5), 500);
});

test('shifted times', () => {
  // 3 · 0.5 / (1 + 2 · 0.5) = 0.75
  assert.equal(
    [0, 0.5, 1].map((t) => shiftTime(t, 3)),
    [0, 0.75, 1],
  );
  assert.equal(
    [0, 0.3, 1].map((t) => shiftTime(t, 1)),
    [0, 0.3, 1],
  );
  near([resolutionShift(256), resolutionShift(4096)], [Math.exp(0.5), Math.exp(1.15)], 1e-15, 'FLUX');
});

test('min-SNR weights', () => {
  // a² = 0.9, b² = 0.1: snr 9; a² = 0.5: snr 1
  const [clear, even] = [0.9, 0.5].map((alphaBar) =>
    levelAt({ kind: 'discrete', steps: 1, alphaBar: Float64Array.of(alphaBar) }, 0),
  );
  near([minSnr(5, 'eps')(clear!), minSnr(5, 'eps')(even!)], [5 / 9, 1], 1e-12, 'eps');
  near([minSnr(5, 'x0')(clear!), minSnr(5, 'x0')(even!)], [5, 1], 1e-12, 'x0');
  near([minSnr(5, 'velocity')(clear!), minSnr(5, 'velocity')(even!)], [5 / 10, 1 / 2], 1e-12, 'velocity');
  // linear path at u = 1/2: a = b = 1/2, a db - b da = 1: an error of v is one of x_0 halved
  near([minSnr(5, 'velocity')(levelAt(pathSchedule({ clean: 0 }), 0.5))], [1 / 4], 1e-15, 'flow');
});

test.run();
