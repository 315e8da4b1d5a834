/** A job as a program that trains: the blocks of its recipe composed with its model, and the schedule they share. */

import { tokensOf } from '../../compiler/cost/facts.ts';
import type { BlockTerm } from '../../compiler/elaborate/term.ts';
import { countLayers, firstLayers } from '../../compiler/grad/rematerialise.ts';
import { digestOf } from '../../compiler/ir/digest.ts';
import { sha256 } from '../../compiler/ir/sha256.ts';
import type { Program } from '../../compiler/lower/program.ts';
import { blockNamed, floatParameter } from '../../compiler/program/named-block.ts';
import { trainStep } from '../../compiler/program/train-step.ts';
import { evenWeight, type LossWeight, minSnr, type WeighedPrediction } from '../diffusion/loss-weight.ts';
import type { Schedule } from '../diffusion/schedule.ts';
import { scheduleOf } from '../diffusion/schedule-words.ts';
import type { TimeDraw } from '../diffusion/timestep-draw.ts';
import type { Job } from './job.ts';
import { done, type Outcome, refuseSaying, refuseWith } from './refusal.ts';

export interface Training {
  readonly program: Program;
  /** equal for equal work: program, recipe and seed */
  readonly digest: string;
  readonly schedule?: { readonly schedule: Schedule; readonly draw: TimeDraw };
  readonly weight: LossWeight;
  /** of Adam: what corrects its moments */
  readonly beta1?: number;
  readonly beta2?: number;
}

const PREDICTED = ['eps', 'velocity', 'x0'] as const;

export const scheduleOfJob = ({ recipe, model }: Pick<Job, 'recipe' | 'model'>): Training['schedule'] =>
  recipe.schedule === undefined ? undefined : scheduleOf(recipe.schedule, tokensOf(model.inference));

export function compileTraining(job: Job): Outcome<Training> {
  const { spec, model, recipe } = job;
  const about = `recipe ${recipe.name}`;
  const lacks = (what: string, example: string) => refuseSaying(about, `says no ${what}`, `add \`${example}\``);
  if (recipe.objective === undefined) return lacks('objective', 'objective: ddpm');
  if (recipe.optimizer === undefined) return lacks('optimizer', 'optimizer: adamw');
  if (recipe.lr === undefined) return lacks('learning rate', 'lr: 1e-4');
  if (recipe.steps === undefined && recipe.seconds === undefined) return lacks('length', 'steps: 10K');
  if (recipe.lr.word === 'cosine' && recipe.steps === undefined)
    return refuseSaying(about, 'lets the rate fall over a number of steps that it does not say', 'add `steps: 10K`');

  const beside = (name: string): BlockTerm | undefined => blockNamed(spec, name, recipe.optimizer!.block.scope);
  const average = recipe.ema === undefined ? undefined : beside('ema');
  if (recipe.ema !== undefined && average === undefined)
    return refuseSaying(about, 'asks for an average, and no block `ema` is in sight', 'import `ema` of optim.dit');
  const [squareSum, clip] = [beside('square_sum'), beside('clip')];
  if (recipe.clip !== undefined && (squareSum === undefined || clip === undefined))
    return refuseSaying(about, 'clips, and no blocks `square_sum` and `clip` are in sight', 'import them of optim.dit');

  const predicted = PREDICTED.find((name) => model.training.results.some((result) => result.name === name));
  if (recipe.weight !== undefined && predicted === undefined)
    return refuseSaying(
      about,
      'weighs samples of a model that predicts neither eps, velocity nor x0',
      'remove `weight`',
    );

  const layers = countLayers(model.training);
  const again = recipe.recompute === 'all' ? layers : recipe.recompute;
  if (again > layers)
    return refuseSaying(about, `lets ${again} layers run again, and the model has ${layers}`, 'say `recompute: all`');

  const { program, diagnostics } = trainStep({
    model: model.training,
    objective: recipe.objective,
    optimizer: recipe.optimizer,
    average,
    clip: recipe.clip === undefined ? undefined : { squareSum: squareSum!, clip: clip!, limit: recipe.clip },
    accumulate: recipe.accumulate,
    offered: new Set(recipe.weight === undefined ? [] : ['weight']),
    keep: firstLayers(again),
    instances: spec.instances,
  });
  if (program === undefined) return refuseWith(diagnostics);
  return done({
    program,
    digest: trainingDigest(program, job),
    schedule: scheduleOfJob(job),
    weight: recipe.weight === undefined ? evenWeight : minSnr(recipe.weight.cap, predicted as WeighedPrediction),
    beta1: floatParameter(recipe.optimizer, 'beta1', spec),
    beta2: floatParameter(recipe.optimizer, 'beta2', spec),
  });
}

/** What decides the numbers of a run; how long it is, and what is kept of it, does not. */
function trainingDigest(program: Program, { recipe, seed }: Job): string {
  const { lr, schedule, weight, batch, accumulate, ema, drop_label, drop_text, flip, steps } = recipe;
  const total = lr?.word === 'cosine' ? steps : undefined;
  const numbers = { lr, schedule, weight, batch, accumulate, ema, drop_label, drop_text, flip, total, seed };
  return sha256(`${digestOf(program.graph)} ${JSON.stringify(numbers)}`);
}
