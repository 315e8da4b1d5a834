import type { Device } from './device.ts';

export const rtx4090: Device = {
  title: 'NVIDIA GeForce RTX 4090',
  matmul: { f32: 82.6e12, tf32: 82.6e12, bf16: 165.2e12 },
  vector: 82.6e12,
  bandwidth: 1.008e12,
  memory: 24e9,
  source:
    'NVIDIA Ada GPU Architecture whitepaper (V2.01), appendix A: rates without sparsity, sums in f32, at the boost clock of 2520 MHz; 1008 GB/s',
};
