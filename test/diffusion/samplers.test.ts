/** diffusers' schedulers and the official loops, against the plans of the runtime run through the blocks of the specs. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { linearBetas } from '../../runtime/diffusion/betas.ts';
import type { PlanOptions } from '../../runtime/diffusion/plan.ts';
import { discreteSchedule, pathSchedule, type Schedule } from '../../runtime/diffusion/schedule.ts';
import { type TrajectoryOptions, trajectory } from '../../runtime/diffusion/trajectory.ts';
import { goldenArrays, goldenJson, near } from './golden.ts';
import { blockRunner } from './run-block.ts';
import { planFor, runSampler } from './run-sampler.ts';

const golden = goldenJson('samplers');
const arrays = goldenArrays('samplers');
const { model, shape, steps } = golden.config;
const start = arrays('input.x').data;
const size = start.length;
const noise = (i: number): Float32Array => arrays('input.step_noise').data.subarray(i * size, (i + 1) * size);

const wave = (x: Float64Array, time: number): Float64Array =>
  x.map((value) => model.a * value + model.b * Math.sin(time / model.c));

const discrete = discreteSchedule(linearBetas({ steps: 1000, from: 1e-4, to: 2e-2 }));

interface Case {
  readonly golden: string;
  readonly block: string;
  readonly settings?: Readonly<Record<string, boolean>>;
  readonly options?: Partial<TrajectoryOptions & PlanOptions>;
  readonly schedule?: Schedule;
  readonly noisy?: boolean;
  /** states of the scheduler are those of ours divided by a: it works on x / a */
  readonly scaled?: boolean;
  /** the last state differs on purpose: see the test of that name */
  readonly butLast?: boolean;
}

const cases: readonly Case[] = [
  { golden: 'ddpm_leading', block: 'ancestral', options: { spacing: 'leading' }, noisy: true },
  { golden: 'ddpm_trailing', block: 'ancestral', options: { spacing: 'trailing' }, noisy: true },
  {
    golden: 'ddpm_trailing_clip',
    block: 'ancestral',
    settings: { clip: true },
    options: { spacing: 'trailing' },
    noisy: true,
  },
  {
    golden: 'ddpm_trailing_large',
    block: 'ancestral',
    settings: { large: true },
    options: { spacing: 'trailing' },
    noisy: true,
    butLast: true,
  },
  { golden: 'ddim_leading', block: 'ddim', options: { spacing: 'leading' }, noisy: true },
  { golden: 'ddim_trailing', block: 'ddim', options: { spacing: 'trailing' }, noisy: true },
  { golden: 'ddim_leading_eta0.5', block: 'ddim', options: { spacing: 'leading', eta: 0.5 }, noisy: true },
  { golden: 'ddim_trailing_eta1', block: 'ddim', options: { spacing: 'trailing', eta: 1 }, noisy: true },
  {
    golden: 'ddim_leading_offset1_alpha0',
    block: 'ddim',
    options: { spacing: 'leading', offset: 1, end: 'first' },
    noisy: true,
  },
  { golden: 'dpmpp2m_leading', block: 'multistep', options: { spacing: 'leading', inner: true } },
  { golden: 'dpmpp2m_trailing', block: 'multistep', options: { spacing: 'trailing', inner: true } },
  { golden: 'dpmpp2m_linspace', block: 'multistep', options: { spacing: 'linspace', inner: true } },
  { golden: 'unipc_leading', block: 'unipc', options: { spacing: 'leading', inner: true } },
  { golden: 'unipc_trailing', block: 'unipc', options: { spacing: 'trailing', inner: true } },
  { golden: 'heun_leading', block: 'heun_eps', options: { spacing: 'leading' }, scaled: true },
  { golden: 'heun_trailing', block: 'heun_eps', options: { spacing: 'trailing' }, scaled: true },
  {
    golden: 'flow_euler_shift1',
    block: 'euler',
    schedule: pathSchedule({ clean: 0, timesteps: 1000 }),
    options: { spacing: 'linspace' },
  },
  {
    golden: 'flow_euler_shift3',
    block: 'euler',
    schedule: pathSchedule({ clean: 0, timesteps: 1000, shift: 3 }),
    options: { spacing: 'linspace' },
  },
  {
    golden: 'flow_euler_shift3_own_sigmas',
    block: 'euler',
    schedule: pathSchedule({ clean: 0, timesteps: 1000, shift: 3 }),
  },
];

test('every golden has a case', () => {
  assert.equal(cases.map(({ golden }) => golden).sort(), Object.keys(golden.variants).sort());
});

for (const each of cases) {
  test(`diffusers: ${each.golden}`, () => {
    const schedule = each.schedule ?? discrete;
    const runner = blockRunner(each.block, each.settings);
    const plan = planFor(runner, schedule, { steps, ...each.options });
    const variant = golden.variants[each.golden];
    near(
      plan.map(({ time }) => time),
      variant.timesteps,
      1e-7,
      'timesteps',
    );

    const states = arrays(`output.${each.golden}.states`);
    const state = (i: number): Float32Array => states.data.subarray(i * size, (i + 1) * size);
    // ours goes on in x_t, so it starts where the scheduler starts, brought there
    const path = trajectory(schedule, { steps, ...each.options });
    if (!path.ok) throw new Error(path.reason);
    const first = path.points[0]!.level;
    const scale = each.scaled ? variant.init_noise_sigma_64 * first.a : 1;
    const prediction = each.block === 'euler' ? 'velocity' : 'eps';
    const outs = runSampler(runner, plan, {
      shape,
      start: start.map((value) => value * scale),
      network: (x, time) => ({ [prediction]: wave(x, time) }),
      noise: each.noisy ? noise : undefined,
    });
    assert.is(states.shape[0], outs.length + 1);
    for (const [i, out] of outs.entries()) {
      if (each.butLast && i === outs.length - 1) continue;
      const to = plan[i]!.numbers.a_next;
      const mine = each.scaled ? out.xt!.map((value) => value / to!) : out.xt!;
      near(mine, state(i + 1), 1e-5, `state ${i + 1}`);
    }
  });
}

test('with the greatest variance no noise is added in the last step, where diffusers adds some', () => {
  const runner = blockRunner('ancestral', { large: true });
  const plan = planFor(runner, discrete, { steps, spacing: 'trailing' });
  const states = arrays('output.ddpm_trailing_large.states').data;
  const [before, after] = [states.subarray(-2 * size, -size), states.subarray(-size)];
  const [out] = runSampler(runner, plan.slice(-1), {
    shape,
    start: before,
    network: (x, time) => ({ eps: wave(x, time) }),
    noise: () => noise(steps - 1),
  });
  // the last step leaves level 99 for x_0: its β is 1 - ᾱ_99
  const spread = Math.sqrt(1 - discrete.alphaBar[99]!);
  near(
    out!.xt!.map((value, i) => value + spread * noise(steps - 1)[i]!),
    after,
    1e-5,
    'state',
  );
});

test("timesteps of diffusers' schedulers", () => {
  // ours are rounded for every sampler, those of its Heun are not
  for (const [count, row] of Object.entries<Record<string, number[]>>(golden.timesteps)) {
    for (const [key, expected] of Object.entries(row)) {
      const [scheduler, spacing] = key.split('.') as [string, string];
      const heun = scheduler.startsWith('Heun');
      const inner = /DPM|UniPC/.test(scheduler) && !scheduler.startsWith('DDPM');
      const path = trajectory(discrete, { steps: Number(count), spacing, inner });
      if (!path.ok) throw new Error(path.reason);
      const times = path.points.slice(0, -1).flatMap(({ time }, i) => (heun && i > 0 ? [time, time] : [time]));
      near(times, expected, heun && spacing === 'linspace' ? 6e-4 : 0, `${key} ${count}`);
    }
  }
});

test('official loops: DDIM from x_0 as the model held it', () => {
  const loops = goldenJson('loops_d2w64h4p2');
  const arrays = goldenArrays('loops_d2w64h4p2');
  const z = arrays('input.z');
  const size = z.data.length;
  for (const run of ['ddim.clip0', 'ddim.clip1']) {
    const samples = arrays(`output.${run}.samples`).data;
    const held = arrays(`output.${run}.pred_xstart`).data;
    const at = (data: Float32Array, i: number) => data.subarray(i * size, (i + 1) * size);
    const runner = blockRunner('ddim');
    const plan = planFor(runner, discrete, { steps: 10, spacing: loops.runs[run].spacing });
    assert.equal(
      plan.map(({ time }) => time),
      loops.runs[run].timesteps,
    );
    for (const [i, step] of plan.entries()) {
      const [out] = runSampler(runner, [step], {
        shape: z.shape,
        start: i === 0 ? z.data : at(samples, i - 1),
        network: () => ({ x0_hat: Float64Array.from(at(held, i)) }),
        noise: () => new Float64Array(size),
      });
      near(out!.xt!, at(samples, i), 1e-5, `${run} step ${i}`);
    }
  }
});

test.run();
