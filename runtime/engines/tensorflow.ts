/**
 * The engine over TensorFlow's C library: tfjs-node-gpu, or tfjs-node where that is what is installed. It runs on the GPU
 * where the library has one, else on all cores (`TF_NUM_INTRAOP_THREADS` says otherwise).
 */
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import util from 'node:util';
import type { LoweredGraph } from '../../compiler/lower/tfjs/lower.ts';
import { compileGraph } from './tensorflow-graph.ts';
import { openBackend, type Tfjs } from './tfjs-backend.ts';
import { type Missing, messageOf, tfjsEngine } from './tfjs-engine.ts';

const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;
const SETUP = 'npm run setup:tensorflow';

interface NodeBackend {
  readonly isUsingGpuDevice: boolean;
}

/** What Node took out of `util` in version 23 and tfjs-node still calls. */
function restoreUtil(): void {
  const old = util as unknown as Record<string, unknown>;
  old.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  old.isArray ??= Array.isArray;
}

/** Requires the first of the packages that is installed; its name and version. */
function load(): { readonly name: string; readonly version: string } {
  const require = createRequire(import.meta.url);
  restoreUtil();
  // the library's greetings; warnings and errors stay
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  const name = PACKAGES.find((candidate) => {
    try {
      require.resolve(`${candidate}/package.json`);
      return true;
    } catch {
      return false;
    }
  });
  if (name === undefined) throw new Error(`cannot find package ${PACKAGES[0]}`);
  require(name);
  return { name, version: (require(`${name}/package.json`) as { version: string }).version };
}

export const usesGpu = (tf: Tfjs): boolean => (tf.backend() as unknown as NodeBackend).isUsingGpuDevice;

/** Why the package did not load, and the command that would help; `error` is what loading threw. */
export function explainTensorflow(error: unknown): Missing {
  const message = messageOf(error);
  const [first] = message.split('\n');
  if (/cannot find package @tensorflow/.test(message)) {
    return {
      reason: `${PACKAGES[0]} is not installed`,
      remedy: `npm install ${PACKAGES[0]}@4.22.0 --no-save --ignore-scripts && ${SETUP}`,
    };
  }
  if (/tfjs_binding\.node/.test(message) && /can not be found|find module|no such file/i.test(message)) {
    return { reason: `${PACKAGES[0]} has no native binding here`, remedy: SETUP };
  }
  const library = /(lib[\w.-]+): cannot open shared object file/.exec(message)?.[1];
  if (library !== undefined) return { reason: `the library ${library} is missing`, remedy: SETUP };
  if (/GLIBC|CXXABI/.test(message)) {
    return { reason: 'TensorFlow needs a newer C library than this system has', remedy: 'use --engine onnx' };
  }
  return { reason: `${PACKAGES[0]} does not load: ${first}`, remedy: SETUP };
}

export const tensorflow = tfjsEngine({
  name: 'tensorflow',
  open: () =>
    openBackend('tensorflow', async () => {
      const { version } = load();
      return (tf) => {
        const threads = availableParallelism();
        const cpu = `cpu (${threads} ${threads === 1 ? 'thread' : 'threads'})`;
        // what fits there is for TensorFlow to say; and a graph would fetch its state from there after every step
        if (usesGpu(tf)) return { version, device: 'gpu' };
        return {
          version,
          device: cpu,
          footprint: { base: 470 * 2 ** 20, kept: 3, replaced: 3, activations: 2.2 },
          compile: (lowered: LoweredGraph) => compileGraph(tf, lowered),
        };
      };
    }),
  explain: explainTensorflow,
});
