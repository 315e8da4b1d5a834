/**
 * The backend in WebAssembly takes the first of two numbers where the second is none: of 0 and NaN the larger would be 0,
 * and a run that went wrong would look right again. So a single number that is one goes second; of two tensors both orders
 * are taken, and the other one chosen where it is not equal to itself.
 */
import type { RunKernel, Tensor } from '../../compiler/lower/tfjs/kernels.ts';
import type { Tfjs } from './tfjs-backend.ts';

interface Stored extends Tensor {
  readonly dataId: object;
}

interface Memory {
  readSync(dataId: object): ArrayLike<number>;
}

const isSingle = ({ shape }: Tensor): boolean => shape.every((dim) => dim === 1);

export function safeExtrema(tf: Tfjs, kernel: RunKernel): RunKernel {
  const isNumber = (x: Stored): boolean =>
    isSingle(x) && !Number.isNaN((tf.backend() as unknown as Memory).readSync(x.dataId)[0]);
  return (name, inputs, attributes) => {
    if (name !== 'Maximum' && name !== 'Minimum') return kernel(name, inputs, attributes);
    const { a, b } = inputs as { readonly a: Stored; readonly b: Stored };
    if (isNumber(b)) return kernel(name, { a, b });
    if (isNumber(a)) return kernel(name, { a: b, b: a });
    const [one, two] = [kernel(name, { a, b }), kernel(name, { a: b, b: a })] as [Tensor, Tensor];
    const odd = kernel('NotEqual', { a: two, b: two }) as Tensor;
    const chosen = kernel('Select', { condition: odd, t: two, e: one });
    for (const tensor of [one, two, odd]) tensor.dispose();
    return chosen;
  };
}
