/** A study before it runs: every point of a grid with its job, what it will cost, and the folder it will be in. */
import { workOf } from '../../compiler/cost/work.ts';
import type { Override, Spec } from '../../compiler/elaborate/spec.ts';
import { type PlanPoint, planGrid } from '../../compiler/grid/plan.ts';
import { sha256 } from '../../compiler/ir/sha256.ts';
import { asRun } from '../../compiler/passes/as-run.ts';
import { nearest } from '../../dsl/suggest.ts';
import { overriddenGrid, planChecks, setByAxis } from '../recipe/overridden-grid.ts';
import { planSampling } from '../sample/plan-sampling.ts';
import { compileTraining } from '../train/compile.ts';
import { type Job, jobOfPoint } from '../train/job.ts';
import { plainRecipe } from '../train/manifest.ts';
import { done, type Outcome, type Refusal, refuseSaying, refuseWith, wordsOf } from '../train/refusal.ts';
import type { EvaluationOptions } from './evaluation.ts';

export type EvaluationChoice = Pick<EvaluationOptions, 'count' | 'seed' | 'nearest'> & {
  /** of the feature net: a name, and what its weights are */
  readonly net?: string;
};

export interface StudyPoint {
  readonly index: number;
  readonly name: string;
  /** below the study */
  readonly folder: string;
  /** equal for equal work, evaluation included */
  readonly digest: string;
  /** of what decides the weights: that of its run folder */
  readonly training_digest: string;
  readonly set: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly params: number;
  /** of one sample, forward */
  readonly macs: number;
  readonly steps?: number;
  /** of the whole training */
  readonly train_flops: number;
  /** of the samples that are evaluated */
  readonly sample_flops: number;
  readonly job: Job;
}

export interface StudyPlan {
  readonly grid: string;
  readonly points: readonly StudyPoint[];
  readonly rejected: readonly { readonly set: Readonly<Record<string, string>>; readonly reason: string }[];
  readonly duplicates: readonly { readonly set: Readonly<Record<string, string>>; readonly of: string }[];
}

const MOST_POINTS = 10_000;

export function planStudy(
  spec: Spec,
  name: string | undefined,
  overrides: readonly Override[],
  evaluation: EvaluationChoice,
): Outcome<StudyPlan> {
  const { entry } = spec;
  const file = entry.file.source.path;
  if (spec.diagnostics.some(({ severity }) => severity === 'error')) return refuseWith(spec.diagnostics);
  const known = [...entry.grids.keys()];
  const wanted = name ?? (known.length === 1 ? known[0] : undefined);
  const symbol = wanted === undefined ? undefined : entry.grids.get(wanted);
  if (symbol === undefined) {
    const close = wanted === undefined ? undefined : nearest(wanted, known);
    const all = known.length > 0 ? `it has ${known.map((each) => `\`${each}\``).join(', ')}` : 'it has no grid';
    return refuseSaying(
      file,
      wanted === undefined ? 'is no grid' : `has no grid \`${wanted}\``,
      close ? `did you mean \`${close}\`?` : all,
    );
  }
  const doubled = setByAxis(symbol, { recipe: overrides });
  if (doubled !== undefined)
    return refuseSaying(
      `grid ${symbol.decl.name.text}`,
      `sets \`${doubled}\` itself`,
      '`--set` changes what no axis sets',
    );
  const { grid, diagnostics } = overriddenGrid(spec, symbol, { recipe: overrides });
  if (grid === undefined) return refuseWith(diagnostics);
  if (grid.recipe === undefined)
    return refuseSaying(
      `grid ${grid.name}`,
      'has no recipe, so nothing says how to train its points',
      `write \`grid ${grid.name} of … with RECIPE\``,
    );
  const points: StudyPoint[] = [];
  const rejected: StudyPlan['rejected'][number][] = [];
  const duplicates: StudyPlan['duplicates'][number][] = [];
  let refusal: Refusal | undefined;
  for (const outcome of planGrid(spec, grid, planChecks(spec))) {
    const set = Object.fromEntries(outcome.set);
    if (outcome.kind === 'rejected') rejected.push({ set, reason: outcome.reason });
    else if (outcome.kind === 'duplicate') duplicates.push({ set, of: outcome.of });
    else {
      if (points.length >= MOST_POINTS)
        return refuseSaying(
          `grid ${grid.name}`,
          `has more than ${MOST_POINTS} points`,
          'shorten an axis, or add a `where`',
        );
      const point = pointOf(spec, grid.name, outcome, overrides, evaluation);
      if (point.ok) points.push({ index: points.length, set, ...point.value });
      else {
        rejected.push({ set, reason: wordsOf(point.refusal) });
        refusal ??= point.refusal;
      }
    }
  }
  // what is wrong with all of them is said in full, at its place
  if (points.length === 0 && refusal !== undefined) return { ok: false, refusal };
  return done({ grid: grid.name, points, rejected, duplicates });
}

function pointOf(
  spec: Spec,
  grid: string,
  planned: PlanPoint,
  overrides: readonly Override[],
  evaluation: EvaluationChoice,
): Outcome<Omit<StudyPoint, 'index' | 'set'>> {
  const opened = jobOfPoint(spec, grid, planned, overrides);
  if (!opened.ok) return opened;
  const job = opened.value;
  const { recipe, model, seed } = job;
  const training = compileTraining(job);
  if (!training.ok) return training;
  const sampling = planSampling(job);
  if (!sampling.ok) return sampling;
  const { steps, seconds, accumulate, evaluate_every } = recipe;
  const text = JSON.stringify({ steps, seconds, evaluate_every, sample: plainRecipe(recipe.sample), evaluation });
  const runs = (steps ?? 0) * accumulate;
  const { guided, steps: evaluations } = sampling.value;
  const { name, facts } = planned;
  return done({
    name,
    folder: `points/${name}`,
    seed,
    params: facts.params,
    macs: facts.macs,
    digest: sha256(`${training.value.digest} ${text}`),
    training_digest: training.value.digest,
    ...(steps !== undefined && { steps }),
    train_flops: runs * workOf(asRun(training.value.program.graph), recipe.batch).flops,
    sample_flops: evaluation.count * evaluations.length * (guided ? 2 : 1) * workOf(asRun(model.inference), 1).flops,
    job,
  });
}
