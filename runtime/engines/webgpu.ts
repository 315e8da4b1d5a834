/**
 * The engine over WebGPU: in Node by way of npm's `webgpu` (Dawn), which like tfjs's backend for it is not installed with
 * this package, since both are large.
 */
import { openBackend } from './tfjs-backend.ts';
import { explainPackage, type Missing, messageOf, tfjsEngine } from './tfjs-engine.ts';

const PACKAGES = ['webgpu', '@tensorflow/tfjs-backend-webgpu'] as const;
const INSTALL = `npm install ${PACKAGES[0]} ${PACKAGES[1]}@4.22.0 --no-save --ignore-scripts`;
const NO_ADAPTER = 'no GPU that Dawn can use';
/** Dawn speaks Vulkan on Linux. SwiftShader, which comes with Chromium, has it without a GPU. */
const DRIVERS =
  'install Vulkan (Debian: libvulkan1) and the driver of the GPU; without a GPU, `apt-get install libvulkan1 chromium` and ' +
  'VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json, which is slow';

interface Adapter {
  readonly info?: { readonly vendor?: string; readonly device?: string; readonly description?: string };
}
interface Gpu {
  requestAdapter(): Promise<Adapter | null>;
}

/** Makes Node look like a browser with WebGPU, as far as tfjs asks. */
async function openGpu(): Promise<Adapter> {
  const name: string = PACKAGES[0];
  const dawn = (await import(name)) as { create(options: string[]): Gpu; globals: object };
  Object.assign(globalThis, dawn.globals);
  const gpu = dawn.create([]);
  const adapter = await gpu.requestAdapter();
  if (adapter === null) throw new Error(NO_ADAPTER);
  Object.defineProperty(globalThis, 'navigator', { value: { gpu, userAgent: 'node' }, configurable: true });
  (globalThis as { window?: unknown }).window ??= globalThis;
  return adapter;
}

export function explainWebgpu(error: unknown): Missing {
  if (messageOf(error) === NO_ADAPTER) {
    return { reason: NO_ADAPTER, remedy: DRIVERS };
  }
  const { reason } = explainPackage(PACKAGES.join(' or '), error);
  return { reason, remedy: INSTALL };
}

export const webgpu = tfjsEngine({
  name: 'webgpu',
  open: () =>
    openBackend('webgpu', async () => {
      const { info } = await openGpu();
      const name: string = PACKAGES[1];
      await import(name);
      return (tf) => ({
        version: tf.version_core,
        device: info?.description || [info?.vendor, info?.device].filter(Boolean).join(' ') || 'gpu',
      });
    }),
  explain: explainWebgpu,
});
