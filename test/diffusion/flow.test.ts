/** Paths, velocities and the samplers that follow them, where the answer is known in closed form. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { linearBetas } from '../../runtime/diffusion/betas.ts';
import { blindSpot, plan } from '../../runtime/diffusion/plan.ts';
import { discreteSchedule, levelAt, pathSchedule, type Schedule } from '../../runtime/diffusion/schedule.ts';
import { type TrajectoryOptions, trajectory } from '../../runtime/diffusion/trajectory.ts';
import { near } from './golden.ts';
import { blockRunner, perSample, tensor } from './run-block.ts';
import { planFor, runSampler, samplingNames } from './run-sampler.ts';

const discrete = discreteSchedule(linearBetas({ steps: 1000, from: 1e-4, to: 2e-2 }));
const points = (schedule: Schedule, options: TrajectoryOptions) => {
  const path = trajectory(schedule, options);
  if (!path.ok) throw new Error(path.reason);
  return path.points;
};

test('velocity losses by hand', () => {
  // u = 1/4 on the linear path with x_0 at t = 0: target = noise - x_0
  const numbers = { da: perSample('da', -1, 1), db: perSample('db', 1, 1) };
  const x0 = tensor([1, 1, 2], [1, 0]);
  const noise = tensor([1, 1, 2], [3, 2]);
  const velocity = tensor([1, 1, 2], [2, 0]);
  // (0² + 2²) / 2
  near(blockRunner('velocity_mse')({ velocity, x0, noise, ...numbers }).loss!, [2], 1e-15, 'mse');
  // cosine of (2, 0) and (2, 2) is 1/√2
  const out = blockRunner('velocity_cosine')({ velocity, x0, noise, ...numbers });
  near(out.cosine!, [1 - Math.SQRT1_2], 1e-15, 'cosine');
  near(out.loss!, [3 - Math.SQRT1_2], 1e-15, 'sum');
  const weight = perSample('weight', 0.5, 1);
  near(blockRunner('velocity_mse')({ velocity, x0, noise, weight, ...numbers }).loss!, [1], 1e-15, 'weighted');
});

test('eps, velocity and x_0 say the same to every sampler', () => {
  const shape = [2, 3];
  const start = [0.3, -1.2, 0.8, 2, -0.1, 0.5];
  // what a perfect model of the one image `truth` says
  const truth = 0.4;
  for (const schedule of [discrete, pathSchedule({ path: 'gvp', clean: 0 })]) {
    // a path starts with noise alone, which is of no use to eps: its first point is left out
    const path = points(schedule, { steps: 8 }).slice(schedule.kind === 'path' ? 1 : 0);
    for (const block of ['ancestral', 'ddim', 'multistep', 'unipc', 'heun_eps']) {
      const runner = blockRunner(block);
      const planned = plan(path, samplingNames(runner), { eta: 0.3 });
      if (!planned.ok) throw new Error(planned.reason);
      const states = (prediction: 'eps' | 'velocity' | 'x0_hat'): Float64Array[] => {
        let i = 0;
        const outs = runSampler(runner, planned.steps, {
          shape,
          start,
          noise: runner.names.required.includes('noise') ? () => start.map((value) => value / 2) : undefined,
          network: (x) => {
            const { a, b, da, db } = planned.steps[i++]!.numbers as Record<string, number>;
            const eps = x.map((value) => (value - a! * truth) / b!);
            const velocity = eps.map((noise) => da! * truth + db! * noise);
            return { [prediction]: { eps, velocity, x0_hat: eps.map(() => truth) }[prediction] };
          },
        });
        return outs.map(({ xt }) => xt!);
      };
      const expected = states('eps');
      near(
        expected.at(-1)!,
        start.map(() => truth),
        1e-9,
        `${block} reaches the image`,
      );
      for (const prediction of ['velocity', 'x0_hat'] as const)
        for (const [i, state] of states(prediction).entries())
          near(state, expected[i]!, 1e-9, `${block} of ${prediction}, state ${i}`);
    }
  }
});

test('Euler is exact on a straight path, in both directions of time', () => {
  const [image, noise] = [0.7, -1.3];
  const runner = blockRunner('euler');
  for (const clean of [0, 1] as const) {
    const plan = planFor(runner, pathSchedule({ clean, shift: 3 }), { steps: 3 });
    const sign = clean === 0 ? 1 : -1;
    const outs = runSampler(runner, plan, {
      shape: [1],
      start: [noise],
      network: () => ({ velocity: Float64Array.of(sign * (noise - image)) }),
    });
    near(outs.at(-1)!.xt!, [image], 1e-14, `clean ${clean}`);
    near(outs[0]!.x0!, [image], 1e-14, 'x0');
  }
});

/** dx/dt = x from t = 1 back to 0: x(0) = x(1) / e. The error at the end for so many steps. */
function errorOf(block: string, steps: number): number {
  const runner = blockRunner(block);
  const plan = planFor(runner, pathSchedule({ clean: 0 }), { steps });
  const outs = runSampler(runner, plan, { shape: [1], start: [1], network: (x) => ({ velocity: x }) });
  return Math.abs(outs.at(-1)!.xt![0]! - Math.exp(-1));
}

test('Euler is of the first order, Heun of the second', () => {
  // errors fall by 2 and by 4 when the steps are halved; the last step of Heun is Euler's, which alone costs h²/2 · 1/e
  const order = (block: string): number => Math.log2(errorOf(block, 64) / errorOf(block, 128));
  assert.ok(Math.abs(order('euler') - 1) < 0.05, `${order('euler')}`);
  assert.ok(Math.abs(order('heun') - 2) < 0.1, `${order('heun')}`);
});

test('Heun asks twice a step, but once where the step ends at x_0', () => {
  const plan = planFor(blockRunner('heun'), pathSchedule({ clean: 0 }), { steps: 4 });
  assert.equal(
    plan.map(({ time }) => time),
    [1, 0.75, 0.75, 0.5, 0.5, 0.25, 0.25],
  );
  assert.equal(
    plan.map(({ numbers }) => numbers.second),
    [0, 1, 0, 1, 0, 1, 0],
  );
  assert.ok(plan.every(({ numbers }) => numbers.dt === -0.25));
});

test('Euler-Maruyama by hand', () => {
  // SiT's time on the linear path: t from 0 to 0.75 in two steps and one of 0.25; at t = 0, b = 1, w = 2
  const runner = blockRunner('euler_maruyama');
  const plan = planFor(runner, pathSchedule(), { steps: 3, last: 0.25 });
  assert.equal(
    plan.map(({ time }) => time),
    [0, 0.375, 0.75],
  );
  near(
    plan.map(({ numbers }) => numbers.dt!),
    [0.375, 0.375, 0.25],
    1e-15,
    'dt',
  );
  // w |dt| / 2b with w = 2b: |dt| itself
  near(
    plan.map(({ numbers }) => numbers.pull!),
    [0.375, 0.375, 0.25],
    1e-15,
    'pull',
  );
  near(
    plan.map(({ numbers }) => numbers.kick!),
    [Math.sqrt(0.75), Math.sqrt(2 * 0.625 * 0.375), 0],
    1e-15,
    'kick',
  );
  // x = 2 at t = 0 is noise alone: eps = 2; velocity 1, noise 3: 2 + 0.375 · 1 - 0.375 · 2 + √0.75 · 3
  const [out] = runSampler(runner, plan.slice(0, 1), {
    shape: [1],
    start: [2],
    network: () => ({ velocity: Float64Array.of(1) }),
    noise: () => [3],
  });
  near(out!.xt!, [2 + 0.375 - 0.75 + Math.sqrt(0.75) * 3], 1e-15, 'x');
});

test('Euler-Maruyama keeps the spread of the path, whatever the diffusion', () => {
  // data N(0, 1/4): x_t is normal with variance s² = a²/4 + b², and the velocity is x (a da / 4 + b db) / s².
  // Steps are linear in x and noise, so the variance goes from step to step in closed form
  const runner = blockRunner('euler_maruyama');
  for (const clean of [0, 1] as const) {
    for (const norm of [0, 0.5, 2]) {
      const plan = planFor(runner, pathSchedule({ clean }), { steps: 300, last: 0.01, norm });
      let variance = 1;
      for (const { numbers } of plan) {
        const { a, b, da, db, dt, pull, kick } = numbers as Record<string, number>;
        const slope = (a! * da! * 0.25 + b! * db!) / (a! * a! * 0.25 + b! * b!);
        const says = (x: number) => ({ velocity: Float64Array.of(slope * x) });
        assert.ok([dt, pull, kick].every(Number.isFinite));
        const after = (x: number, noise: number): number =>
          runner({
            xt: tensor([1], [x]),
            velocity: tensor([1], says(x).velocity),
            noise: tensor([1], [noise]),
            ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, perSample(name, value, 1)])),
          }).xt![0]!;
        variance = after(1, 0) ** 2 * variance + after(0, 1) ** 2;
      }
      assert.ok(Math.abs(variance - 0.25) < 0.02, `clean ${clean}, norm ${norm}: ${variance}`);
    }
  }
});

test('from an image to its noise and back', () => {
  const runner = blockRunner('ddim');
  const schedule = pathSchedule({ path: 'linear', clean: 0 });
  const network = (x: Float64Array) => ({ velocity: x.map((value) => 0.2 * value) });
  const quiet = { shape: [1], network, noise: () => [0] };
  const there = runSampler(runner, planFor(runner, schedule, { steps: 400, invert: true }), { ...quiet, start: [0.5] });
  const back = runSampler(runner, planFor(runner, schedule, { steps: 400 }), { ...quiet, start: there.at(-1)!.xt! });
  near(back.at(-1)!.xt!, [0.5], 2e-3, 'image');
});

test('a model of eps is told where it is blind', () => {
  assert.match(blindSpot(points(pathSchedule(), { steps: 4 }), 'eps') ?? '', /noise alone/);
  assert.is(blindSpot(points(pathSchedule(), { steps: 4 }), 'velocity'), undefined);
  assert.is(blindSpot(points(discrete, { steps: 4 }), 'eps'), undefined);
  assert.match(blindSpot(points(pathSchedule(), { steps: 4, invert: true }), 'x0') ?? '', /none/);
  const planned = plan(points(pathSchedule(), { steps: 4 }), ['ds']);
  assert.match(planned.ok ? '' : planned.reason, /`ds` has no finite value/);
});

test('where paths end', () => {
  // SiT stops short of x_0 on the vp path
  const vp = points(pathSchedule({ path: 'vp' }), { steps: 2 });
  near(
    vp.map(({ t }) => t),
    [0, 0.4995, 0.999],
    1e-15,
    'vp',
  );
  assert.equal(
    points(pathSchedule({ clean: 0, timesteps: 1000 }), { steps: 2 }).map(({ time }) => time),
    [1000, 500, 0],
  );
  assert.is(levelAt(discrete, 0).a, Math.sqrt(1 - 1e-4));
});

test.run();
