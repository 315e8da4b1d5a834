/** The engine over WebAssembly: tfjs's backend in one thread, which runs wherever Node does, and in browsers. */
import { openBackend } from './tfjs-backend.ts';
import { explainPackage, tfjsEngine } from './tfjs-engine.ts';

const PACKAGE = '@tensorflow/tfjs-backend-wasm';

export const wasm = tfjsEngine({
  name: 'wasm',
  open: () =>
    openBackend('wasm', async () => {
      const { version_wasm } = await import('@tensorflow/tfjs-backend-wasm');
      return (tf) => {
        const simd = tf.env().getBool('WASM_HAS_SIMD_SUPPORT');
        return {
          version: version_wasm,
          device: `cpu (1 thread${simd ? ', SIMD' : ''})`,
          // addresses have 32 bits; what kernels need for themselves is left free
          mostBytes: 3.5 * 2 ** 30,
          footprint: { base: 220 * 2 ** 20, kept: 2, replaced: 2, activations: 1.3 },
        };
      };
    }),
  explain: (error) => explainPackage(PACKAGE, error),
});
