/**
 * The Fréchet distance between two normals (Dowson & Landau 1982), which is FID when the features are Inception's (Heusel
 * 2017 eq. 6):
 *
 *     |μ₁ - μ₂|² + tr C₁ + tr C₂ - 2 tr √(C₁ C₂)
 *
 * A covariance is kept as a factor, C = Fᵀ F, got from the samples themselves by QR: tr √(C₁ C₂) is then the sum of the
 * singular values of F₁ F₂ᵀ. No root of a product is taken, so nothing is lost where C has hardly full rank, or has not,
 * as with fewer samples than features; usual code is off by 1e-6 there.
 */
import { EigenvalueDecomposition, Matrix, QrDecomposition, SingularValueDecomposition } from 'ml-matrix';
import { type Checked, type Features, isMeasurable, rowOf } from './features.ts';

export interface Moments {
  readonly mean: Float64Array;
  /** F, [r, width] with r ≤ width: covariance (with n - 1) is Fᵀ F */
  readonly factor: Matrix;
}

export function meanOf({ count, width, data }: Features): Float64Array {
  const sums = new Float64Array(width);
  for (let row = 0; row < count; row++) for (let i = 0; i < width; i++) sums[i]! += data[row * width + i]!;
  return sums.map((sum) => sum / count);
}

/** Rows that are reduced at once, as a multiple of the width: few enough to stay in the cache. */
const ROWS_AT_ONCE = 2;

/** R of the QR decomposition of all rows, some rows at a time: R of R and the next rows is R of all so far. */
export function momentsOf(features: Features): Moments {
  const { count, width } = features;
  const mean = meanOf(features);
  const scale = 1 / Math.sqrt(count - 1);
  const centred = (row: number): Float64Array => rowOf(features, row).map((value, i) => (value - mean[i]!) * scale);
  let rows: Float64Array[] = [];
  for (let row = 0; row < count; row++) {
    rows.push(centred(row));
    if (rows.length < (1 + ROWS_AT_ONCE) * width && row < count - 1) continue;
    if (rows.length > width) rows = upperRows(rows, width);
  }
  return { mean, factor: new Matrix(rows) };
}

const upperRows = (rows: Float64Array[], width: number): Float64Array[] => {
  const upper = new QrDecomposition(new Matrix(rows)).upperTriangularMatrix;
  return Array.from({ length: width }, (_, row) => Float64Array.from(upper.getRow(row)));
};

/**
 * Moments that were computed elsewhere: the mean and covariance of a reference set. A covariance that is not symmetric
 * and positive, but for rounding, is none.
 */
export function momentsFrom(mean: Float64Array, covariance: Float64Array): Checked<Moments> {
  const width = mean.length;
  if (covariance.length !== width * width)
    return { ok: false, reason: `a mean of ${width} numbers has no covariance of ${covariance.length}` };
  if (![...mean, ...covariance].every(isMeasurable))
    return { ok: false, reason: 'the statistics are no finite numbers, or too large' };
  const matrix = Matrix.from1DArray(width, width, covariance);
  const largest = covariance.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (Matrix.sub(matrix, matrix.transpose()).abs().max() > 1e-6 * largest)
    return { ok: false, reason: 'the covariance is not symmetric' };
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  if (realEigenvalues.some((value) => value < -1e-6 * largest))
    return { ok: false, reason: 'the covariance has negative variances' };
  const roots = realEigenvalues.map((value) => Math.sqrt(Math.max(0, value)));
  return { ok: true, value: { mean, factor: eigenvectorMatrix.transpose().mulColumnVector(roots) } };
}

const trace = ({ factor }: Moments): number => factor.norm('frobenius') ** 2;

/** Both of the same width. */
export function frechetDistance(x: Moments, y: Moments): number {
  const product = x.factor.mmul(y.factor.transpose());
  const { diagonal } = new SingularValueDecomposition(product, {
    computeLeftSingularVectors: false,
    computeRightSingularVectors: false,
    autoTranspose: true,
  });
  const common = diagonal.reduce((sum, value) => sum + value, 0);
  const distance = x.mean.reduce((sum, value, i) => sum + (value - y.mean[i]!) ** 2, 0);
  // equal sets are at distance 0, not at the rounding error below it
  return Math.max(0, distance + trace(x) + trace(y) - 2 * common);
}
