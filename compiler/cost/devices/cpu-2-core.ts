import type { Device } from './device.ts';

/** A small rented machine: two cores with AVX-512, as continuous integration has. */
export const cpu2Core: Device = {
  title: 'two cores of a server CPU with AVX-512',
  matmul: { f32: 275e9 },
  vector: 20e9,
  bandwidth: 20e9,
  source:
    'no data sheet: 270 to 280 GFLOPs a second by the sgemm of `ditc engines --measure` (ONNX Runtime 1.30, two quiet Sapphire Rapids cores), and a triad through memory; what other ops compute is a guess that moving their operands hides',
};
