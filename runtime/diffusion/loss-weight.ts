/** Weights of samples in a loss by their level: the schedule's name `weight`. */
import type { Prediction } from '../../compiler/contract/step-tensors.ts';
import type { Level } from './level.ts';

/** What a loss that is weighed may be about. */
export type WeighedPrediction = Extract<Prediction, 'eps' | 'velocity' | 'x0'>;

/** How the weight follows from the level. */
export type LossWeight = (level: Level) => number;

export const evenWeight: LossWeight = () => 1;

/**
 * Hang 2023 (min-SNR): an error of x_0 counts min(a²/b², cap). An error of eps is one of x_0 times b / a, an error of the
 * velocity times b / (a db - b da):
 *     x0: min(snr, cap)   eps: min(1, cap / snr)   velocity: min(a², cap b²) / (a db - b da)²
 * On a discrete schedule the third is min(snr, cap) / (snr + 1).
 */
export function minSnr(cap: number, prediction: WeighedPrediction): LossWeight {
  const rules: Readonly<Record<WeighedPrediction, LossWeight>> = {
    x0: ({ a, b }) => Math.min((a / b) ** 2, cap),
    eps: ({ a, b }) => Math.min(1, cap * (b / a) ** 2),
    velocity: ({ a, b, da, db }) => Math.min(a * a, cap * b * b) / (a * db - b * da) ** 2,
  };
  return rules[prediction];
}
