/** The engine over tfjs's backend in JavaScript: slow, always there, and what the others of tfjs are compared with. */
import { openBackend } from './tfjs-backend.ts';
import { explainPackage, tfjsEngine } from './tfjs-engine.ts';

const PACKAGE = '@tensorflow/tfjs-backend-cpu';

export const cpu = tfjsEngine({
  name: 'cpu',
  open: () =>
    openBackend('cpu', async () => {
      const { version_cpu } = await import('@tensorflow/tfjs-backend-cpu');
      return (tf) => {
        // it would advise another backend on the console
        (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
        return {
          version: version_cpu,
          device: 'cpu (1 thread, JavaScript)',
          footprint: { base: 200 * 2 ** 20, kept: 2, replaced: 2, activations: 1.3 },
        };
      };
    }),
  explain: (error) => explainPackage(PACKAGE, error),
});
