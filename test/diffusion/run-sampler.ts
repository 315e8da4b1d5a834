/** A whole run of a sampler: its plan, and its block on the oracle. */

import { isScheduleName } from '../../compiler/contract/schedule-names.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { type PlanOptions, plan, type SamplingName, type StepPlan } from '../../runtime/diffusion/plan.ts';
import type { Schedule } from '../../runtime/diffusion/schedule.ts';
import { type TrajectoryOptions, trajectory } from '../../runtime/diffusion/trajectory.ts';
import { perSample, type Runner, tensor } from './run-block.ts';

/** The numbers of the schedule that a block cannot do without. */
export const samplingNames = ({ names }: Runner): SamplingName[] =>
  names.required.filter(isScheduleName) as SamplingName[];

export function planFor(
  runner: Runner,
  schedule: Schedule,
  options: TrajectoryOptions & PlanOptions,
): readonly StepPlan[] {
  const path = trajectory(schedule, options);
  if (!path.ok) throw new Error(path.reason);
  const planned = plan(path.points, samplingNames(runner), options);
  if (!planned.ok) throw new Error(planned.reason);
  return planned.steps;
}

export interface Run {
  readonly shape: readonly number[];
  readonly start: ArrayLike<number>;
  /** what the network says, by name */
  readonly network: (x: Float64Array, time: number) => Readonly<Record<string, Float64Array>>;
  readonly noise?: (step: number) => ArrayLike<number>;
}

/** All results after each evaluation. */
export function runSampler(runner: Runner, steps: readonly StepPlan[], run: Run): Record<string, Float64Array>[] {
  const { shape, network, noise } = run;
  const { required, optional, results } = runner.names;
  const parameters = [...required, ...optional];
  const zeros = new Float64Array(run.start.length);
  const state = new Map<string, Float64Array>(
    results.flatMap((name) => (name !== undefined && parameters.includes(name) ? [[name, zeros]] : [])),
  );
  state.set('xt', Float64Array.from(run.start));
  return steps.map(({ time, numbers }, i) => {
    const feeds: Record<string, HostTensor> = {};
    for (const [name, value] of state) feeds[name] = tensor(shape, value);
    for (const [name, value] of Object.entries(network(state.get('xt')!, time))) feeds[name] = tensor(shape, value);
    if (noise !== undefined) feeds.noise = tensor(shape, noise(i));
    for (const [name, value] of Object.entries(numbers)) feeds[name] = perSample(name, value, shape[0]!);
    const out = runner(feeds);
    for (const name of state.keys()) state.set(name, out[name]!);
    return out;
  });
}
