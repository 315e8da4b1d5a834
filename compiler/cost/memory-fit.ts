/**
 * What fits into a memory: how many layers have to run again in the backward pass for a step with this batch to fit, the
 * fewest, and how large a batch can get when none do and when all do. State and activations at the peak count, nothing
 * else: room for kernels and for what an engine keeps besides is not there.
 */
import type { Program } from '../lower/program.ts';
import { type StepCost, stateBytes, stepCost } from './step-cost.ts';

export interface FittingStep {
  readonly batch: number;
  /** the first so many layers run again */
  readonly again: number;
  readonly step: StepCost;
}

export interface MemoryFit {
  /** bytes */
  readonly memory: number;
  readonly layers: number;
  readonly stateBytes: number;
  /** asked for */
  readonly batch: number;
  /** with that batch; none where it does not fit even if all layers run again */
  readonly asked?: FittingStep;
  /** the largest batch with no layer running again, and with all; none where not even one sample fits */
  readonly largest: readonly FittingStep[];
}

export interface Layered {
  readonly layers: number;
  readonly running: (again: number) => Program;
}

export function fitMemory({ layers, running }: Layered, memory: number, batch: number): MemoryFit {
  const state = stateBytes(running(0)).total;
  const fitting = (again: number, n: number): FittingStep | undefined => {
    const step = stepCost(running(again), n);
    return state + step.activationBytes <= memory ? { batch: n, again, step } : undefined;
  };
  // every layer that runs again holds less, so the fewest are where fitting begins
  const asked = fitting(0, batch) ?? least(1, layers, (again) => fitting(again, batch));
  const largest = [...new Set([0, layers])].flatMap((again) => most((n) => fitting(again, n)) ?? []);
  return { memory, layers, stateBytes: state, batch, ...(asked && { asked }), largest };
}

/** The result at the least of `from`..`to` that has one, where all above it have one too. */
function least<T>(from: number, to: number, at: (value: number) => T | undefined): T | undefined {
  let found: T | undefined;
  while (from <= to) {
    const middle = Math.floor((from + to) / 2);
    const result = at(middle);
    if (result === undefined) from = middle + 1;
    else {
      found = result;
      to = middle - 1;
    }
  }
  return found;
}

/** A batch beyond this is none. */
const MOST = 2 ** 30;

/** The result at the largest number from 1 on that has one, where all below it have one too. */
function most<T>(at: (value: number) => T | undefined): T | undefined {
  let [found, size] = [at(1), 1];
  if (found === undefined) return undefined;
  for (let next = at(2 * size); next !== undefined && size < MOST; next = at(2 * size))
    [found, size] = [next, 2 * size];
  for (let step = size / 2; step >= 1; step /= 2) {
    const next = at(size + step);
    if (next !== undefined) [found, size] = [next, size + step];
  }
  return found;
}
