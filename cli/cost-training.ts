/**
 * The programs whose cost `--train` counts: the step of the file's recipe, or a plain one where there is none that fits
 * (mean squared error of every output, AdamW, a moving average).
 */
import path from 'node:path';
import type { TrainPrograms } from '../compiler/cost/train-cost.ts';
import { createSession } from '../compiler/elaborate/context.ts';
import type { ModelInstance } from '../compiler/elaborate/model.ts';
import { resolveRecipe } from '../compiler/elaborate/recipe.ts';
import type { Spec } from '../compiler/elaborate/spec.ts';
import type { RecipeSymbol } from '../compiler/elaborate/symbol.ts';
import type { BlockTerm } from '../compiler/elaborate/term.ts';
import { countLayers, firstLayers } from '../compiler/grad/rematerialise.ts';
import type { Graph } from '../compiler/ir/graph.ts';
import type { Program } from '../compiler/lower/program.ts';
import { asRun } from '../compiler/passes/as-run.ts';
import { lossGraph } from '../compiler/program/loss.ts';
import { blockNamed } from '../compiler/program/named-block.ts';
import { plainLoss } from '../compiler/program/plain-loss.ts';
import { type StepParts, stepOf } from '../compiler/program/train-step.ts';
import { nearest } from '../dsl/suggest.ts';
import { checkRecipe, type Recipe } from '../runtime/recipe/recipe.ts';
import { openSpecFile } from './open-file.ts';
import { packageRoot } from './package-root.ts';

export interface NoTraining {
  readonly problem: string;
  readonly help?: string;
}

/** `wanted`: the name of a recipe; without it the first one of the file. */
export async function trainPrograms(
  spec: Spec,
  model: ModelInstance,
  wanted: string | undefined,
): Promise<TrainPrograms | NoTraining> {
  const { entry } = spec;
  const recipes = [...entry.recipes.values()];
  const symbol = wanted === undefined ? recipes.find(({ scope }) => scope === entry) : entry.recipes.get(wanted);
  if (wanted !== undefined && symbol === undefined) {
    const names = recipes.map(({ decl }) => decl.name.text);
    const near = nearest(wanted, names);
    return { problem: `there is no recipe \`${wanted}\``, ...(near && { help: `did you mean \`${near}\`?` }) };
  }
  const library = await openSpecFile(path.join(packageRoot, 'specs', 'optim.dit'));
  if ('exit' in library) return { problem: 'the optimisers of ditc itself cannot be read' };
  const block = (name: string, from?: BlockTerm): BlockTerm =>
    (from && blockNamed(spec, name, from.block.scope)) ?? blockNamed(library, name, library.entry)!;
  const trained = asRun(model.training);
  const planned = symbol === undefined ? undefined : ofRecipe(spec, symbol, trained, block);
  if (planned !== undefined && 'running' in planned) return planned;
  if (wanted !== undefined) return { problem: `recipe \`${wanted}\` does not train this model`, help: planned?.why };
  const plain = compose(plainLoss(trained), {
    model: trained,
    optimizer: block('adamw'),
    average: block('ema'),
    instances: spec.instances,
  });
  if (plain === undefined) return { problem: 'this model cannot be trained' };
  const why =
    planned === undefined ? 'no recipe in the file' : `recipe ${symbol!.decl.name.text} does not fit: ${planned.why}`;
  return { of: `mean squared error, AdamW, moving average (${why})`, ...plain };
}

function ofRecipe(
  spec: Spec,
  symbol: RecipeSymbol,
  model: Graph,
  block: (name: string, from?: BlockTerm) => BlockTerm,
): TrainPrograms | { readonly why: string } {
  const session = createSession(spec.instances, '', false);
  const resolved = resolveRecipe(symbol, session);
  const { recipe, diagnostics } =
    resolved === undefined ? { recipe: undefined, diagnostics: session.diagnostics } : checkRecipe(resolved);
  if (recipe === undefined) return { why: diagnostics[0]?.message ?? 'it has mistakes' };
  if (recipe.objective === undefined) return { why: 'it says no objective' };
  const optimizer = recipe.optimizer ?? block('adamw');
  const offered = new Set(recipe.weight === undefined ? [] : ['weight']);
  if (!model.inputs.some(({ role }) => role?.kind === 'image'))
    return { why: 'the model has no input with the role image' };
  const loss = lossGraph(model, recipe.objective, offered, spec.instances);
  if (loss.graph === undefined) return { why: loss.diagnostics[0]?.message ?? 'its objective does not fit' };
  const step = compose(loss.graph, {
    model,
    optimizer,
    average: recipe.ema === undefined ? undefined : block('ema', optimizer),
    clip:
      recipe.clip === undefined
        ? undefined
        : { squareSum: block('square_sum', optimizer), clip: block('clip', optimizer), limit: recipe.clip },
    accumulate: recipe.accumulate,
    instances: spec.instances,
  });
  if (step === undefined) return { why: 'its optimiser does not fit' };
  const again = recipe.recompute === 'all' ? step.layers : Math.min(recipe.recompute, step.layers);
  return { of: `recipe ${recipe.name}`, batch: recipe.batch, steps: stepsOf(recipe), again, ...step };
}

/** Of the program: one for each batch. */
const stepsOf = ({ steps, accumulate }: Recipe): number | undefined =>
  steps === undefined ? undefined : steps * accumulate;

function compose(loss: Graph, parts: StepParts): Pick<TrainPrograms, 'layers' | 'running'> | undefined {
  const layers = countLayers(loss);
  const made = new Map<number, Program>();
  const running = (again: number): Program | undefined => {
    const known = made.get(again) ?? stepOf(loss, { ...parts, keep: firstLayers(again) }).program;
    if (known !== undefined) made.set(again, known);
    return known;
  };
  // what composes with one layer running again does with any
  return running(0) && { layers, running: (again) => running(again)! };
}
