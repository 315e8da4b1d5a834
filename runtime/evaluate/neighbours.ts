/**
 * Scores by nearest neighbours. Around each point of a set lies a ball up to its k-th nearest other point of that set;
 * the balls of the real images stand for where real images are, those of the generated ones for where they are.
 */
import { type Features, squaredDistance } from './features.ts';

export interface NeighbourScores {
  /** the share of generated images inside a real ball (Kynkäänniemi 2019) */
  readonly precision: number;
  /** the share of real images inside a generated ball */
  readonly recall: number;
  /** real balls that hold a generated image, a k-th of their mean number (Naeem 2020): above 1 in crowded places */
  readonly density: number;
  /** the share of real balls that hold a generated image */
  readonly coverage: number;
}

/** The squared distance from each point to its k-th nearest other point; 1 ≤ k < count. */
export function squaredRadii(features: Features, k: number): Float64Array {
  const { count } = features;
  const nearest = Array.from({ length: count }, () => new Float64Array(k).fill(Number.POSITIVE_INFINITY));
  for (let i = 1; i < count; i++) {
    for (let j = 0; j < i; j++) {
      const far = squaredDistance(features, i, features, j);
      insert(nearest[i]!, far);
      insert(nearest[j]!, far);
    }
  }
  return Float64Array.from(nearest, (distances) => distances[k - 1]!);
}

/** Keeps the smallest, rising. */
function insert(smallest: Float64Array, value: number): void {
  let at = smallest.length - 1;
  if (value >= smallest[at]!) return;
  for (; at > 0 && smallest[at - 1]! > value; at--) smallest[at] = smallest[at - 1]!;
  smallest[at] = value;
}

const share = (marks: Uint8Array): number => marks.reduce((sum, mark) => sum + mark, 0) / marks.length;

export function neighbourScores(real: Features, fake: Features, k: number): NeighbourScores {
  const realRadii = squaredRadii(real, k);
  const fakeRadii = squaredRadii(fake, k);
  const isReal = new Uint8Array(fake.count);
  const isFound = new Uint8Array(real.count);
  const holds = new Uint8Array(real.count);
  let held = 0;
  for (let i = 0; i < real.count; i++) {
    for (let j = 0; j < fake.count; j++) {
      const far = squaredDistance(real, i, fake, j);
      if (far <= realRadii[i]!) {
        isReal[j] = 1;
        holds[i] = 1;
        held++;
      }
      if (far <= fakeRadii[j]!) isFound[i] = 1;
    }
  }
  return { precision: share(isReal), recall: share(isFound), density: held / (k * fake.count), coverage: share(holds) };
}
