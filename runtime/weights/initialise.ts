/**
 * Weights as they start, by the initial values of the spec. Each weight draws from a stream of its own, named by the seed
 * and its path: adding, dropping or reordering weights changes no other, and the same seed gives the same bytes on every
 * machine and engine. Equal to the reference code in distribution, not in numbers (PyTorch draws from one stream).
 */
import type { Init, Weight } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { bindShape } from '../../compiler/ir/type.ts';
import { evaluateConstant } from '../../compiler/lower/reference/evaluate.ts';
import { createStream, type Stream } from '../random/stream.ts';
import { countOf } from './tensor-file.ts';

/** What `weightsOf` lists, or the state of a program by its name. */
export interface Initial {
  readonly path: string;
  readonly weight: Pick<Weight, 'type' | 'init'>;
}

/** All of them by path, in the order given. */
export function initialise(weights: Iterable<Initial>, seed: number): Map<string, HostTensor> {
  const made = new Map<string, HostTensor>();
  for (const initial of weights) made.set(initial.path, initialTensor(initial, seed));
  return made;
}

export function initialTensor({ path, weight: { type, init } }: Initial, seed: number): HostTensor {
  // a weight's dims hold no N
  const shape = bindShape(type.shape, 1);
  const count = countOf(shape);
  if (type.dtype === 'f32')
    return { dtype: 'f32', shape, data: floats(init, count, () => createStream(seed, `init/${path}`)) };
  const constant = new Float64Array(count);
  if (init.kind === 'tensor') constant.set(evaluateConstant(init.graph).data);
  else if (init.kind === 'fill') constant.fill(init.value);
  else throw new Error(`${path} is ${type.dtype} and drawn`);
  return {
    dtype: type.dtype,
    shape,
    data: type.dtype === 'int' ? Int32Array.from(constant) : Uint8Array.from(constant),
  };
}

function floats(init: Init, count: number, stream: () => Stream): Float32Array {
  if (init.kind === 'tensor') return Float32Array.from(evaluateConstant(init.graph).data);
  const data = new Float32Array(count);
  switch (init.kind) {
    case 'fill':
      return data.fill(init.value);
    case 'normal':
      stream().fillNormal(data);
      for (let i = 0; i < count; i++) data[i]! *= init.std;
      return data;
    case 'uniform':
      return fillUniform(data, init.bound, stream());
    case 'xavier_uniform':
      // U(±√(6 / (fan in + fan out)))
      return fillUniform(data, Math.sqrt(6 / (init.fanIn + init.fanOut)), stream());
  }
}

/** in [-bound, bound) */
function fillUniform(data: Float32Array, bound: number, stream: Stream): Float32Array {
  stream.fillUniform(data);
  for (let i = 0; i < data.length; i++) data[i] = (2 * data[i]! - 1) * bound;
  return data;
}
