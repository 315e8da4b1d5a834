/**
 * The backend in WebAssembly packs the right matrix of a product once and keeps it for as long as the tensor's memory
 * lives, whatever shape the memory is seen in next: seen as [1, 20] after [20, 1] it writes beyond its result. So memory
 * that comes back in another shape is copied first.
 */
import type { RunKernel, Tensor } from '../../compiler/lower/tfjs/kernels.ts';

interface Stored extends Tensor {
  readonly dataId: object;
}

export function safeProducts(kernel: RunKernel): RunKernel {
  const packed = new WeakMap<object, string>();
  return (name, inputs, attributes) => {
    if (name !== 'BatchMatMul') return kernel(name, inputs, attributes);
    const { a, b } = inputs as { readonly a: Tensor; readonly b: Stored };
    const shape = b.shape.join();
    const before = packed.get(b.dataId);
    if (before === undefined) packed.set(b.dataId, shape);
    if (before === undefined || before === shape) return kernel(name, inputs, attributes);
    const copy = kernel('Slice', { x: b }, { begin: b.shape.map(() => 0), size: b.shape }) as Tensor;
    try {
      return kernel(name, { a, b: copy }, attributes);
    } finally {
      copy.dispose();
    }
  };
}
