/** What a job's sampling is, before any engine: the program of an evaluation, the stages before it, and the numbers of each. */
import { isScheduleName, supplies } from '../../compiler/contract/schedule-names.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import type { Program } from '../../compiler/lower/program.ts';
import { type StagedModel, stageModel } from '../../compiler/passes/hoist-conditioning.ts';
import { filledWith } from '../../compiler/program/compose.ts';
import { blockNamed } from '../../compiler/program/named-block.ts';
import { sampleStep } from '../../compiler/program/sample-step.ts';
import { blindSpot, plan, type SamplingName, type StepPlan } from '../diffusion/plan.ts';
import { trajectory } from '../diffusion/trajectory.ts';
import { scheduleOfJob } from '../train/compile.ts';
import type { Job } from '../train/job.ts';
import { done, type Outcome, refuseSaying, refuseWith } from '../train/refusal.ts';

export interface Planned {
  /** one evaluation: the body of the model, guidance, and the step */
  readonly program: Program;
  /** the model, whose other stages feed the body */
  readonly staged: StagedModel;
  readonly steps: readonly StepPlan[];
  readonly names: readonly SamplingName[];
  readonly guided: boolean;
}

export function planSampling(job: Job, cut: (model: Graph) => StagedModel = stageModel): Outcome<Planned> {
  const { spec, model, recipe } = job;
  const { sample } = recipe;
  const about = `recipe ${recipe.name}`;
  const schedule = scheduleOfJob(job)?.schedule;
  if (schedule === undefined)
    return refuseSaying(about, 'says no schedule, so there is nothing to sample along', 'add `schedule: …`');
  if (sample.step === undefined)
    return refuseSaying(
      about,
      'says no step for sampling',
      'add `sample: { step: ancestral }`, or name a sampler: --sampler ddim',
    );
  const { guidance } = sample;
  const guided = guidance !== undefined && guidance.scale !== 1;
  const guide = guided ? blockNamed(spec, 'guide', sample.step.block.scope) : undefined;
  if (guided && guide === undefined)
    return refuseSaying(about, 'asks for guidance, and no block `guide` is in sight', 'import `guide` of std.samplers');
  const graph = model.inference;
  const staged = cut(graph);
  const { program, diagnostics } = sampleStep({
    model: staged.body,
    step: sample.step,
    guide: guide && guidance?.channels !== undefined ? filledWith(guide, 'channels', guidance.channels) : guide,
    instances: spec.instances,
  });
  if (program === undefined) return refuseWith(diagnostics);
  const names = program.graph.inputs.flatMap(({ name }) =>
    isScheduleName(name) && supplies(schedule.kind, 'sampling', name) ? [name as SamplingName] : [],
  );
  const path = trajectory(schedule, sample);
  if (!path.ok) return refuseSaying(about, path.reason, 'change `sample`');
  const prediction = (['eps', 'x0', 'velocity'] as const).find((name) =>
    graph.results.some((each) => each.name === name),
  );
  const blind = prediction === undefined ? undefined : blindSpot(path.points, prediction);
  if (blind !== undefined) return refuseSaying(about, blind, 'change `sample` or `schedule`');
  const planned = plan(path.points, names, { ...sample, guidance });
  if (!planned.ok) return refuseSaying(about, planned.reason, 'change `sample.step`');
  return done({ program, staged, steps: planned.steps, names, guided });
}
