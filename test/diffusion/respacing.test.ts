import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { linearBetas } from '../../runtime/diffusion/betas.ts';
import { plan } from '../../runtime/diffusion/plan.ts';
import { keepTimesteps } from '../../runtime/diffusion/respacing.ts';
import { discreteSchedule, pathSchedule } from '../../runtime/diffusion/schedule.ts';
import { trajectory } from '../../runtime/diffusion/trajectory.ts';
import { goldenJson, near } from './golden.ts';

const golden = goldenJson('diffusion');

for (const [total, spacing] of golden.config.spacings as [number, string][]) {
  test(`"${spacing}" of ${total} keeps what the official code keeps`, () => {
    const kept = keepTimesteps(total, spacing);
    const expected = golden.respacing[`${total}:${spacing}`];
    if (expected === undefined) assert.not(kept.ok, golden.respacing_errors[`${total}:${spacing}`]);
    else assert.equal(kept.ok && kept.timesteps, expected.timesteps);
  });
}

test('a respaced process has the tables of the official code', () => {
  const schedule = discreteSchedule(linearBetas({ steps: 1000, from: 1e-4, to: 2e-2 }));
  for (const key of golden.config.spacing_tables as string[]) {
    const path = trajectory(schedule, { steps: 1, spacing: key.slice('1000:'.length) });
    if (!path.ok) throw new Error(path.reason);
    const planned = plan(path.points, ['a', 'b', 'p0', 'pt', 'log_min', 'log_max', 'first', 'live']);
    if (!planned.ok) throw new Error(planned.reason);
    // tables go up from the cleanest step, samplers down to it
    const table = (name: string): number[] => planned.steps.map(({ numbers }) => numbers[name]!).reverse();
    const expected = golden.respacing[key];
    near(table('a'), expected.sqrt_alphas_cumprod, 1e-10, `${key} a`);
    near(table('b'), expected.sqrt_one_minus_alphas_cumprod, 1e-10, `${key} b`);
    near(table('p0'), expected.posterior_mean_coef1, 1e-10, `${key} p0`);
    near(table('pt'), expected.posterior_mean_coef2, 1e-10, `${key} pt`);
    near(table('log_min'), expected.posterior_log_variance_clipped, 1e-10, `${key} log_min`);
    near(table('log_max'), expected.betas.map(Math.log), 1e-10, `${key} log_max`);
    assert.equal([...table('first').slice(0, 2), ...table('live').slice(0, 2)], [1, 0, 0, 1]);
  }
});

test('spacings that mean nothing are refused with a reason', () => {
  for (const spacing of ['', 'x', '-3', '1e9', '0', '10,', ',', 'ddim', 'ddim0', '5,0', '1.5', '9'.repeat(400)]) {
    const kept = keepTimesteps(1000, spacing);
    assert.ok(!kept.ok && kept.reason.length > 10 && kept.reason.length < 120, spacing.slice(0, 20));
  }
  assert.not(keepTimesteps(3, '1,1,1,1').ok);
  assert.not(keepTimesteps(1e6, Array.from({ length: 5000 }, () => 1).join(',')).ok);
});

test('trajectories that cannot be are refused with a reason', () => {
  const schedule = discreteSchedule(linearBetas({ steps: 100, from: 1e-3, to: 2e-1 }));
  for (const options of [
    { steps: 0 },
    { steps: 1.5 },
    { steps: Number.NaN },
    { steps: 1e9 },
    { steps: 101 },
    { steps: 101, spacing: 'trailing' },
    { steps: 100, spacing: 'leading', inner: true },
    { steps: 100, spacing: 'leading', offset: 1 },
  ])
    assert.not(trajectory(schedule, options).ok, JSON.stringify(options));
  assert.not(trajectory(pathSchedule(), { steps: 10, spacing: 'ddim50' }).ok);
  assert.not(trajectory(pathSchedule(), { steps: 10, spacing: 'linspace' }).ok);
});

test.run();
