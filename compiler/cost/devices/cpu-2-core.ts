import type { Device } from './device.ts';

/** A small rented machine: two cores with AVX-512, as continuous integration has. */
export const cpu2Core: Device = {
  title: 'two cores of a server CPU with AVX-512',
  matmul: { f32: 275e9 },
  vector: 20e9,
  bandwidth: 20e9,
  source:
    'no data sheet: products as ONNX Runtime 1.30 ran them on two Sapphire Rapids cores, a triad through memory on two cores of a shared server; the rate of the rest is a guess that moving its operands hides',
};
