/**
 * The backend in WebAssembly permutes up to four axes quickly, and more of them some thirty times slower. A permutation of
 * more is done as several of four: what comes next, a run of axes, changes places with what stands before it. (Over WebGPU it
 * is more than six that are not done at all.)
 */
import type { RunKernel, Tensor } from '../../compiler/lower/tfjs/kernels.ts';

const QUICK = 4;

export function quickTransposes(kernel: RunKernel, quick = QUICK): RunKernel {
  return (name, inputs, attributes) => {
    const { perm } = (attributes ?? {}) as { readonly perm?: readonly number[] };
    if (name !== 'Transpose' || perm === undefined || perm.length <= quick) return kernel(name, inputs, attributes);
    const { x } = inputs as { readonly x: Tensor };
    const extent = (axes: readonly number[]): number => axes.reduce((product, axis) => product * x.shape[axis]!, 1);
    const made: Tensor[] = [];
    const run = (step: string, from: Tensor, how: Parameters<RunKernel>[2]): Tensor => {
      const result = kernel(step, { x: from }, how) as Tensor;
      made.push(result);
      return result;
    };
    let now = x;
    let order: readonly number[] = perm.map((_, axis) => axis);
    for (let at = 0; at < perm.length; at++) {
      const from = order.indexOf(perm[at]!);
      if (from === at) continue;
      let to = from + 1;
      while (to < order.length && order[to] === perm[at + to - from]) to++;
      const [done, before, next, behind] = [
        order.slice(0, at),
        order.slice(at, from),
        order.slice(from, to),
        order.slice(to),
      ];
      now = run('Reshape', now, { shape: [done, before, next, behind].map(extent) });
      now = run('Transpose', now, { perm: [0, 2, 1, 3] });
      order = [...done, ...next, ...before, ...behind];
    }
    const result = kernel('Reshape', { x: now }, { shape: perm.map((axis) => x.shape[axis]!) });
    for (const tensor of made) tensor.dispose();
    return result;
  };
}
