/** What computes: WebAssembly, or the GPU where the address of the page says `?backend=webgpu` and the browser has one. */
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm';
import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';

function useWasm() {
  const url = (bytes) => URL.createObjectURL(new Blob([bytes], { type: 'application/wasm' }));
  const quick = url(simd);
  setWasmPaths({
    'tfjs-backend-wasm.wasm': url(plain),
    'tfjs-backend-wasm-simd.wasm': quick,
    // wants a place for it, and does not ask for it without threads
    'tfjs-backend-wasm-threaded-simd.wasm': quick,
  });
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  return tf.setBackend('wasm');
}

/** Why WebGPU can not be had here, if it can not. */
async function lacksWebgpu() {
  if (navigator.gpu === undefined) return 'this browser has no WebGPU';
  // the same question that tfjs asks, which does not look whether there is an answer
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  return adapter === null ? 'WebGPU finds no GPU here' : undefined;
}

/** Sets the backend that is `wanted`, or WebAssembly, and says in a sentence which and why. */
export async function chooseBackend(wanted) {
  if (wanted === 'webgpu') {
    const lacking = await lacksWebgpu();
    if (lacking === undefined && (await tf.setBackend('webgpu'))) return 'WebGPU computes.';
    await useWasm();
    return `WebAssembly computes: ${lacking ?? 'TensorFlow.js can not use this GPU'}.`;
  }
  await useWasm();
  return wanted === null || wanted === 'wasm'
    ? 'WebAssembly computes.'
    : `WebAssembly computes: there is no backend "${wanted}" here, only wasm and webgpu.`;
}
