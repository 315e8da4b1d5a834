/** The learning rate at a step, counted from 1. */
import type { Recipe } from '../recipe/recipe.ts';

export type RateRule = NonNullable<Recipe['lr']>;

/**
 * warm-up: to · min(1, step / steps); cosine: after the warm-up, end + (to - end) (1 + cos π p) / 2, p the share of the
 * remaining steps that are done (Loshchilov & Hutter 2017).
 */
export function rateAt(rule: RateRule, step: number, total: number | undefined): number {
  switch (rule.word) {
    case 'constant':
      return rule.to;
    case 'warmup':
      return rule.to * Math.min(1, step / Math.max(1, rule.steps));
    case 'cosine': {
      if (step <= rule.warmup) return rule.to * (step / Math.max(1, rule.warmup));
      const share = Math.min(1, (step - rule.warmup) / Math.max(1, (total ?? step) - rule.warmup));
      return rule.end + ((rule.to - rule.end) * (1 + Math.cos(Math.PI * share))) / 2;
    }
  }
}
