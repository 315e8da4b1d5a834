/**
 * Which engine runs where none is named: a TensorFlow with a GPU, else onnx, else TensorFlow on the CPU, else wasm.
 * TensorFlow is large, so it is only opened first where the machine may have a GPU.
 */
import { existsSync } from 'node:fs';
import type { Engine } from './engine.ts';
import { ENGINES, type EngineName } from './registry.ts';

export interface Surroundings {
  open(name: EngineName): Promise<Engine>;
  mayHaveGpu(): boolean;
}

/** Where drivers of NVIDIA put a device: on Linux, and under Windows' Linux. */
const GPU_FILES = ['/dev/nvidia0', '/dev/dxg'];

const here: Surroundings = {
  open: (name) => ENGINES[name](),
  mayHaveGpu: () => GPU_FILES.some((file) => existsSync(file)),
};

const isGpu = (device: string | undefined): boolean => device !== undefined && !device.startsWith('cpu');

/** The first engine that is available, or none. */
export async function defaultEngine({ open, mayHaveGpu }: Surroundings = here): Promise<Engine | undefined> {
  const order: readonly { readonly name: EngineName; readonly gpu?: true }[] = [
    ...(mayHaveGpu() ? [{ name: 'tensorflow', gpu: true } as const] : []),
    { name: 'onnx' },
    { name: 'tensorflow' },
    { name: 'wasm' },
  ];
  for (const { name, gpu } of order) {
    const engine = await open(name);
    const { available, device } = await engine.status();
    if (available && (gpu === undefined || isGpu(device))) return engine;
  }
  return undefined;
}
