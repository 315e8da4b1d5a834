/**
 * A recipe, checked: how a model is trained and sampled. Unknown fields, wrong words and values out of range are said
 * where they stand in the spec.
 */
import { z } from 'zod';
import type { ResolvedRecipe } from '../../compiler/elaborate/recipe.ts';
import type { Spec } from '../../compiler/elaborate/spec.ts';
import type { BlockTerm, RecordTerm } from '../../compiler/elaborate/term.ts';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { guidanceSchema } from '../diffusion/guidance.ts';
import { scheduleOf, scheduleSchema, trajectorySchema, weightSchema } from '../diffusion/schedule-words.ts';
import { trajectory } from '../diffusion/trajectory.ts';
import { dataOf } from './recipe-data.ts';
import { explainIssue } from './recipe-issue.ts';

const isTerm = (kind: string) => (value: unknown) =>
  typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === kind;
const block = (what: string) =>
  z.custom<BlockTerm>(isTerm('block'), { error: `needs a block: ${what}`, params: { wanted: ['block'] } });

const objective = z
  .custom<RecordTerm>(isTerm('record'), {
    error: 'needs an objective: a const such as `ddpm` or `flow` of objectives.dit',
    params: { wanted: ['const'] },
  })
  .transform((record, context) => {
    const part = (name: string): BlockTerm => {
      const field = record.fields.get(name);
      if (field?.kind === 'block') return field;
      context.addIssue({ code: 'custom', message: `needs a record with the blocks \`noising\` and \`loss\`` });
      return z.NEVER;
    };
    return { name: record.called ?? record.record.decl.name.text, noising: part('noising'), loss: part('loss') };
  });

/** A word with any arguments: what it means is for those who know it (data sets, autoencoders). */
const open = z.preprocess(
  (value) => (typeof value === 'string' ? { word: value } : value),
  z.looseObject({ word: z.string() }),
);

const rate = z.number().gt(0).max(10);
const lr = z.union(
  [
    rate.transform((to) => ({ word: 'constant' as const, to })),
    z.strictObject({ word: z.literal('warmup'), to: rate, steps: z.int().min(0) }),
    z.strictObject({
      word: z.literal('cosine'),
      to: rate,
      warmup: z.int().min(0).default(0),
      end: z.number().min(0).default(0),
    }),
  ],
  'must be a number, `warmup(…)` or `cosine(…)`',
);

const isAll = (value: unknown): boolean => (value as { word?: unknown } | undefined)?.word === 'all';
const layers = z
  .custom<unknown>((value) => isAll(value) || z.int().min(0).safeParse(value).success, {
    error: 'must be a number of layers, or `all`',
  })
  .transform((value) => (isAll(value) ? 'all' : (value as number)));

const share = z.number().min(0).max(1);
const count = z.int().min(1);

export const recipeSchema = z.strictObject({
  data: open.optional(),
  latents: open.optional(),
  objective: objective.optional(),
  schedule: scheduleSchema.optional(),
  weight: weightSchema.optional(),
  optimizer: block('such as `adamw` of optim.dit').optional(),
  lr: lr.optional(),
  /** the norm over all gradients is held below it */
  clip: z.number().gt(0).optional(),
  batch: count.max(1_000_000).default(256),
  /** batches whose gradients are averaged before a step */
  accumulate: count.max(10_000).default(1),
  /** layers that keep only their inputs and run again in the backward pass: the first so many, or all */
  recompute: layers.default(0),
  steps: count.optional(),
  /** seconds of training, if they are over before the steps are */
  seconds: z.number().gt(0).optional(),
  /** decay of the moving average of the weights; none is kept without it */
  ema: z.number().min(0).lt(1).optional(),
  drop_label: share.default(0),
  drop_text: share.default(0),
  flip: z.boolean().default(false),
  /** steps between checkpoints, and how many are kept */
  save_every: count.optional(),
  keep: count.max(1000).default(2),
  evaluate_every: count.optional(),
  sample: z
    .strictObject({
      ...trajectorySchema.shape,
      step: block('such as `ancestral` or `euler`').optional(),
      guidance: guidanceSchema.optional(),
      /** FLUX: the strength that its input of that name is fed */
      strength: z.number().min(0).optional(),
    })
    .default({ steps: 50 }),
});

export type Recipe = z.output<typeof recipeSchema> & { readonly name: string };

/** `spec`: where names that a recipe's file does not import are looked for. */
export function checkRecipe(
  resolved: ResolvedRecipe,
  spec?: Spec,
): {
  readonly recipe?: Recipe;
  readonly diagnostics: readonly Diagnostic[];
} {
  const result = recipeSchema.safeParse(dataOf(resolved.entries));
  const explain = (issue: z.core.$ZodIssue): Diagnostic => explainIssue(issue, resolved, recipeSchema, spec);
  if (!result.success) return { diagnostics: result.error.issues.map(explain) };
  const unfit = samplingUnfit(result.data);
  return unfit === undefined
    ? { recipe: { ...result.data, name: resolved.name }, diagnostics: [] }
    : { diagnostics: [explain(unfit)] };
}

/** The number of tokens moves the times of a schedule; whether they can be had does not hang on it. */
const ANY_TOKENS = 256;

/** Times that the schedule does not have, of a recipe that says how to sample. */
function samplingUnfit({ schedule, sample }: z.output<typeof recipeSchema>): z.core.$ZodIssue | undefined {
  if (schedule === undefined || sample.step === undefined) return undefined;
  const path = trajectory(scheduleOf(schedule, ANY_TOKENS).schedule, sample);
  if (path.ok) return undefined;
  const field = sample.spacing === undefined ? 'steps' : 'spacing';
  return {
    code: 'custom',
    path: ['sample', field],
    message: `does not fit \`schedule\`: ${path.reason}`,
    input: sample,
  };
}
