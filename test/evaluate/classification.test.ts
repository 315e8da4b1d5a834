import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { classesBy, classifierScore, conditionalAccuracy } from '../../runtime/evaluate/classification.ts';
import { goldenArrays, goldenJson, near } from '../diffusion/golden.ts';

const golden = goldenJson('fid');
const logits = goldenArrays('fid')('input.logits');
const classes = logits.shape[1]!;

test('the Inception Score of the same logits', () => {
  for (const [splits, expected] of Object.entries<{ mean: number; std: number }>(golden.inception_score)) {
    const { mean, std } = classifierScore(logits.data, classes, Number(splits));
    near([mean, std], [expected.mean, expected.std], 1e-12, `${splits} splits`);
  }
});

test('scores by hand', () => {
  // sure of a class each, all alike: as many as there are classes; no idea at all: 1
  const sure = [100, 0, 0, 100];
  near([classifierScore(sure, 2).mean, classifierScore([5, 5, 5, 5], 2).mean], [2, 1], 1e-12, 'score');
  assert.equal([...classesBy([1, 3, 2, 4, 4, 0], 3)], [1, 0]);
  assert.is(conditionalAccuracy([1, 3, 2, 4, 4, 0, 0, 0, 9], 3, [1, 1, 2]), 2 / 3);
  // no overflow, no NaN
  near([classifierScore([1e4, 0, 0, 1e4], 2).mean], [2], 1e-12, 'large logits');
});

test.run();
