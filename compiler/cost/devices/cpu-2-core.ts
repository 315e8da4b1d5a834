import type { Device } from './device.ts';

/** A small rented machine: two cores with AVX-512, as continuous integration has. */
export const cpu2Core: Device = {
  title: 'two cores of a server CPU with AVX-512',
  matmul: { f32: 275e9 },
  vector: 20e9,
  bandwidth: 10e9,
  source:
    'measured, no data sheet: matrix products of ONNX Runtime 1.30 on two Sapphire Rapids cores; a triad through memory; elementwise passes by what moving them allows',
};
