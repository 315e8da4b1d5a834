/**
 * A block as a function that tfjs differentiates by our graph: one entry on its tape, whatever happens inside. Such a
 * function has one result, so several travel as one flat tensor and come apart after it.
 */
import type { Value } from '../../compiler/ir/graph.ts';
import { bindShape, countElements } from '../../compiler/ir/type.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { DTYPE } from '../../compiler/lower/tfjs/kernels.ts';
import type { Tfjs, TfjsTensor } from '../engines/tfjs-backend.ts';
import type { BlockProgram, Given } from './block-program.ts';

export interface BlockArguments {
  readonly batch: number;
  /** in the order of the graph's inputs, in their shapes and types */
  readonly inputs: readonly TfjsTensor[];
  /** in the order of `weightsOf` */
  readonly weights: readonly TfjsTensor[];
  /** for each weight whether its gradient is wanted */
  readonly wanted: readonly boolean[];
}

const lookUp = (entries: Iterable<readonly [string, TfjsTensor]>): Given => {
  const tensors = new Map(entries);
  return (name) => tensors.get(name)!;
};

/** Results in the order of the graph. */
export function applyBlock(
  tf: Tfjs,
  program: BlockProgram,
  { batch, inputs, weights, wanted }: BlockArguments,
): TfjsTensor[] {
  const { graph } = program;
  const typeOf = (value: Value) => graph.values[value]!.type;
  const results = graph.results.map(({ name, value }) => ({
    name: name!,
    dtype: typeOf(value).dtype,
    shape: bindShape(typeOf(value).shape, batch),
    elements: countElements(typeOf(value).shape, batch),
  }));
  const single = results.length === 1 && results[0]!.dtype === 'f32';
  const owned = weightsOf(graph);

  const pack = (tensors: readonly TfjsTensor[]): TfjsTensor =>
    tf.concat(tensors.map((tensor) => tf.reshape(tf.cast(tensor, 'float32'), [-1])));
  const unpack = (packed: TfjsTensor): TfjsTensor[] =>
    tf
      .split(
        packed,
        results.map(({ elements }) => elements),
      )
      .map((part, at) => tf.cast(tf.reshape(part, results[at]!.shape), DTYPE[results[at]!.dtype]));

  const named = (tensors: readonly TfjsTensor[]) => graph.inputs.map(({ name }, at) => [name, tensors[at]!] as const);
  const byPath = (tensors: readonly TfjsTensor[]): Given => lookUp(owned.map(({ path }, at) => [path, tensors[at]!]));

  program.prepare(tf, 'forward', batch);
  const differentiable = tf.customGrad((...all) => {
    const save = all.pop() as (tensors: TfjsTensor[]) => void;
    const args = all as TfjsTensor[];
    const [given, read] = [args.slice(0, inputs.length), args.slice(inputs.length)];
    const made = program.run(tf, 'forward', batch, lookUp(named(given)), byPath(read));
    const tensors = results.map(({ name }) => made.get(name)!);
    save(args);
    const gradFunc = (dy: TfjsTensor, saved: TfjsTensor[]): TfjsTensor[] => {
      const cotangents = single ? [dy] : unpack(dy);
      const fed = [
        ...named(saved.slice(0, inputs.length)),
        ...results.map(({ name }, at) => [`cotangent.${name}`, cotangents[at]!] as const),
      ];
      const direction = owned.flatMap(({ path }, at) => (wanted[at] ? path : []));
      const gradients = program.run(tf, direction, batch, lookUp(fed), byPath(saved.slice(inputs.length)));
      // what has none is an int, or frozen: nobody asks for it, and tfjs wants a tensor for it
      const names = [
        ...graph.inputs.map(({ name }) => `grad.input.${name}`),
        ...owned.map(({ path }) => `grad.${path}`),
      ];
      return names.map((name, at) => gradients.get(name) ?? tf.zerosLike(saved[at]!));
    };
    return { value: single ? tensors[0]! : pack(tensors), gradFunc };
  });
  const value = differentiable(...inputs, ...weights);
  return single ? [value] : unpack(value);
}
