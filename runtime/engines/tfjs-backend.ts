/**
 * tfjs keeps one backend current for the whole process; sessions of several make theirs current before they run. A
 * backend is loaded once, when it is first wanted.
 */
import type { Value } from '../../compiler/ir/graph.ts';
import type { RunKernel, Tensor } from '../../compiler/lower/tfjs/kernels.ts';
import type { LoweredGraph } from '../../compiler/lower/tfjs/lower.ts';
import { type BackendTraits, traitsOf } from './backend-traits.ts';
import type { Footprint } from './footprint.ts';

export type Tfjs = typeof import('@tensorflow/tfjs-core');
export type TfjsTensor = import('@tensorflow/tfjs-core').Tensor;

/** A program that a backend runs as a whole. */
export interface CompiledGraph {
  /** inputs and state by value to results in their order, which belong to the caller */
  run(given: ReadonlyMap<Value, TfjsTensor>): TfjsTensor[];
  dispose(): void;
}

export interface BackendFacts {
  readonly version: string;
  readonly device: string;
  /** the most that the backend can hold; nothing said where it is the machine's memory */
  readonly mostBytes?: number;
  /** of the machine's memory */
  readonly footprint?: Footprint;
  /** makes one call of a whole program; without it its kernels are called one by one */
  readonly compile?: (lowered: LoweredGraph) => Promise<CompiledGraph>;
}

export interface TfjsBackend extends BackendFacts, BackendTraits {
  /** as registered with tfjs */
  readonly name: string;
  readonly tf: Tfjs;
  /** makes it current */
  use(): void;
}

/** What a package adds to the process when it is loaded, and nobody asked for. */
const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;

/** Does `work` and takes away the listeners that it added to the process: they would end it in words of their own. */
async function withoutListeners<T>(work: () => Promise<T>): Promise<T> {
  const before = new Map(EVENTS.map((event) => [event, new Set(process.listeners(event as 'uncaughtException'))]));
  try {
    return await work();
  } finally {
    for (const event of EVENTS) {
      for (const listener of process.listeners(event as 'uncaughtException')) {
        if (!before.get(event)!.has(listener)) process.removeListener(event, listener);
      }
    }
  }
}

/** Loads tfjs-core and a backend that `register` makes known under `name`. */
export async function openBackend(
  name: string,
  register: (tf: Tfjs) => Promise<BackendFacts | ((tf: Tfjs) => BackendFacts)>,
): Promise<TfjsBackend> {
  const tf = await import('@tensorflow/tfjs-core');
  const facts = await withoutListeners(async () => {
    const found = await register(tf);
    if (!(await tf.setBackend(name))) throw new Error(`tfjs could not start its backend ${name}`);
    await tf.ready();
    return typeof found === 'function' ? found(tf) : found;
  });
  return {
    ...facts,
    ...traitsOf(name),
    name,
    tf,
    use() {
      // a backend that has started is made current at once
      if (tf.getBackend() !== name) void tf.setBackend(name);
    },
  };
}

/** Runs kernels of the backend of that name, while it is the current one. */
export function kernelsOf(tf: Tfjs, name: string): RunKernel {
  const engine = tf.engine();
  const plain: RunKernel = (kernel, inputs, attributes) =>
    engine.runKernel(kernel, inputs as never, attributes as never) as unknown as Tensor | Tensor[];
  return traitsOf(name).guard?.(tf, plain) ?? plain;
}
