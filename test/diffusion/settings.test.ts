/** What recipes say of schedules, guidance and draws. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SCHEDULE_WORDS } from '../../compiler/contract/schedule-names.ts';
import { boundAs, isCarried, PREDICTIONS } from '../../compiler/contract/step-tensors.ts';
import { linearBetas } from '../../runtime/diffusion/betas.ts';
import { guidanceScale, guidanceSchema } from '../../runtime/diffusion/guidance.ts';
import { discreteSchedule, pathSchedule } from '../../runtime/diffusion/schedule.ts';
import { scheduleOf, scheduleSchema, trajectorySchema, weightSchema } from '../../runtime/diffusion/schedule-words.ts';
import { drawTimes, UNIFORM } from '../../runtime/diffusion/timestep-draw.ts';
import { createStream } from '../../runtime/random/stream.ts';
import { near } from './golden.ts';
import { blockRunner, tensor } from './run-block.ts';

const guidance = (given: object) => guidanceSchema.parse(given);

test('guidance: constant, in an interval, rising', () => {
  assert.is(guidanceScale(guidance({}), 0.5), 1);
  assert.is(guidanceScale(guidance({ scale: 4 }), 0.5), 4);
  const between = guidance({ scale: 4, from: 0.2, to: 0.8 });
  assert.equal(
    [0.1, 0.2, 0.79, 0.8].map((t) => guidanceScale(between, t)),
    [1, 4, 4, 1],
  );
  // 1 + 3 (1 - cos(π (1 - t)²)) / 2: at t = 1 nothing, at t = 0 all, at 1 - √(1/2) half
  const rising = guidance({ scale: 4, power: 2 });
  near(
    [1, 0, 1 - Math.SQRT1_2].map((t) => guidanceScale(rising, t)),
    [1, 4, 2.5],
    1e-12,
    'power',
  );
});

test('guidance of some channels leaves the others to the condition', () => {
  const cond = tensor([1, 1, 4], [1, 2, 3, 4]);
  const uncond = tensor([1, 1, 4], [0, 0, 1, 1]);
  const scale = tensor([1], [2]);
  assert.equal([...blockRunner('guide')({ cond, uncond, scale })['0']!], [2, 4, 5, 7]);
  assert.equal([...blockRunner('guide', { channels: 3 })({ cond, uncond, scale })['0']!], [2, 4, 5, 4]);
  assert.throws(() => blockRunner('guide', { channels: 5 })({ cond, uncond, scale }), /guidance needs a channel/);
});

test('timesteps are drawn evenly, and alike for a seed and step', () => {
  const schedule = discreteSchedule(linearBetas({ steps: 10, from: 0.01, to: 0.1 }));
  const draw = (step: number) => drawTimes(schedule, UNIFORM, createStream(7, 'timestep', step), 20_000);
  const times = draw(3);
  assert.equal(times, draw(3));
  assert.not.equal(times, draw(4));
  const counts = new Float64Array(10);
  for (const t of times) counts[t]!++;
  // each is binomial with mean 2000 and deviation 42
  assert.ok(
    counts.every((count) => Math.abs(count - 2000) < 6 * 42),
    [...counts].join(' '),
  );
});

test('times of paths: even, logit-normal, shifted, short of where there is no velocity', () => {
  const stream = () => createStream(1, 'timestep', 0);
  const mean = (times: Float64Array): number => times.reduce((sum, t) => sum + t, 0) / times.length;
  const count = 40_000;
  const even = drawTimes(pathSchedule(), UNIFORM, stream(), count);
  // a mean of n numbers of deviation √(1/12) is off by 0.0014; 6 of that
  assert.ok(Math.abs(mean(even) - 0.5) < 0.009);
  const normal = { kind: 'logit_normal', mean: 0, std: 1 } as const;
  const middle = drawTimes(pathSchedule(), normal, stream(), count);
  // |z| < 1 is 1/(1+e) < t < e/(1+e), which holds 68.27 %
  const inside = middle.filter((t) => t > 1 / (1 + Math.E) && t < Math.E / (1 + Math.E)).length / count;
  assert.ok(Math.abs(inside - 0.6827) < 0.014, `${inside}`);
  const shifted = drawTimes(pathSchedule({ shift: 3 }), UNIFORM, stream(), count);
  near(
    shifted,
    even.map((t) => (3 * t) / (1 + 2 * t)),
    1e-15,
    'shift',
  );
  const vp = drawTimes(pathSchedule({ path: 'vp' }), UNIFORM, stream(), count);
  assert.ok(vp.every((t) => t >= 0 && t < 1 - 1e-5));
  const reversed = drawTimes(pathSchedule({ path: 'vp', clean: 0 }), UNIFORM, stream(), count);
  assert.ok(reversed.every((t) => t >= 1e-5 && t < 1));
  const discrete = discreteSchedule(linearBetas({ steps: 10, from: 0.01, to: 0.1 }));
  assert.throws(() => drawTimes(discrete, normal, stream(), 1), /drawn evenly/);
});

test('words of recipes make schedules', () => {
  const made = (data: unknown) => scheduleOf(scheduleSchema.parse(data), 4096);
  const { schedule, draw } = made({ word: 'linear', steps: 1000, from: 1e-4, to: 2e-2 });
  assert.equal([schedule.kind, draw], ['discrete', UNIFORM]);
  assert.is(made({ word: 'cosine', steps: 4 }).schedule.kind, 'discrete');
  assert.is(made({ word: 'scaled_linear', steps: 4, from: 0.1, to: 0.2 }).schedule.kind, 'discrete');
  assert.equal(made('interpolant').schedule, pathSchedule());
  assert.equal(
    made({ word: 'interpolant', path: { word: 'gvp' }, clean: 0, shift: 3, timesteps: 1000 }).schedule,
    pathSchedule({ path: 'gvp', clean: 0, shift: 3, timesteps: 1000 }),
  );
  const flux = made({ word: 'interpolant', shift: 'resolution' }).schedule;
  near([flux.kind === 'path' ? flux.shift : 0], [Math.exp(1.15)], 1e-15, 'shift by resolution');
  const normal = made({ word: 'interpolant', draw: 'lognormal' }).draw;
  assert.equal(normal, { kind: 'logit_normal', mean: 0, std: 1 });
  assert.equal(weightSchema.parse('min_snr'), { word: 'min_snr', cap: 5 });
  assert.is(trajectorySchema.parse({}).steps, 50);
});

test('words that mean nothing are refused', () => {
  for (const data of [
    'lineal',
    'linear',
    null,
    [],
    { word: 'linear', steps: 1e9, from: 1e-4, to: 2e-2 },
    { word: 'linear', steps: 10, from: 0, to: 1 },
    { word: 'linear', steps: 10, from: 1e-4, to: 2e-2, typo: 1 },
    { word: 'interpolant', path: 'straight' },
    { word: 'interpolant', clean: 0.5 },
    { word: 'interpolant', shift: 0 },
    { word: 'interpolant', shift: Number.NaN },
  ])
    assert.not(scheduleSchema.safeParse(data).success, JSON.stringify(data));
  assert.not(guidanceSchema.safeParse({ scale: 2, chanels: 3 }).success);
  assert.not(trajectorySchema.safeParse({ steps: 0 }).success);
});

test('every word of the contract has a schema', () => {
  for (const word of Object.keys(SCHEDULE_WORDS)) {
    const refused = scheduleSchema.safeParse({ word, nothing: 1 }).error?.issues ?? [];
    assert.ok(refused.length > 0 && refused.every(({ code }) => code !== 'invalid_union'), word);
  }
});

test('outputs and state by their names', () => {
  assert.equal(['eps', 'x0', 'masked_eps'].map(boundAs), ['eps', 'x0_hat', 'masked_eps']);
  assert.equal(Object.keys(PREDICTIONS), ['eps', 'velocity', 'x0', 'score', 'sigma']);
  assert.ok(isCarried(['xt', 'eps'], 'xt'));
  assert.not(isCarried(['xt', 'eps'], 'x0'));
});

test.run();
