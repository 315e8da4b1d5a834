/**
 * The backend in WebAssembly copies a whole tensor to take a part of it, so that going over the matrices of a batch takes
 * a time that grows with the square of the batch. What lies in one piece is copied by itself.
 */
import type { RunKernel, Tensor } from '../../compiler/lower/tfjs/kernels.ts';
import type { Tfjs } from './tfjs-backend.ts';

interface Stored extends Tensor {
  readonly dataId: object;
  readonly dtype: 'float32';
}

interface Memory {
  /** elements `from` to `to` of a tensor, copied */
  readSync(dataId: object, from: number, to: number): Float32Array;
}

/** Where the part begins, in elements; none where it is not in one piece. */
function offsetOf(shape: readonly number[], begin: readonly number[], size: readonly number[]): number | undefined {
  // before the axis that is cut there is one of each, behind it everything
  const cut = size.findIndex((extent) => extent !== 1);
  const whole = shape.every((extent, axis) => cut < 0 || axis <= cut || size[axis] === extent);
  return whole ? shape.reduce((offset, extent, axis) => offset * extent + begin[axis]!, 0) : undefined;
}

export function quickSlices(tf: Tfjs, kernel: RunKernel): RunKernel {
  return (name, inputs, attributes) => {
    if (name !== 'Slice') return kernel(name, inputs, attributes);
    const { x } = inputs as { readonly x: Stored };
    const { begin, size } = attributes as { readonly begin: number[]; readonly size: number[] };
    const from = offsetOf(x.shape, begin, size);
    const count = size.reduce((product, extent) => product * extent, 1);
    if (from === undefined || count === 0) return kernel(name, inputs, attributes);
    const part = (tf.backend() as unknown as Memory).readSync(x.dataId, from, from + count);
    return tf.engine().makeTensor(part, size, x.dtype) as unknown as Tensor;
  };
}
