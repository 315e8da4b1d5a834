/**
 * Kernels of the backend over WebGPU, with what it gets wrong put right. A cast of ints or bools to floats only renames
 * them; a transposition of more than two axes of them, renamed or not, is a shader that does not compile, and takes with it
 * all commands that were sent along. So a cast makes floats, by an addition, and floats are what is transposed. Shaders
 * know six axes: casts see one, and permutations of more are several.
 */
import type { RunKernel, Tensor } from '../../compiler/lower/tfjs/kernels.ts';
import type { Tfjs } from './tfjs-backend.ts';
import { quickTransposes } from './wasm-transposes.ts';

const MOST_AXES = 6;

interface Typed extends Tensor {
  readonly dtype: string;
}

export function webgpuKernels(tf: Tfjs, kernel: RunKernel): RunKernel {
  /** the last of several kernels, each on what the one before made */
  const chain = (x: Tensor, ...steps: readonly ((x: Tensor) => Tensor)[]): Tensor =>
    steps.reduce((before, step) => {
      const after = step(before);
      if (before !== x) before.dispose();
      return after;
    }, x);
  const run =
    (name: string, attributes: Parameters<RunKernel>[2]) =>
    (x: Tensor): Tensor =>
      kernel(name, { x }, attributes) as Tensor;

  const addNothing = (x: Tensor): Tensor => {
    const zero = tf.engine().makeTensor(Float32Array.of(0), [], 'float32') as unknown as Tensor;
    try {
      return kernel('Add', { a: x, b: zero }) as Tensor;
    } finally {
      zero.dispose();
    }
  };
  const cast = (dtype: string) => (x: Tensor) => {
    const count = x.shape.reduce((product, dim) => product * dim, 1);
    const renamed = dtype === 'float32' && (x as Typed).dtype !== 'float32';
    const convert = renamed ? addNothing : run('Cast', { dtype });
    return chain(x, run('Reshape', { shape: [count] }), convert, run('Reshape', { shape: x.shape }));
  };

  const safe: RunKernel = (name, inputs, attributes) => {
    const { x } = inputs as { readonly x: Typed };
    if (name === 'Cast') return cast(attributes!.dtype as string)(x);
    const plain = name !== 'Transpose' || x.dtype === 'float32' || x.shape.length <= 2;
    return plain ? kernel(name, inputs, attributes) : chain(x, cast('float32'), run(name, attributes), cast(x.dtype));
  };
  return quickTransposes(safe, MOST_AXES);
}
