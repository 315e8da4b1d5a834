/** How far a sample is from a distribution. */

/** √n times the largest distance of the two distribution functions: above 1.95 with probability 0.001, Kolmogorov 1933. */
export function kolmogorov(sample: ArrayLike<number>, distribution: (x: number) => number): number {
  const sorted = Float64Array.from(sample).sort();
  const n = sorted.length;
  let worst = 0;
  sorted.forEach((x, i) => {
    const p = distribution(x);
    worst = Math.max(worst, p - i / n, (i + 1) / n - p);
  });
  return worst * Math.sqrt(n);
}

/** Φ, by Simpson's rule from 0 */
export function normal(x: number): number {
  const end = Math.min(Math.abs(x), 8);
  const parts = 200;
  const h = end / parts;
  let sum = 0;
  for (let i = 0; i <= parts; i++) {
    sum += Math.exp(-((i * h) ** 2) / 2) * (i === 0 || i === parts ? 1 : i % 2 === 1 ? 4 : 2);
  }
  return 0.5 + (Math.sign(x) * (sum * h)) / 3 / Math.sqrt(2 * Math.PI);
}
