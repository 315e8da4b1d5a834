import type { Device } from './device.ts';

export const m3Max: Device = {
  title: 'Apple M3 Max, 40-core GPU',
  matmul: { f32: 14.1e12, bf16: 14.1e12 },
  vector: 14.1e12,
  bandwidth: 400e9,
  source:
    'Apple, MacBook Pro (16-inch, Nov 2023) technical specifications (support.apple.com/117737): 400 GB/s with 40 GPU cores. Apple publishes no clock and no FLOPs: 40 cores of 128 lanes, 2 FLOPs each at 1.38 GHz, which third parties report (some 1.40)',
};
