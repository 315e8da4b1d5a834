/**
 * What is known of tfjs's backends by the names that they are registered under: for the engines, which open them, and for
 * layers, which run on the one that a program has made current.
 */
import type { Backend, RunKernel } from '../../compiler/lower/tfjs/kernels.ts';
import type { Tfjs } from './tfjs-backend.ts';
import { wasmKernels } from './wasm-kernels.ts';
import { webgpuKernels } from './webgpu-kernels.ts';

export interface BackendTraits extends Backend {
  /** tensors lie in the memory of the process, so that looking at them does not wait */
  readonly inMemory: boolean;
  /** keeps programs away from what its kernels do wrong or slowly */
  readonly guard?: (tf: Tfjs, kernel: RunKernel) => RunKernel;
}

const OTHERS: BackendTraits = { transposes: true, batches: true, inMemory: false };

const TRAITS: ReadonlyMap<string, BackendTraits> = new Map([
  ['cpu', { ...OTHERS, inMemory: true }],
  ['tensorflow', { ...OTHERS, inMemory: true }],
  ['wasm', { transposes: false, batches: false, inMemory: true, guard: wasmKernels }],
  ['webgpu', { ...OTHERS, guard: webgpuKernels }],
]);

export const traitsOf = (backend: string): BackendTraits => TRAITS.get(backend) ?? OTHERS;
