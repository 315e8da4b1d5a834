/** The devices that `--device` names. */
import { a100 } from './a100-80gb.ts';
import { cpu2Core } from './cpu-2-core.ts';
import type { Device } from './device.ts';
import { h100Sxm } from './h100-sxm.ts';
import { m3Max } from './m3-max.ts';
import { rtx4090 } from './rtx-4090.ts';

export const DEVICES = {
  'h100-sxm': h100Sxm,
  'a100-80gb': a100,
  'rtx-4090': rtx4090,
  'm3-max': m3Max,
  'cpu-2-core': cpu2Core,
} as const satisfies Readonly<Record<string, Device>>;

export type DeviceName = keyof typeof DEVICES;
export const DEVICE_NAMES = Object.keys(DEVICES) as readonly DeviceName[];
