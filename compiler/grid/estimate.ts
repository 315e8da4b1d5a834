/**
 * What training and sampling a point will take, before either is compiled: a backward pass counts as two forward ones
 * (Kaplan 2020, §2.1), the optimiser and the moving average as nothing. An estimate; `ditc cost --train` counts.
 */
export interface RunLength {
  readonly batch: number;
  /** batches whose gradients make one step */
  readonly accumulate: number;
  /** of training; absent where only time limits it */
  readonly steps?: number;
  /** evaluations of the model for one image */
  readonly evaluations: number;
  /** the model runs on twice the batch */
  readonly guided: boolean;
}

/** FLOPs of the whole training, from those of one forward pass of one sample. */
export const trainFlops = (flops: number, { batch, accumulate, steps }: RunLength): number | undefined =>
  steps === undefined ? undefined : 3 * flops * batch * accumulate * steps;

/** FLOPs of sampling one image. */
export const sampleFlops = (flops: number, { evaluations, guided }: RunLength): number =>
  flops * evaluations * (guided ? 2 : 1);
