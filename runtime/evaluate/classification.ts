/** Scores by a classifier: what it says of generated images, as logits [n, classes]. */
import { type Spread, spreadOf } from './kernel-distance.ts';

/** log p, numerically safe */
function logSoftmax(logits: ArrayLike<number>, from: number, classes: number): Float64Array {
  const row = Float64Array.from({ length: classes }, (_, k) => logits[from + k]!);
  const most = row.reduce((a, b) => Math.max(a, b));
  const total = Math.log(row.reduce((sum, value) => sum + Math.exp(value - most), 0));
  return row.map((value) => value - most - total);
}

/**
 * exp of the mean divergence of p(y | x) from p(y), in nats (Salimans 2016 §4), over splits of images in their order. With
 * a classifier other than Inception it is its analogue, not the Inception Score.
 */
export function classifierScore(logits: ArrayLike<number>, classes: number, splits = 1): Spread {
  const count = logits.length / classes;
  const scores = Array.from({ length: splits }, (_, split) => {
    const start = Math.floor((split * count) / splits);
    const end = Math.floor(((split + 1) * count) / splits);
    const rows = Array.from({ length: end - start }, (_, i) => logSoftmax(logits, (start + i) * classes, classes));
    const marginal = new Float64Array(classes);
    for (const row of rows) for (const [k, value] of row.entries()) marginal[k]! += Math.exp(value) / rows.length;
    let divergence = 0;
    for (const row of rows)
      for (const [k, value] of row.entries()) {
        const p = Math.exp(value);
        if (p > 0) divergence += p * (value - Math.log(marginal[k]!));
      }
    return Math.exp(divergence / rows.length);
  });
  return spreadOf(scores);
}

/** The class with the largest logit, the first of equals. */
export function classesBy(logits: ArrayLike<number>, classes: number): Int32Array {
  return Int32Array.from({ length: logits.length / classes }, (_, row) => {
    let best = 0;
    for (let k = 1; k < classes; k++) if (logits[row * classes + k]! > logits[row * classes + best]!) best = k;
    return best;
  });
}

/** The share of images that the classifier takes for what they were meant to be. */
export function conditionalAccuracy(logits: ArrayLike<number>, classes: number, labels: ArrayLike<number>): number {
  const found = classesBy(logits, classes);
  return found.reduce((sum, label, i) => sum + Number(label === labels[i]), 0) / found.length;
}
