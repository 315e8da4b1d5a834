/** Every engine by name, in the order in which they are listed. Each loads when it is asked for. */
import type { Engine } from './engine.ts';

export const ENGINES = {
  onnx: async () => (await import('./onnx.ts')).onnx,
  tensorflow: async () => (await import('./tensorflow.ts')).tensorflow,
  webgpu: async () => (await import('./webgpu.ts')).webgpu,
  wasm: async () => (await import('./wasm.ts')).wasm,
  cpu: async () => (await import('./cpu.ts')).cpu,
  reference: async () => (await import('./reference.ts')).reference,
} as const satisfies Readonly<Record<string, () => Promise<Engine>>>;

export type EngineName = keyof typeof ENGINES;
export const ENGINE_NAMES = Object.keys(ENGINES) as readonly EngineName[];

export const isEngineName = (name: string): name is EngineName => Object.hasOwn(ENGINES, name);
