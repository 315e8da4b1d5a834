/**
 * The names of the tensors that are not numbers of the schedule: what a loss or a step of a sampler may ask for besides
 * `schedule-names.ts`. A parameter that is in neither table is an output of the model, by its own name. A parameter
 * with `?` is left out where there is nothing of its name.
 */

export interface StepTensor {
  readonly meaning: string;
  /** where it can be asked for */
  readonly noising: boolean;
  readonly loss: boolean;
  readonly step: boolean;
}

export const STEP_TENSORS = {
  x0: { meaning: 'the clean batch', noising: true, loss: true, step: false },
  noise: { meaning: 'standard normal, drawn anew', noising: true, loss: true, step: true },
  xt: { meaning: 'the noisy batch, or the sample on its way', noising: false, loss: true, step: true },
} as const satisfies Readonly<Record<string, StepTensor>>;

/** Outputs of a model that say what it predicts, each with the name under which a block receives it: x0 is taken. */
export const PREDICTIONS = {
  eps: 'eps',
  velocity: 'velocity',
  x0: 'x0_hat',
  score: 'score',
  sigma: 'sigma',
} as const;

export type Prediction = keyof typeof PREDICTIONS;

/** The parameter that an output of the model is bound to. */
export const boundAs = (output: string): string =>
  Object.hasOwn(PREDICTIONS, output) ? PREDICTIONS[output as Prediction] : output;

/**
 * A result of a step that has the name of a parameter is its next value: it is state of the sampler. `xt` starts as
 * noise, every other state as zeros.
 */
export const isCarried = (parameters: readonly string[], result: string): boolean => parameters.includes(result);
