import type { Device } from './device.ts';

export const m3Max: Device = {
  title: 'Apple M3 Max, 40-core GPU',
  matmul: { f32: 14.1e12, bf16: 14.1e12 },
  vector: 14.1e12,
  bandwidth: 400e9,
  source:
    'bandwidth: Apple, MacBook Pro (M3 Max) technical specifications; Apple publishes no FLOPs: 40 cores of 128 lanes, 2 FLOPs each at about 1.38 GHz',
};
