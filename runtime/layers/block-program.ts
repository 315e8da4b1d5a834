/**
 * A graph as something that a layer runs: forward, and the product of cotangents with its Jacobian, both lowered to
 * kernels of tfjs when a backend and a batch first ask for them. The backward graph runs the forward one again, so
 * nothing but a layer's inputs is kept between the two. Constants stay on the backend until the last layer lets go.
 */
import { gradientGraph } from '../../compiler/grad/gradient.ts';
import { digestOf } from '../../compiler/ir/digest.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import { sha256 } from '../../compiler/ir/sha256.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { bindBatch } from '../../compiler/lower/bind-batch.ts';
import { type FlatGraph, flatten } from '../../compiler/lower/flatten.ts';
import { roundTensor } from '../../compiler/lower/reference/evaluate.ts';
import { type Backend, DTYPE, type RunKernel } from '../../compiler/lower/tfjs/kernels.ts';
import { type LoweredGraph, lowerGraph } from '../../compiler/lower/tfjs/lower.ts';
import type { Tfjs, TfjsTensor } from '../engines/tfjs-backend.ts';
import { runSteps } from '../engines/tfjs-run.ts';
import { safeProducts } from '../engines/wasm-products.ts';

/** Or backward: the gradients of all inputs, and of the weights at these paths. */
export type Direction = 'forward' | readonly string[];

/** Tensors by the names of inputs, `cotangent.NAME`, and paths of weights. */
export type Given = (name: string) => TfjsTensor;

export interface BlockProgram {
  readonly digest: string;
  /** with a name for every result */
  readonly graph: Graph;
  /** lowers and uploads what `run` will need: tfjs takes what is made inside of a kernel and stays for a leak */
  prepare(tf: Tfjs, direction: Direction, batch: number): void;
  /** results by name: of the graph, or `grad.PATH` and `grad.input.NAME` */
  run(tf: Tfjs, direction: Direction, batch: number, inputs: Given, weights: Given): Map<string, TfjsTensor>;
  retain(): void;
  release(): void;
}

interface Compiled {
  readonly lowered: LoweredGraph;
  readonly constants: readonly TfjsTensor[];
}

/** Lowered forms of one graph that are kept: batches come and go. */
const MOST_KEPT = 12;

const WASM: Backend = { transposes: false, batches: false };
const OTHERS: Backend = { transposes: true, batches: true };

const kernels = new WeakMap<Tfjs, Map<string, RunKernel>>();

/** Runs kernels on the backend that is current, with what is known of it. */
function kernelOf(tf: Tfjs): RunKernel {
  let byBackend = kernels.get(tf);
  if (byBackend === undefined) kernels.set(tf, (byBackend = new Map()));
  const name = tf.getBackend();
  let kernel = byBackend.get(name);
  if (kernel === undefined) {
    const plain = tf.engine().runKernel.bind(tf.engine()) as unknown as RunKernel;
    byBackend.set(name, (kernel = name === 'wasm' ? safeProducts(plain) : plain));
  }
  return kernel;
}

const named = (graph: Graph): Graph => ({
  ...graph,
  results: graph.results.map(({ value }, at) => ({ name: `out${at}`, value })),
});

/** Gradients of the float inputs and of every trained weight; what a direction does not want of them is never run. */
function gradientsOf(graph: Graph): Graph {
  const floats = <T extends { readonly value: number }>(each: readonly T[]): T[] =>
    each.filter(({ value }) => graph.values[value]!.type.dtype === 'f32');
  const whole = gradientGraph(graph, {
    cotangents: floats(graph.results).map(({ name }) => name!),
    inputs: floats(graph.inputs).map(({ name }) => name),
  });
  return { ...whole, results: whole.results.slice(graph.results.length) };
}

function createProgram(source: Graph, digest: string): BlockProgram {
  const graph = named(source);
  let gradients: FlatGraph | undefined;
  const kept = new Map<string, Compiled>();
  let users = 0;

  const drop = (key: string): void => {
    for (const tensor of kept.get(key)!.constants) tensor.dispose();
    kept.delete(key);
  };
  const directed = (direction: Direction): FlatGraph => {
    if (direction === 'forward') return flatten(graph);
    gradients ??= flatten(gradientsOf(graph));
    const wanted = new Set(direction.map((path) => `grad.${path}`));
    return {
      ...gradients,
      results: gradients.results.filter(({ name }) => name!.startsWith('grad.input.') || wanted.has(name!)),
    };
  };
  const compiled = (tf: Tfjs, direction: Direction, batch: number): Compiled => {
    const key = [
      tf.getBackend(),
      batch,
      ...(direction === 'forward' ? [direction] : ['backward', ...direction]),
    ].join();
    const before = kept.get(key);
    if (before !== undefined) return before;
    const lowered = lowerGraph(bindBatch(directed(direction), batch), tf.getBackend() === 'wasm' ? WASM : OTHERS);
    const constants = lowered.constants.tensors.map((constant) => {
      const { data, shape, dtype } = roundTensor(constant);
      return tf.keep(tf.engine().makeTensor(data.slice() as Float32Array, [...shape], DTYPE[dtype]) as TfjsTensor);
    });
    const made = { lowered, constants };
    kept.set(key, made);
    if (kept.size > MOST_KEPT) drop(kept.keys().next().value!);
    return made;
  };

  return {
    digest,
    graph,
    prepare: (tf, direction, batch) => void compiled(tf, direction, batch),
    run(tf, direction, batch, inputs, weights) {
      const { lowered, constants } = compiled(tf, direction, batch);
      const given = new Map([
        ...lowered.inputs.map(({ name, value }) => [value, inputs(name)] as const),
        ...lowered.state.map(({ path, value }) => [value, weights(path)] as const),
      ]);
      const results = runSteps(lowered, kernelOf(tf), constants, given) as TfjsTensor[];
      return new Map(lowered.results.map(({ name }, at) => [name, results[at]!]));
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
