/**
 * A graph as something that a layer runs: its results alone, or its results and then gradients, lowered to kernels of
 * tfjs when a backend and a batch first ask for them. Constants stay on the backend until the last layer lets go.
 */
import { digestOf } from '../../compiler/ir/digest.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import { sha256 } from '../../compiler/ir/sha256.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { bindBatch } from '../../compiler/lower/bind-batch.ts';
import { type FlatGraph, flatten } from '../../compiler/lower/flatten.ts';
import { roundTensor } from '../../compiler/lower/reference/evaluate.ts';
import { DTYPE, type RunKernel } from '../../compiler/lower/tfjs/kernels.ts';
import { type LoweredGraph, lowerGraph } from '../../compiler/lower/tfjs/lower.ts';
import { traitsOf } from '../engines/backend-traits.ts';
import { kernelsOf, type Tfjs, type TfjsTensor } from '../engines/tfjs-backend.ts';
import { runSteps } from '../engines/tfjs-run.ts';
import { type GradientPlan, planGradients, type Wish } from './gradient-plan.ts';

/** Tensors by name. */
export type Given = (name: string) => TfjsTensor;

export interface BlockProgram {
  readonly digest: string;
  readonly graph: Graph;
  /**
   * Lowers and uploads what the runs will need, since tfjs takes what is made inside of a kernel and stays for a leak.
   * With a wish `forward` returns what is kept besides.
   */
  prepare(tf: Tfjs, batch: number, wish?: Wish): Runs;
  retain(): void;
  release(): void;
}

export interface Runs {
  /** from inputs by name and weights by path to `out.PLACE`, and `kept.PLACE` where gradients are wished for */
  readonly forward: Run;
  /** from `input.NAME`, `kept.PLACE` and `cotangent.PLACE` to `grad.input.NAME` and `grad.PATH`; absent where none flows */
  readonly backward?: Run;
}

export type Run = (inputs: Given, weights: Given) => Map<string, TfjsTensor>;

interface Compiled {
  readonly lowered: LoweredGraph;
  readonly constants: readonly TfjsTensor[];
}

/** Lowered forms of one graph that are kept: batches come and go. */
const MOST_KEPT = 12;

const kernels = new WeakMap<Tfjs, Map<string, RunKernel>>();

/** Runs kernels on the backend that is current, with what is known of it. */
function kernelOf(tf: Tfjs): RunKernel {
  let byBackend = kernels.get(tf);
  if (byBackend === undefined) kernels.set(tf, (byBackend = new Map()));
  const name = tf.getBackend();
  let kernel = byBackend.get(name);
  if (kernel === undefined) byBackend.set(name, (kernel = kernelsOf(tf, name)));
  return kernel;
}

function createProgram(graph: Graph, digest: string): BlockProgram {
  const plain = flatten(graph);
  const alone: FlatGraph = { ...plain, results: plain.results.map(({ value }, at) => ({ name: `out.${at}`, value })) };
  const plans = new Map<string, GradientPlan | undefined>();
  const kept = new Map<string, Compiled>();
  let users = 0;

  const drop = (key: string): void => {
    for (const tensor of kept.get(key)!.constants) tensor.dispose();
    kept.delete(key);
  };
  const compiled = (tf: Tfjs, flat: FlatGraph, batch: number, name: string): Compiled => {
    const key = [tf.getBackend(), batch, name].join();
    const before = kept.get(key);
    if (before !== undefined) return before;
    const lowered = lowerGraph(bindBatch(flat, batch), traitsOf(tf.getBackend()));
    const constants = lowered.constants.tensors.map((constant) => {
      const { data, shape, dtype } = roundTensor(constant);
      return tf.keep(tf.engine().makeTensor(data.slice() as Float32Array, [...shape], DTYPE[dtype]) as TfjsTensor);
    });
    const made = { lowered, constants };
    kept.set(key, made);
    if (kept.size > MOST_KEPT) drop(kept.keys().next().value!);
    return made;
  };
  const planOf = (wish: Wish, key: string): GradientPlan | undefined => {
    if (!plans.has(key)) plans.set(key, planGradients(graph, wish));
    return plans.get(key);
  };
  /** lowers at once, and looks again when it runs, since others may have taken its place in between */
  const runOf = (tf: Tfjs, flat: FlatGraph, batch: number, name: string): Run => {
    compiled(tf, flat, batch, name);
    return (inputs, weights) => {
      const { lowered, constants } = compiled(tf, flat, batch, name);
      const given = new Map([
        ...lowered.inputs.map((input) => [input.value, inputs(input.name)] as const),
        ...lowered.state.map(({ path, value }) => [value, weights(path)] as const),
      ]);
      const results = runSteps(lowered, kernelOf(tf), constants, given) as TfjsTensor[];
      return new Map(lowered.results.map((result, at) => [result.name, results[at]!]));
    };
  };

  return {
    digest,
    graph,
    prepare(tf, batch, wish) {
      const key = wish === undefined ? '' : [wish.recompute, ...wish.weights].join();
      const plan = wish && planOf(wish, key);
      if (plan === undefined) return { forward: runOf(tf, alone, batch, 'alone') };
      const { forward, backward } = plan;
      return {
        forward: runOf(tf, forward, batch, `forward ${key}`),
        backward: runOf(tf, backward, batch, `backward ${key}`),
      };
    },
    retain: () => void users++,
    release() {
      users -= 1;
      if (users === 0) for (const key of [...kept.keys()]) drop(key);
    },
  };
}

const programs = new Map<string, BlockProgram>();

/** The program of a graph; equal graphs with equal weights have one. */
export function blockProgram(graph: Graph): BlockProgram {
  // the digest leaves out what no result reads; the file of weights has it all the same
  const paths = weightsOf(graph).map(({ path }) => path);
  const digest = sha256(`${digestOf(graph)} ${paths.join()}`);
  let program = programs.get(digest);
  if (program === undefined) programs.set(digest, (program = createProgram(graph, digest)));
  return program;
}

/** One that was made in this process before. */
export const knownProgram = (digest: string): BlockProgram | undefined => programs.get(digest);
