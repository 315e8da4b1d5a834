/**
 * A block as a function that tfjs differentiates by our graph: one entry on its tape, whatever happens inside. Such a
 * function has one result, so several travel as one flat tensor and come apart after it. Without a tape nothing is kept.
 */
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
  /** whether the block runs again on the way back instead of keeping what that needs */
  readonly recompute: boolean;
}

const lookUp = (entries: Iterable<readonly [string, TfjsTensor]>): Given => {
  const tensors = new Map(entries);
  return (name) => tensors.get(name)!;
};

const isRecording = (tf: Tfjs): boolean => tf.engine().state.gradientDepth > 0;

/** Results in the order of the graph. */
export function applyBlock(
  tf: Tfjs,
  program: BlockProgram,
  { batch, inputs, weights, wanted, recompute }: BlockArguments,
): TfjsTensor[] {
  const { graph } = program;
  const results = graph.results.map(({ value }) => {
    const { dtype, shape } = graph.values[value]!.type;
    return { dtype, shape: bindShape(shape, batch), elements: countElements(shape, batch) };
  });
  const paths = weightsOf(graph).map(({ path }) => path);
  const byPath = (tensors: readonly TfjsTensor[]): Given => lookUp(paths.map((path, at) => [path, tensors[at]!]));
  const byName = (tensors: readonly TfjsTensor[], prefix = ''): (readonly [string, TfjsTensor])[] =>
    graph.inputs.map(({ name }, at) => [`${prefix}${name}`, tensors[at]!]);

  const wish = { weights: paths.filter((_, at) => wanted[at]), recompute: recompute || takesForLeak(tf) };
  const { forward, backward } = program.prepare(tf, batch, isRecording(tf) ? wish : undefined);
  const single = results.length === 1 && results[0]!.dtype === 'f32';
  const pack = (tensors: readonly TfjsTensor[]): TfjsTensor =>
    tf.concat(tensors.map((tensor) => tf.reshape(tf.cast(tensor, 'float32'), [-1])));
  const unpack = (packed: TfjsTensor): TfjsTensor[] =>
    tf
      .split(
        packed,
        results.map(({ elements }) => elements),
      )
      .map((part, at) => tf.cast(tf.reshape(part, results[at]!.shape), DTYPE[results[at]!.dtype]));

  const differentiable = tf.customGrad((...all) => {
    const save = all.pop() as (tensors: TfjsTensor[]) => void;
    const args = all as TfjsTensor[];
    const made = forward(lookUp(byName(args.slice(0, inputs.length))), byPath(args.slice(inputs.length)));
    const kept = [...made.entries()].slice(results.length);
    save([...args, ...kept.map(([, tensor]) => tensor)]);
    const gradFunc = (dy: TfjsTensor, saved: TfjsTensor[]): TfjsTensor[] => {
      const cotangents = single ? [dy] : unpack(dy);
      const fed = [
        ...byName(saved, 'input.'),
        ...kept.map(([name], at) => [name, saved[args.length + at]!] as const),
        ...cotangents.map((cotangent, at) => [`cotangent.${at}`, cotangent] as const),
      ];
      const gradients = backward?.(lookUp(fed), byPath(saved.slice(inputs.length)));
      // what has none is an int, or frozen: nobody asks for it, and tfjs wants a tensor for it
      const names = [...graph.inputs.map(({ name }) => `grad.input.${name}`), ...paths.map((path) => `grad.${path}`)];
      return names.map((name, at) => gradients?.get(name) ?? tf.zerosLike(saved[at]!));
    };
    const outputs = results.map((_, at) => made.get(`out.${at}`)!);
    return { value: single ? outputs[0]! : pack(outputs), gradFunc };
  });
  const value = differentiable(...inputs, ...weights);
  return single ? [value] : unpack(value);
}

/** With this flag, for its own tests, tfjs throws when a function keeps more than its result. */
const takesForLeak = (tf: Tfjs): boolean => tf.env().getBool('IS_TEST');
