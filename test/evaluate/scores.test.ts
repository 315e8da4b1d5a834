/** Distances and scores of features against scipy, torch-fidelity, torchmetrics and prdc. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Features, featuresOf } from '../../runtime/evaluate/features.ts';
import { frechetDistance, momentsFrom, momentsOf } from '../../runtime/evaluate/frechet.ts';
import { kernelDistance, spreadOf, subsetKernelDistance } from '../../runtime/evaluate/kernel-distance.ts';
import { neighbourScores } from '../../runtime/evaluate/neighbours.ts';
import { featureScores } from '../../runtime/evaluate/scores.ts';
import { createStream } from '../../runtime/random/stream.ts';
import { goldenArrays, goldenJson, near } from '../diffusion/golden.ts';

const golden = goldenJson('fid');
const arrays = goldenArrays('fid');

function features(data: ArrayLike<number>, width: number): Features {
  const checked = featuresOf(data, width);
  if (!checked.ok) throw new Error(checked.reason);
  return checked.value;
}

const sets = Object.keys(golden.sets).map((name) => {
  const [real, fake] = ['real', 'fake'].map((kind) => {
    const { shape, data } = arrays(`input.${name}.${kind}`);
    return features(data, shape[1]!);
  });
  return { name, real: real!, fake: fake!, expected: golden.sets[name] };
});

/** Mean and covariance (n - 1) as they are usually kept. */
function statistics({ count, width, data }: Features): [Float64Array, Float64Array] {
  const mean = Float64Array.from({ length: width }, (_, i) => {
    let sum = 0;
    for (let row = 0; row < count; row++) sum += data[row * width + i]!;
    return sum / count;
  });
  const covariance = new Float64Array(width * width);
  for (let row = 0; row < count; row++)
    for (let i = 0; i < width; i++)
      for (let j = 0; j < width; j++)
        covariance[i * width + j]! +=
          ((data[row * width + i]! - mean[i]!) * (data[row * width + j]! - mean[j]!)) / (count - 1);
  return [mean, covariance];
}

for (const { name, real, fake, expected } of sets) {
  test(`Fréchet distance: ${name}`, () => {
    const [x, y] = [momentsOf(real), momentsOf(fake)];
    near([frechetDistance(x, y)], [expected.frechet.value], 1e-11, 'value');
    near([frechetDistance(y, x)], [expected.frechet.value], 1e-11, 'the other way round');
    assert.ok(frechetDistance(x, x) < 1e-10 * expected.trace[0]);
  });

  test(`Fréchet distance from stored statistics: ${name}`, () => {
    const [x, y] = [real, fake].map((set) => momentsFrom(...statistics(set)));
    if (!x!.ok || !y!.ok) throw new Error('no statistics');
    // a covariance of less than full rank has lost half the digits of its least variances
    const tolerance = expected.rank[0] < expected.dim ? 1e-6 : 1e-10;
    near([frechetDistance(x!.value, y!.value)], [expected.frechet.value], tolerance, 'value');
    near([frechetDistance(x!.value, momentsOf(fake))], [expected.frechet.value], tolerance, 'of both kinds');
  });

  test(`kernel distance: ${name}`, () => {
    near([kernelDistance(real, fake)], [expected.kid.all], 1e-9, 'all');
    const each = expected.kid.subsets.map(([i, j]: [number[], number[]]) => kernelDistance(real, fake, i, j));
    near(each, expected.kid.per_subset, 1e-9, 'subsets');
    const { mean, std } = spreadOf(each);
    near([mean, std], [expected.kid.mean, expected.kid.std], 1e-9, 'mean and deviation');
  });

  for (const k of golden.config.k) {
    test(`neighbours: ${name}, k = ${k}`, () => {
      const { precision, recall, density, coverage } = expected.neighbours[k];
      const mine = neighbourScores(real, fake, k);
      assert.equal([mine.precision, mine.recall, mine.coverage], [precision, recall, coverage]);
      near([mine.density], [density], 1e-15, 'density');
    });
  }
}

test('a shift and a stretch by hand', () => {
  // columns of mean 0 and variance 2 (n - 1), moved by 3 and by 4; the second stretched to variance 8
  const x = features([1, 1, -1, 1, 1, -1, -1, -1], 2);
  const y = features([4, 6, 2, 6, 4, 2, 2, 2], 2);
  // variances 4/3 and 4/3; 4/3 and 16/3: |μ|² + (√(4/3) - √(16/3))² = 9 + 16 + 4/3
  near([frechetDistance(momentsOf(x), momentsOf(y))], [25 + 4 / 3], 1e-14, 'distance');
});

test('sets without spread', () => {
  const [x, y] = [features([1, 2, 1, 2, 1, 2], 2), features([4, 6, 4, 6, 4, 6, 4, 6], 2)];
  near([frechetDistance(momentsOf(x), momentsOf(y))], [25], 1e-14, 'distance');
  const large = features([1e59, 0, -1e59, 1, 0, 1e59], 2);
  assert.ok(Number.isFinite(frechetDistance(momentsOf(large), momentsOf(x))));
});

test('the same set in every score', () => {
  const { real } = sets[0]!;
  const scores = featureScores(real, real);
  if (!scores.ok) throw new Error(scores.reason);
  assert.ok(scores.value.frechet < 1e-9);
  // each ball holds its centre and k others
  assert.equal([scores.value.precision, scores.value.recall, scores.value.coverage], [1, 1, 1]);
  near([scores.value.density], [6 / 5], 1e-12, 'density');
  assert.not(scores.value.tooFew);
});

test('scores say when images are too few', () => {
  const { real, fake, expected } = sets[2]!;
  const scores = featureScores(real, fake, { neighbour: 3, subsets: 5, subsetSize: 1000, seed: 1 });
  if (!scores.ok) throw new Error(scores.reason);
  assert.ok(scores.value.tooFew);
  near([scores.value.kernel.mean], [expected.kid.all], 1e-9, 'all images make the one subset');
  assert.not(featureScores(real, fake, { neighbour: 40, subsets: 1, subsetSize: 9, seed: 0 }).ok);
  assert.not(featureScores(real, sets[0]!.fake).ok);
});

test('random subsets: near the whole, alike for a seed', () => {
  const { real, fake, expected } = sets[1]!;
  const draw = (seed: number) => subsetKernelDistance(real, fake, 40, 100, createStream(seed, 'test'));
  const { mean, std } = draw(1);
  assert.equal(draw(1), { mean, std });
  assert.is.not(draw(2).mean, mean);
  assert.ok(Math.abs(mean - expected.kid.all) < 6 * (std / Math.sqrt(40)));
});

test('what cannot be measured says so', () => {
  const reason = (data: number[], width: number): string => {
    const checked = featuresOf(data, width);
    return checked.ok ? 'fine' : checked.reason;
  };
  assert.match(reason([1, 2, 3], 2), /3 numbers are not two or more rows of 2/);
  assert.match(reason([1, 2], 2), /not two or more/);
  assert.match(reason([1, 2, 3, Number.NaN], 2), /features of image 1 are no finite numbers/);
  assert.match(reason([1, 2, 3, Number.POSITIVE_INFINITY], 2), /image 1/);
  assert.match(reason([1, 1e200, 3, 4], 2), /image 0/);
  const bad = (mean: number[], covariance: number[]): string => {
    const moments = momentsFrom(Float64Array.from(mean), Float64Array.from(covariance));
    return moments.ok ? 'fine' : moments.reason;
  };
  assert.match(bad([0, 0], [1, 0, 0]), /no covariance of 3/);
  assert.match(bad([0, 0], [1, 0.5, 0, 1]), /not symmetric/);
  assert.match(bad([0, 0], [1, 0, 0, -1]), /negative variances/);
  assert.match(bad([0, Number.NaN], [1, 0, 0, 1]), /no finite/);
  assert.is(bad([0, 0], [0, 0, 0, 0]), 'fine');
});

test.run();
