/**
 * What a step of training costs, counted on the graph of the whole step (noising, model, loss, gradients, clipping,
 * optimiser, moving average) and not guessed from the forward pass.
 */
import type { Program } from '../lower/program.ts';
import { fitMemory, type MemoryFit } from './memory-fit.ts';
import { type StateBytes, type StepCost, stateBytes, stepCost } from './step-cost.ts';

export interface TrainCost {
  /** what was counted, in words: `recipe imagenet` */
  readonly of: string;
  /** one sample */
  readonly step: StepCost;
  /** the same when each block runs again in the backward pass and keeps only its inputs */
  readonly rematerialised: StepCost;
  readonly state: StateBytes;
  /** with the batch that was asked for or that the recipe has, and the whole run where the number of steps is known */
  readonly plan?: {
    readonly batch: number;
    readonly step: StepCost;
    readonly rematerialised: StepCost;
    readonly steps?: number;
    /** Peebles & Xie 2023, figure 9: MACs of a forward pass · batch · steps · 3 */
    readonly threeForwards?: number;
  };
  /** what fits into a memory, where one was named */
  readonly fit?: MemoryFit;
}

export interface TrainPrograms {
  readonly of: string;
  /** how many layers the model has, and the step in which the first `again` of them run again */
  readonly layers: number;
  readonly running: (again: number) => Program;
  /** how many the recipe lets run again; none unless said */
  readonly again?: number;
  readonly batch?: number;
  readonly steps?: number;
}

export function trainCost(programs: TrainPrograms, forwardMacs: number, memory?: number): TrainCost {
  const { of, layers, running, batch, steps } = programs;
  const needed = running(0);
  const blockInputs = running(layers);
  const at = (n: number) => ({ step: stepCost(needed, n), rematerialised: stepCost(blockInputs, n) });
  return {
    of,
    ...at(1),
    state: stateBytes(needed),
    ...(batch !== undefined && {
      plan: {
        batch,
        ...at(batch),
        ...(steps !== undefined && { steps, threeForwards: 3 * forwardMacs * batch * steps }),
      },
    }),
    ...(memory !== undefined && { fit: fitMemory(programs, memory, batch ?? 1) }),
  };
}
