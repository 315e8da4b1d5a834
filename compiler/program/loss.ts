/**
 * The graph of an objective: the clean batch is made noisy, the model looks at it, the loss of every sample is averaged.
 *
 *     x_t = noising(x_0, noise, …)    loss = mean_n loss(model(x_t, …), …)
 */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import type { Instances } from '../elaborate/instances.ts';
import type { BlockTerm } from '../elaborate/term.ts';
import type { Graph, GraphResult } from '../ir/graph.ts';
import { applyNamed, callModel, createComposer, feed, imageOf } from './compose.ts';

export interface Objective {
  readonly noising: BlockTerm;
  readonly loss: BlockTerm;
}

export interface LossGraph {
  /** scalar results: `loss`, then the other terms of the loss by their names; absent after a mistake */
  readonly graph?: Graph;
  readonly diagnostics: readonly Diagnostic[];
}

/** `offered`: optional numbers of the schedule that the recipe gives (`weight`). `model` is the graph for training. */
export function lossGraph(
  model: Graph,
  objective: Objective,
  offered: ReadonlySet<string>,
  instances: Instances,
): LossGraph {
  const composer = createComposer(instances);
  const { build, available } = composer;
  const image = imageOf(model);
  if (image === undefined) throw new Error(`${model.name} has no input with the role image`);
  const x0 = feed(composer, 'x0', image);
  const noise = feed(composer, 'noise', image);
  available.set('x0', x0).set('noise', noise);
  const xt = applyNamed(composer, objective.noising, offered).results[0]?.value;
  if (xt === undefined) return { diagnostics: composer.diagnostics };
  available.set('xt', xt);
  callModel(composer, model, xt);
  const { results } = applyNamed(composer, objective.loss, offered);
  if (results.length === 0) return { diagnostics: composer.diagnostics };
  const terms = results.flatMap(({ name, value }, index): GraphResult[] => {
    if (value === undefined) return [];
    const mean = build.op('reduce', [value], { pattern: 'n -> ', op: 'mean' });
    return [{ name: index === 0 ? 'loss' : (name ?? `term${index}`), value: mean }];
  });
  return { graph: build.finish(terms, { name: `${model.name}_loss` }), diagnostics: composer.diagnostics };
}
