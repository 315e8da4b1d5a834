/** How attention's share grows with the number of tokens: the same model at other sides, each counted and none extrapolated. */
import type { ModelInstance } from '../elaborate/model.ts';
import { toNumber } from '../elaborate/number.ts';
import { asRun } from '../passes/as-run.ts';
import { tokensOf } from './facts.ts';
import { modelCost } from './module.ts';
import { workByScope } from './target-cost.ts';
import { workOf } from './work.ts';

export interface Scaling {
  readonly side: number;
  readonly tokens: number;
  readonly macs: number;
  /** MACs of attention scores */
  readonly attention: number;
}

const FACTORS = [1 / 2, 1, 2, 4];

/** For models with a parameter `side`; empty for others. `at` gives the model with another side, if it can have it. */
export function scalingOf(model: ModelInstance, at: (side: number) => ModelInstance | undefined): readonly Scaling[] {
  const term = model.settings.get('side');
  if (term?.kind !== 'number') return [];
  const side = toNumber(term.value);
  return FACTORS.flatMap((factor): Scaling[] => {
    const other = side * factor;
    const there = factor === 1 ? model : Number.isInteger(other) ? at(other) : undefined;
    if (there === undefined) return [];
    const { inference } = there.folded;
    const graph = asRun(inference);
    const { attention } = workByScope(modelCost(graph, 1));
    return [{ side: other, tokens: tokensOf(inference), macs: workOf(graph, 1).macs, attention }];
  });
}
