/** All scores that compare two sets of features, with the numbers that decide them. */
import { createStream } from '../random/stream.ts';
import type { Checked, Features } from './features.ts';
import { frechetDistance, momentsOf } from './frechet.ts';
import { type Spread, subsetKernelDistance } from './kernel-distance.ts';
import { type NeighbourScores, neighbourScores } from './neighbours.ts';

export interface ScoreOptions {
  /** whose ball the neighbours are counted in */
  readonly neighbour: number;
  readonly subsets: number;
  /** of a subset; all images where there are fewer */
  readonly subsetSize: number;
  /** draws the subsets */
  readonly seed: number;
}

export const SCORE_OPTIONS: ScoreOptions = { neighbour: 5, subsets: 100, subsetSize: 1000, seed: 0 };

export interface FeatureScores extends NeighbourScores {
  readonly frechet: number;
  readonly kernel: Spread;
  readonly real: number;
  readonly fake: number;
  /** fewer images than features: the distance is then mostly that of too few images */
  readonly tooFew: boolean;
  readonly options: ScoreOptions;
}

export function featureScores(real: Features, fake: Features, options = SCORE_OPTIONS): Checked<FeatureScores> {
  const { neighbour, subsets, subsetSize, seed } = options;
  if (real.width !== fake.width)
    return { ok: false, reason: `features of ${real.width} and ${fake.width} numbers cannot be compared` };
  const fewest = Math.min(real.count, fake.count);
  if (fewest <= neighbour)
    return { ok: false, reason: `${fewest} images have no ${neighbour} neighbours: take at least ${neighbour + 1}` };
  const size = Math.min(subsetSize, fewest);
  const stream = createStream(seed, 'evaluate/subsets');
  const value: FeatureScores = {
    frechet: frechetDistance(momentsOf(real), momentsOf(fake)),
    kernel: subsetKernelDistance(real, fake, size === fewest ? 1 : subsets, size, stream),
    ...neighbourScores(real, fake, neighbour),
    real: real.count,
    fake: fake.count,
    tooFew: fewest <= real.width,
    options,
  };
  return { ok: true, value };
}
