/** Tensors of a file as the inputs of a model: by name, in its dtypes, all of one batch, images in either layout. */

import type { Graph } from '../compiler/ir/graph.ts';
import type { HostTensor } from '../compiler/ir/tensor.ts';
import { isBatch, type Shape, showShape, type TensorType } from '../compiler/ir/type.ts';
import { nearest } from '../dsl/suggest.ts';
import { fail, type Problem, type Result, showName, succeed } from '../runtime/weights/problem.ts';
import type { TensorFile } from '../runtime/weights/tensor-file.ts';

export type Layout = 'nhwc' | 'nchw';

export interface Port {
  /** in the file */
  readonly name: string;
  readonly type: TensorType;
  /** [N, H, W, C] here and [N, C, H, W] in PyTorch */
  readonly isImage: boolean;
}

const TO_NHWC = [0, 2, 3, 1];
const TO_NCHW = [0, 3, 1, 2];

function permuted({ dtype, shape, data }: HostTensor, order: readonly number[]): HostTensor {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const [a, b, c, d] = order.map((axis) => shape[axis]!) as [number, number, number, number];
  const [i, j, k, l] = order.map((axis) => strides[axis]!) as [number, number, number, number];
  const to = data.slice();
  let at = 0;
  for (let x = 0; x < a; x++)
    for (let y = 0; y < b; y++)
      for (let z = 0; z < c; z++) for (let w = 0; w < d; w++) to[at++] = data[x * i + y * j + z * k + w * l]!;
  return { dtype, shape: [a, b, c, d], data: to };
}

export const toLayout = (tensor: HostTensor, isImage: boolean, layout: Layout): HostTensor =>
  isImage && layout === 'nchw' ? permuted(tensor, TO_NCHW) : tensor;

export const imagePorts = (graph: Graph): Port[] =>
  graph.inputs.map(({ name, value, role }) => ({
    name,
    type: graph.values[value]!.type,
    isImage: role?.kind === 'image' && graph.values[value]!.type.shape.length === 4,
  }));

/** Rank 4 with the batch first: what a model returns of that form is an image. */
export const isImageShape = (shape: Shape): boolean => shape.length === 4 && isBatch(shape[0]!);

/** Labels, masks and steps are often stored as floats: whole numbers pass for ints, 0 and 1 for bools, ints for floats. */
function asDtype(tensor: HostTensor, { dtype }: TensorType): HostTensor | string {
  const { shape, data } = tensor;
  if (tensor.dtype === dtype) return tensor;
  if (dtype === 'f32') return { dtype, shape, data: Float32Array.from(data) };
  const bad = data.find((value) => (dtype === 'bool' ? value !== 0 && value !== 1 : !Number.isInteger(value)));
  if (bad !== undefined) return `holds ${bad}, and ${dtype === 'bool' ? 'only 0 and 1 are bools' : 'is to hold ints'}`;
  return { dtype, shape, data: dtype === 'bool' ? Uint8Array.from(data) : Int32Array.from(data) };
}

const permutedShape = (shape: Shape, order: readonly number[]): Shape => order.map((axis) => shape[axis]!);

/** What N is when a tensor of this shape is taken for one of the type; none where it cannot be. */
function batchOf(shape: readonly number[], type: Shape): number | undefined | 'any' {
  if (shape.length !== type.length) return undefined;
  let batch: number | undefined;
  for (const [axis, dim] of type.entries()) {
    if (!isBatch(dim)) {
      if (shape[axis] !== dim) return undefined;
      continue;
    }
    const n = shape[axis]! / dim.batch;
    if (!Number.isInteger(n) || n < 1 || (batch !== undefined && batch !== n)) return undefined;
    batch = n;
  }
  return batch ?? 'any';
}

export interface Fed {
  readonly tensors: Record<string, HostTensor>;
  /** absent where no port has the batch in its shape */
  readonly batch?: number;
  /** names in the file that nothing reads */
  readonly ignored: readonly string[];
}

/** `known`: the batch, where it is settled already. */
export function readFeeds(file: TensorFile, ports: readonly Port[], layout: Layout, known?: number): Result<Fed> {
  const wrong = (message: string, remedy: string, tensor?: string): Result<never> => {
    const problem: Problem = { kind: 'mismatch', file: file.file, tensor, message, remedy };
    return fail(problem);
  };
  const names = [...file.tensors.keys()];
  const tensors: Record<string, HostTensor> = {};
  let batch = known;
  for (const { name, type, isImage } of ports) {
    if (!file.tensors.has(name)) {
      const close = name.length > 2 ? nearest(name, names) : undefined;
      const wanted = `it is ${type.dtype === 'f32' ? '' : type.dtype}${showShape(type.shape)}`;
      return wrong(
        `lacks the input ${showName(name)}`,
        close ? `${wanted}; is it ${showName(close)}?` : `add it: ${wanted}`,
      );
    }
    const read = file.read(name);
    if (!read.ok) return read;
    const turned = isImage && layout === 'nchw';
    const asked = turned ? permutedShape(type.shape, TO_NCHW) : type.shape;
    const n = batchOf(read.value.shape, asked);
    if (n === undefined) {
      const other = isImage && batchOf(read.value.shape, permutedShape(type.shape, turned ? TO_NHWC : TO_NCHW));
      const hint =
        isImage && other !== undefined && other !== false
          ? `use \`--layout ${turned ? 'nhwc' : 'nchw'}\``
          : 'give it that shape';
      return wrong(`has the shape ${showShape(read.value.shape)}, and the model wants ${showShape(asked)}`, hint, name);
    }
    if (n !== 'any') {
      if (batch !== undefined && batch !== n) {
        return wrong(`has a batch of ${n}, and others have ${batch}`, 'give all tensors the same batch', name);
      }
      batch = n;
    }
    const fitting = asDtype(read.value, type);
    if (typeof fitting === 'string') return wrong(fitting, 'store what the spec declares', name);
    tensors[name] = turned ? permuted(fitting, TO_NHWC) : fitting;
  }
  const ignored = names.filter((name) => !ports.some((port) => port.name === name));
  return succeed({ tensors, batch, ignored });
}
