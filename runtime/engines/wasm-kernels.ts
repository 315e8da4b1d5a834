/** Kernels of the backend in WebAssembly, with what it gets wrong or does slowly put right. */
import type { RunKernel } from '../../compiler/lower/tfjs/kernels.ts';
import type { Tfjs } from './tfjs-backend.ts';
import { safeExtrema } from './wasm-extrema.ts';
import { safeProducts } from './wasm-products.ts';
import { quickSlices } from './wasm-slices.ts';
import { quickTransposes } from './wasm-transposes.ts';

export const wasmKernels = (tf: Tfjs, kernel: RunKernel): RunKernel =>
  safeProducts(quickTransposes(quickSlices(tf, safeExtrema(tf, kernel))));
