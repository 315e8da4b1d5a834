/**
 * One step of training as one program: noising, model, objective, gradients, clipping, optimiser, moving average. State
 * is the weights under their paths, and under `m.PATH`, `v.PATH`, `ema.PATH` what the optimiser and the average keep.
 * Fed are the batch (`x0` and the other inputs of the model), the draws (`noise`), the numbers of the schedule as [N],
 * and the scalars of the optimiser; results are the means of the terms of the loss, and `grad_norm` where it clips.
 *
 * Where gradients of several batches are averaged, each run adds to the sums `sum.PATH`, which start anew where `carry` is
 * 0, and everything else changes only where `apply` holds.
 */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { applyBlock, namesOf } from '../elaborate/apply-block.ts';
import type { Instances } from '../elaborate/instances.ts';
import type { BlockTerm } from '../elaborate/term.ts';
import { type GradientOptions, gradientGraph } from '../grad/gradient.ts';
import type { Graph, GraphResult, Init, Value } from '../ir/graph.ts';
import { bool, f32, type TensorType } from '../ir/type.ts';
import type { Program, State } from '../lower/program.ts';
import { type Composer, createComposer, feed, filledWith, weightState, ZERO } from './compose.ts';
import { lossGraph, type Objective } from './loss.ts';

export interface TrainParts {
  /** the model's graph for training */
  readonly model: Graph;
  readonly objective: Objective;
  readonly optimizer: BlockTerm;
  /** the moving average of the weights; absent: none is kept */
  readonly average?: BlockTerm;
  /** the norm over all gradients is held below `limit` of `clip` */
  readonly clip?: { readonly squareSum: BlockTerm; readonly clip: BlockTerm; readonly limit?: number };
  /** batches whose gradients are averaged before the weights move; 1 unless said */
  readonly accumulate?: number;
  /** optional numbers of the schedule that the recipe gives */
  readonly offered?: ReadonlySet<string>;
  readonly keep?: GradientOptions['keep'];
  readonly instances: Instances;
}

/** What a step needs besides the loss. */
export type StepParts = Omit<TrainParts, 'objective' | 'offered'>;

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
  const { program, diagnostics: more } = stepOf(loss, parts);
  return { program, diagnostics: [...diagnostics, ...more] };
}

/** The same for a graph that has a scalar result `loss` and the weights of the model. */
export function stepOf(loss: Graph, parts: StepParts): TrainStep {
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
  const state: State[] = [];
  const keep = ({ name, type, trained, init }: State, next?: Value): void => {
    if (next !== undefined) results.push({ name: `next.${name}`, value: next });
    state.push({ name, type, trained, init, ...(next === undefined ? {} : { update: `next.${name}` }) });
  };
  const sums = sumGradients(composer, parts, gradientOf);
  if (parts.clip !== undefined) results.push({ name: 'grad_norm', value: clipAll(composer, gradientOf, parts.clip) });
  const settle = settling(composer, parts);

  for (const weight of weightState(parts.model)) {
    const { name, type, init } = weight;
    const gradient = weight.trained ? gradientOf.get(name) : undefined;
    if (gradient === undefined) {
      keep(weight);
      if (parts.average !== undefined) keep({ ...weight, name: `ema.${name}`, trained: false });
      continue;
    }
    const now = build.weight({ path: name, type, trained: true, init });
    const { next, kept } = update(composer, parts.optimizer, now, gradient, name, type);
    keep(weight, next === undefined ? undefined : settle(next, now));
    for (const each of kept)
      keep(
        { name: each.name, type, trained: false, init: ZERO },
        each.next === undefined ? undefined : settle(each.next, each.now),
      );
    if (parts.average !== undefined && next !== undefined) {
      // an average starts as the weight itself
      const average = ownState(composer, `ema.${name}`, type, init);
      const operands = new Map([
        ['average', average],
        ['w', next],
      ]);
      const moved = apply(composer, parts.average, operands, 'average')[0]?.value;
      keep(
        { name: `ema.${name}`, type, trained: false, init },
        moved === undefined ? undefined : settle(moved, average),
      );
    }
  }
  for (const { name, type, next } of sums) keep({ name, type, trained: false, init: ZERO }, next);
  if (composer.diagnostics.length > 0) return { diagnostics: composer.diagnostics };
  const graph = build.finish(results, { name: `${parts.model.name}_train_step` });
  return { program: { name: `${parts.model.name} train step`, graph, state }, diagnostics: [] };
}

/** sum ← carry · sum + g / k takes the place of each gradient. */
function sumGradients(composer: Composer, { accumulate = 1 }: StepParts, gradientOf: Map<string, Value>) {
  if (accumulate === 1) return [];
  const { build } = composer;
  const carry = feed(composer, 'carry', f32());
  return [...gradientOf].map(([path, gradient]) => {
    const name = `sum.${path}`;
    const type = build.typeOf(gradient);
    const before = build.op('mul', [ownState(composer, name, type, ZERO), carry]);
    const next = build.op('add', [before, build.op('mul', [gradient, build.number(1 / accumulate)])]);
    gradientOf.set(path, next);
    return { name, type, next };
  });
}

/** The next value of state, or the one before where this run only gathers gradients. */
function settling(composer: Composer, { accumulate = 1 }: StepParts): (next: Value, now: Value) => Value {
  if (accumulate === 1) return (next) => next;
  const isStep = feed(composer, 'apply', bool());
  return (next, now) => composer.build.op('where', [isStep, next, now]);
}

/** State of the program besides the weights of the model. */
function ownState({ build }: Composer, path: string, type: TensorType, init: Init): Value {
  const weight = { path, type, trained: false, init };
  build.own({ kind: 'weight', weight, shared: false });
  return build.weight(weight);
}

/** Applies an update; its scalars (`lr`, `correct1`, `decay` …) are fed, those of an average under `average.` names. */
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
  const kept = required
    .filter((name) => name !== 'w' && name !== 'g' && names.includes(name))
    .map((name) => ({ name, now: ownState(composer, `${name}.${path}`, type, ZERO) }));
  const tensors = new Map([['w', w], ['g', g], ...kept.map(({ name, now }): [string, Value] => [name, now])]);
  const results = apply(composer, optimizer, tensors);
  const resultOf = (name: string): Value | undefined => results.find((result) => result.name === name)?.value;
  return {
    next: resultOf('w'),
    kept: kept.map(({ name, now }) => ({ name: `${name}.${path}`, now, next: resultOf(name) })),
  };
}

/** Scales all gradients by the norm over all of them, and returns the norm before. */
function clipAll(composer: Composer, gradientOf: Map<string, Value>, parts: NonNullable<TrainParts['clip']>): Value {
  const { build } = composer;
  const clip = parts.limit === undefined ? parts.clip : filledWith(parts.clip, 'limit', parts.limit);
  const squares = [...gradientOf.values()].flatMap(
    (g) => apply(composer, parts.squareSum, new Map([['g', g]]))[0]?.value ?? [],
  );
  const norm = build.op('sqrt', [squares.reduce((sum, square) => build.op('add', [sum, square]))]);
  for (const [path, g] of gradientOf) {
    const tensors = new Map([
      ['g', g],
      ['norm', norm],
    ]);
    const clipped = apply(composer, clip, tensors)[0]?.value;
    if (clipped !== undefined) gradientOf.set(path, clipped);
  }
  return norm;
}
