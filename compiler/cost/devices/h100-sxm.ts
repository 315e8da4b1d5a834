import type { Device } from './device.ts';

export const h100Sxm: Device = {
  title: 'NVIDIA H100 SXM5 80 GB',
  matmul: { f32: 66.9e12, tf32: 494.7e12, bf16: 989.4e12 },
  vector: 66.9e12,
  bandwidth: 3.35e12,
  memory: 80e9,
  source:
    'NVIDIA H100 Tensor Core GPU Architecture whitepaper, peak rates of H100 SXM5 without sparsity (the data sheet rounds and doubles them: 67, 989, 1979); NVIDIA H100 data sheet: 80 GB, 3.35 TB/s',
};
