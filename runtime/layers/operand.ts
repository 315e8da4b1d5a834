/** What a layer is given, in the shape and type that its graph wants, or an error that says what was wanted. */

import type { Graph } from '../../compiler/ir/graph.ts';
import { bindShape, isBatch, showType, type TensorType } from '../../compiler/ir/type.ts';
import { DTYPE } from '../../compiler/lower/tfjs/kernels.ts';
import { sameDims } from '../../compiler/lower/tfjs/lowering.ts';
import { type Place, positionOf } from '../../dsl/span.ts';
import { traitsOf } from '../engines/backend-traits.ts';
import type { Tfjs, TfjsTensor } from '../engines/tfjs-backend.ts';

export interface OperandFacts {
  /** as the spec calls it */
  readonly name: string;
  /** of labels: the values that the table has rows for */
  readonly least?: number;
  readonly most?: number;
}

export interface Where {
  readonly layer: string;
  readonly block: string;
  readonly graph: Graph;
}

/** Looking at tensors does not wait. */
const inMemory = (tf: Tfjs): boolean => traitsOf(tf.getBackend()).inMemory;

/** A number of it that no int is, where that is seen without waiting. */
export const notWhole = (tf: Tfjs, tensor: TfjsTensor): number | undefined =>
  tensor.dtype === 'float32' && inMemory(tf)
    ? (tensor.dataSync() as Float32Array).find((number) => !Number.isInteger(number))
    : undefined;

/** What N is for these tensors; 1 where nothing says. */
export function batchOf(tensors: readonly TfjsTensor[], types: readonly TensorType[]): number {
  for (const [at, { shape }] of types.entries()) {
    const axis = shape.findIndex(isBatch);
    const dim = shape[axis];
    const given = tensors[at]?.shape[axis];
    if (dim !== undefined && isBatch(dim) && given !== undefined && given % dim.batch === 0) return given / dim.batch;
  }
  return 1;
}

/** File and line; nothing of a graph that no text made. */
export const placeText = (place: Place | undefined): string =>
  place === undefined ? '' : `${place.source.path}:${positionOf(place.source, place.span.start).line}`;

function refusal({ layer, block, graph }: Where, problem: string): Error {
  const at = graph.place === undefined ? '' : ` (block ${block}, ${placeText(graph.place)})`;
  return new Error(`layer \`${layer}\`: ${problem}${at}`);
}

/** Shapes of tensors that are to come, null where nothing is known; throws what can never fit. */
export function checkSymbolic(shapes: readonly (readonly (number | null)[])[], where: Where): void {
  const { inputs, values } = where.graph;
  for (const [at, { name, value }] of inputs.entries()) {
    const type = values[value]!.type;
    const given = shapes[at];
    if (given === undefined) throw refusal(where, `input \`${name}\` is missing, it is ${showType(type)}`);
    const own = type.shape.length === 1 && given.length === 2 && given[1] === 1 ? given.slice(0, 1) : given;
    const fits =
      own.length === type.shape.length &&
      type.shape.every((dim, axis) => isBatch(dim) || own[axis] === null || own[axis] === dim);
    const shown = given.map((dim) => dim ?? 'N').join(', ');
    if (!fits) throw refusal(where, `input \`${name}\` is [${shown}], not ${showType(type)}`);
  }
}

export function acceptOperand(
  tf: Tfjs,
  given: TfjsTensor | undefined,
  type: TensorType,
  batch: number,
  { name, least, most }: OperandFacts,
  where: Where,
): TfjsTensor {
  const refuse = (problem: string): never => {
    throw refusal(where, problem);
  };
  if (given === undefined) return refuse(`input \`${name}\` is missing, it is ${showType(type)}`);
  const shape = bindShape(type.shape, batch);
  // tfjs makes columns of what has one axis
  const column = shape.length === 1 && sameDims(given.shape, [...shape, 1]);
  if (!column && !sameDims(given.shape, shape))
    return refuse(`input \`${name}\` is [${given.shape.join(', ')}], not ${showType(type)}`);
  const tensor = column ? tf.reshape(given, shape) : given;
  const broken = type.dtype === 'int' ? notWhole(tf, tensor) : undefined;
  if (broken !== undefined) return refuse(`input \`${name}\` holds ${broken}, and is ${showType(type)}`);
  const typed = tensor.dtype === DTYPE[type.dtype] ? tensor : tf.cast(tensor, DTYPE[type.dtype]);
  if (least !== undefined && most !== undefined && inMemory(tf)) {
    const wrong = typed.dataSync().find((label) => label < least || label > most);
    if (wrong !== undefined)
      return refuse(`input \`${name}\` holds the label ${wrong}, not one of ${least} to ${most}`);
  }
  return typed;
}
