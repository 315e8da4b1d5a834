import type { Device } from './device.ts';

export const a100: Device = {
  title: 'NVIDIA A100 SXM4 80 GB',
  matmul: { f32: 19.5e12, tf32: 156e12, bf16: 312e12 },
  vector: 19.5e12,
  bandwidth: 2.039e12,
  memory: 80e9,
  source: 'NVIDIA A100 Tensor Core GPU data sheet (r4), column A100 80GB SXM: rates without sparsity, 2,039 GB/s',
};
