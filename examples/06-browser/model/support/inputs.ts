/** What a model or a layer is given, in the shape and type that it wants, or an error that says what was wanted. */

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

export interface InputFacts {
  readonly name: string;
  readonly dtype: 'float32' | 'int32' | 'bool';
  /** `{ n: 2 }` is twice the batch */
  readonly shape: readonly (number | { readonly n: number })[];
  /** of labels: the values that there are */
  readonly least?: number;
  readonly most?: number;
}

/** Backends whose tensors lie in the memory of the process, so that looking at them does not wait. */
const IN_MEMORY: ReadonlySet<string> = new Set(['cpu', 'wasm', 'tensorflow']);

const isBatch = (dim: number | { readonly n: number }): dim is { readonly n: number } => typeof dim === 'object';

const same = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((dim, axis) => dim === b[axis]);

function show({ dtype, shape }: InputFacts): string {
  const dims = shape.map((dim) => (isBatch(dim) ? (dim.n === 1 ? 'N' : `${dim.n}N`) : String(dim)));
  return `${dtype === 'float32' ? '' : dtype}[${dims.join(', ')}]`;
}

/** What N is; 1 where nothing says. */
function batchOf(facts: readonly InputFacts[], tensors: readonly (Tensor | undefined)[]): number {
  for (const [at, { shape }] of facts.entries()) {
    const axis = shape.findIndex(isBatch);
    const dim = shape[axis];
    const given = tensors[at]?.shape[axis];
    if (dim !== undefined && isBatch(dim) && given !== undefined && given % dim.n === 0) return given / dim.n;
  }
  return 1;
}

/** `where`: who was given them */
export function accept(
  where: string,
  facts: readonly InputFacts[],
  tensors: readonly (Tensor | undefined)[],
): Tensor[] {
  const n = batchOf(facts, tensors);
  return facts.map((fact, at) => {
    const refuse = (problem: string): never => {
      throw new Error(`${where}: the input \`${fact.name}\` ${problem}`);
    };
    const given = tensors[at] ?? refuse(`is missing, it is ${show(fact)}`);
    const shape = fact.shape.map((dim) => (isBatch(dim) ? dim.n * n : dim));
    // tfjs makes columns of what has one axis
    const isColumn = shape.length === 1 && same(given.shape, [...shape, 1]);
    if (!isColumn && !same(given.shape, shape)) refuse(`is [${given.shape.join(', ')}], not ${show(fact)}`);
    const typed = tf.cast(isColumn ? tf.reshape(given, shape) : given, fact.dtype);
    const { least, most } = fact;
    if (least !== undefined && most !== undefined && IN_MEMORY.has(tf.getBackend())) {
      const wrong = typed.dataSync().find((label) => label < least || label > most);
      if (wrong !== undefined) refuse(`holds the label ${wrong}, not one of ${least} to ${most}`);
    }
    return typed;
  });
}
