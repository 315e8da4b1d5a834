/** Losses and single steps of the official DiT code, one timestep a sample, against the blocks of the specs. */
import { test } from 'uvu';
import { isScheduleName, SCHEDULE_NAMES } from '../../compiler/contract/schedule-names.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { linearBetas } from '../../runtime/diffusion/betas.ts';
import { trainingNumbers } from '../../runtime/diffusion/coefficients.ts';
import type { PlanOptions, SamplingName } from '../../runtime/diffusion/plan.ts';
import { discreteSchedule } from '../../runtime/diffusion/schedule.ts';
import type { TrajectoryOptions } from '../../runtime/diffusion/trajectory.ts';
import { goldenArrays, goldenJson, near } from './golden.ts';
import { blockRunner, type Runner, tensor } from './run-block.ts';
import { planFor } from './run-sampler.ts';

const json = goldenJson('diffusion');
const arrays = goldenArrays('diffusion');
const { t } = json.config as { t: number[] };
const schedule = discreteSchedule(linearBetas({ steps: 1000, from: 1e-4, to: 2e-2 }));

const input = (name: string): HostTensor => {
  const { shape, data } = arrays(`input.${name}`);
  return tensor(shape, data);
};

function matches(mine: ArrayLike<number>, key: string): void {
  near(mine, arrays(`output.${key}`).data, json.float32_vs_float64[`output.${key}`].tol, key, 1e-3);
}

const fed = (name: string, values: ArrayLike<number>): HostTensor =>
  isScheduleName(name) && SCHEDULE_NAMES[name].dtype === 'bool'
    ? { dtype: 'bool', shape: [values.length], data: Uint8Array.from(values) }
    : tensor([values.length], values);

/** Numbers of the schedule that the block asks for, in training. */
function training(runner: Runner, times: readonly number[]): Record<string, HostTensor> {
  const names = runner.names.required.filter(isScheduleName);
  const numbers = trainingNumbers(schedule, Float64Array.from(times), names);
  return Object.fromEntries(names.map((name) => [name, fed(name, numbers[name])]));
}

/** The same for a step of sampling: sample n is at its own place of one long run, counted from the cleanest step. */
function sampling(runner: Runner, places: readonly number[], options: TrajectoryOptions & PlanOptions) {
  const plan = planFor(runner, schedule, options);
  const names = runner.names.required.filter(isScheduleName) as SamplingName[];
  const steps = places.map((place) => plan[options.invert ? place : plan.length - 1 - place]!.numbers);
  return Object.fromEntries(
    names.map((name) => [
      name,
      fed(
        name,
        steps.map((numbers) => numbers[name]!),
      ),
    ]),
  );
}

const x0 = input('x0');
const noise = input('noise');
const xt = input('x_t');
const [eps, sigma] = [input('model_eps'), input('model_v')];

function noised(times: readonly number[], clean = x0, drawn = noise): HostTensor {
  const diffuse = blockRunner('diffuse');
  const out = diffuse({ x0: clean, noise: drawn, ...training(diffuse, times) });
  return tensor(clean.shape, out['0']!);
}

test('noising', () => matches(noised(t).data, 'q_sample'));

test('the hybrid loss', () => {
  const hybrid = blockRunner('hybrid');
  const nll = { x0: input('nll_x0'), noise: input('nll_noise'), sigma: input('nll_model_v') };
  const zeros = t.map(() => 0);
  const cases: [string, readonly number[], Record<string, HostTensor>][] = [
    ['training_losses.learned_range', t, { x0, noise, eps, sigma }],
    ['training_losses.learned_range_near', t, { x0, noise, eps: input('model_eps_near'), sigma }],
    ['nll', zeros, { ...nll, eps: input('nll_model_eps') }],
    ['nll_far', zeros, { ...nll, eps: input('nll_far_model_eps') }],
  ];
  for (const [name, times, feeds] of cases) {
    const out = hybrid({ ...feeds, xt: noised(times, feeds.x0, feeds.noise), ...training(hybrid, times) });
    for (const term of ['loss', 'mse', 'vb']) {
      matches(out[term]!, `${name}.${term}`);
      near(out[term]!, json.losses_64[`output.${name}.${term}`], 1e-9, `${name}.${term} in float64`);
    }
  }
});

test('the hybrid loss of a respaced process', () => {
  const hybrid = blockRunner('hybrid');
  const numbers = sampling(hybrid, json.respaced10.t, { steps: 10 });
  const out = hybrid({ x0, noise, eps, sigma, xt: noised(json.respaced10.network_sees), ...numbers });
  for (const term of ['loss', 'mse', 'vb']) matches(out[term]!, `respaced10.training_losses.${term}`);
});

test('weights weigh the squared error and leave the bound alone', () => {
  const hybrid = blockRunner('hybrid');
  const weight = tensor([5], [2, 2, 2, 2, 2]);
  const out = hybrid({ x0, noise, eps, sigma, weight, xt: noised(t), ...training(hybrid, t) });
  const golden = (term: string): number[] => json.losses_64[`output.training_losses.learned_range.${term}`];
  near(
    out.mse!,
    golden('mse').map((value) => 2 * value),
    1e-9,
    'mse',
  );
  near(out.vb!, golden('vb'), 1e-9, 'vb');
});

test('losses with a fixed variance', () => {
  const epsLoss = blockRunner('eps_mse');
  matches(epsLoss({ eps, noise }).loss!, 'training_losses.fixed_large.loss');
  const x0Loss = blockRunner('x0_mse');
  matches(x0Loss({ x0_hat: eps, x0 }).loss!, 'training_losses.x_start.mse');
});

const steps = 1000;
const step = input('step_noise');
const predictions: [string, Record<string, HostTensor>, Record<string, boolean>][] = [
  ['learned_range', { eps, sigma }, {}],
  ['fixed_large', { eps }, { large: true }],
  ['fixed_small', { eps }, {}],
  ['x_start', { x0_hat: eps, sigma }, {}],
];

for (const clip of [false, true]) {
  for (const [name, outputs, settings] of predictions) {
    test(`ancestral step: ${name}, ${clip ? 'clipped' : 'not clipped'}`, () => {
      const ancestral = blockRunner('ancestral', { ...settings, clip });
      const out = ancestral({ xt, ...outputs, noise: step, ...sampling(ancestral, t, { steps }) });
      matches(out.xt!, `p_sample.${name}.clip${Number(clip)}.sample`);
      matches(out.x0!, `p_sample.${name}.clip${Number(clip)}.pred_xstart`);
    });
  }

  for (const eta of [0, 0.5]) {
    test(`DDIM step: eta ${eta}, ${clip ? 'clipped' : 'not clipped'}`, () => {
      const ddim = blockRunner('ddim', { clip });
      const out = ddim({ xt, eps, noise: step, ...sampling(ddim, t, { steps, eta }) });
      const key = `ddim_sample.eta${eta.toFixed(1)}.clip${Number(clip)}`;
      matches(out.xt!, `${key}.sample`);
      matches(out.x0!, `${key}.pred_xstart`);
    });
  }

  test(`DDIM step from x_0 to noise, ${clip ? 'clipped' : 'not clipped'}`, () => {
    const ddim = blockRunner('ddim', { clip });
    const out = ddim({ xt, eps, noise: step, ...sampling(ddim, t, { steps, invert: true }) });
    matches(out.xt!, `ddim_reverse_sample.clip${Number(clip)}.sample`);
    matches(out.x0!, `ddim_reverse_sample.clip${Number(clip)}.pred_xstart`);
  });
}

test('the mean of a respaced step', () => {
  const ancestral = blockRunner('ancestral');
  const quiet = { ...sampling(ancestral, json.respaced10.t, { steps: 10 }), live: tensor([5], [0, 0, 0, 0, 0]) };
  const out = ancestral({ xt, eps, sigma, noise: step, ...quiet });
  matches(out.xt!, 'respaced10.p_mean_variance.mean');
  matches(out.x0!, 'respaced10.p_mean_variance.pred_xstart');
});

test.run();
