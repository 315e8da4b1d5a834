/**
 * One step of training as one program: noising, model, objective, gradients, clipping, optimiser, moving average. State
 * is the weights under their paths, and under `m.PATH`, `v.PATH`, `ema.PATH` what the optimiser and the average keep.
 * Fed are the batch (`x0` and the other inputs of the model), the draws (`noise`), the numbers of the schedule as [N],
 * and the scalars of the optimiser; results are the means of the terms of the loss, and `grad_norm` where it clips.
 */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { applyBlock, namesOf } from '../elaborate/apply-block.ts';
import type { Instance } from '../elaborate/context.ts';
import type { BlockTerm } from '../elaborate/term.ts';
import { type GradientOptions, gradientGraph } from '../grad/gradient.ts';
import type { Graph, GraphResult, Init, Value } from '../ir/graph.ts';
import { f32, type TensorType } from '../ir/type.ts';
import type { Program, State } from '../lower/program.ts';
import { type Composer, createComposer, feed, weightState, ZERO } from './compose.ts';
import { lossGraph, type Objective } from './loss.ts';

export interface TrainParts {
  /** the model's graph for training */
  readonly model: Graph;
  readonly objective: Objective;
  readonly optimizer: BlockTerm;
  /** the moving average of the weights; absent: none is kept */
  readonly average?: BlockTerm;
  /** the norm over all gradients is held below `limit` of `clip` */
  readonly clip?: { readonly squareSum: BlockTerm; readonly clip: BlockTerm };
  /** optional numbers of the schedule that the recipe gives */
  readonly offered?: ReadonlySet<string>;
  readonly keep?: GradientOptions['keep'];
  readonly instances: Map<string, Instance>;
}

export interface TrainStep {
  readonly program?: Program;
  readonly diagnostics: readonly Diagnostic[];
}

export function trainStep(parts: TrainParts): TrainStep {
  const { graph: loss, diagnostics } = lossGraph(
    parts.model,
    parts.objective,
    parts.offered ?? new Set(),
    parts.instances,
  );
  if (loss === undefined) return { diagnostics };
  const gradients = gradientGraph(loss, { loss: 'loss', keep: parts.keep });
  const composer = createComposer(parts.instances);
  const { build } = composer;
  const operands = gradients.inputs.map(({ name, value }) => feed(composer, name, gradients.values[value]!.type));
  const outputs = build.call(gradients, operands, '');
  build.own({ kind: 'call', callee: gradients, prefix: '', shared: false });
  const gradientOf = new Map<string, Value>();
  const results: GraphResult[] = [];
  for (const [index, { name }] of gradients.results.entries()) {
    if (name?.startsWith('grad.')) gradientOf.set(name.slice('grad.'.length), outputs[index]!);
    else results.push({ name, value: outputs[index]! });
  }
  if (parts.clip !== undefined) results.push({ name: 'grad_norm', value: clipAll(composer, gradientOf, parts.clip) });

  const state: State[] = [];
  const keepState = (name: string, type: TensorType, trained: boolean, init: Init, next?: Value): void => {
    if (next !== undefined) results.push({ name: `next.${name}`, value: next });
    state.push({ name, type, trained, init, ...(next === undefined ? {} : { update: `next.${name}` }) });
  };
  for (const weight of weightState(parts.model)) {
    const { name, type, trained, init } = weight;
    const gradient = trained ? gradientOf.get(name) : undefined;
    const now =
      gradient === undefined && parts.average === undefined
        ? undefined
        : build.weight({ path: name, type, trained, init });
    const { next, kept } =
      gradient === undefined
        ? { next: undefined, kept: [] }
        : update(composer, parts.optimizer, now!, gradient, name, type);
    keepState(name, type, trained, init, next);
    for (const each of kept) keepState(each.name, type, false, ZERO, each.next);
    if (parts.average === undefined) continue;
    // an average starts as the weight itself
    const average = ownState(composer, `ema.${name}`, type, init);
    const changed =
      next === undefined
        ? undefined
        : apply(
            composer,
            parts.average,
            new Map([
              ['average', average],
              ['w', next],
            ]),
            'average',
          )[0]?.value;
    keepState(`ema.${name}`, type, false, init, changed);
  }
  if (composer.diagnostics.length > 0) return { diagnostics: [...diagnostics, ...composer.diagnostics] };
  const graph = build.finish(results, { name: `${parts.model.name}_train_step` });
  return { program: { name: `${parts.model.name} train step`, graph, state }, diagnostics };
}

/** State of the program besides the weights of the model. */
function ownState({ build }: Composer, path: string, type: TensorType, init: Init): Value {
  const weight = { path, type, trained: false, init };
  build.own({ kind: 'weight', weight, shared: false });
  return build.weight(weight);
}

/** Applies an update; its scalars (`lr`, `correct1`, `decay` …) are fed, those of an average under `ema.` names. */
function apply(composer: Composer, block: BlockTerm, tensors: ReadonlyMap<string, Value>, prefix = '') {
  const available = new Map(tensors);
  for (const name of namesOf(block).required)
    if (!available.has(name)) available.set(name, feed(composer, prefix === '' ? name : `${prefix}.${name}`, f32()));
  const { results, diagnostics } = applyBlock(block, composer.build, available, composer.instances);
  composer.diagnostics.push(...diagnostics);
  return results;
}

/** The next value of a weight, and of what the optimiser keeps for it: parameters that are results too. */
function update(composer: Composer, optimizer: BlockTerm, w: Value, g: Value, path: string, type: TensorType) {
  const { required, results: names } = namesOf(optimizer);
  const kept = required.filter((name) => name !== 'w' && name !== 'g' && names.includes(name));
  const tensors = new Map([
    ['w', w],
    ['g', g],
    ...kept.map((name): [string, Value] => [name, ownState(composer, `${name}.${path}`, type, ZERO)]),
  ]);
  const results = apply(composer, optimizer, tensors);
  const resultOf = (name: string): Value | undefined => results.find((result) => result.name === name)?.value;
  return { next: resultOf('w'), kept: kept.map((name) => ({ name: `${name}.${path}`, next: resultOf(name) })) };
}

/** Scales all gradients by the norm over all of them, and returns the norm before. */
function clipAll(composer: Composer, gradientOf: Map<string, Value>, blocks: NonNullable<TrainParts['clip']>): Value {
  const { build } = composer;
  const squares = [...gradientOf.values()].map(
    (g) => apply(composer, blocks.squareSum, new Map([['g', g]]))[0]!.value!,
  );
  const norm = build.op('sqrt', [squares.reduce((sum, square) => build.op('add', [sum, square]))]);
  for (const [path, g] of gradientOf) {
    const clipped = apply(
      composer,
      blocks.clip,
      new Map([
        ['g', g],
        ['norm', norm],
      ]),
    )[0]?.value;
    if (clipped !== undefined) gradientOf.set(path, clipped);
  }
  return norm;
}
