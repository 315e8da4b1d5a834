/** What attributes are made of. Objects are strict: an unknown attribute is an error. */
import { z } from 'zod';
import type { Dim } from '../ir/type.ts';

const LARGEST = Number.MAX_SAFE_INTEGER;

/** 0, 1, 2 … : an axis, a start, a padding */
export const count = z.int().min(0).max(LARGEST);
/** 1, 2, 3 … : a size, a stride */
export const size = z.int().min(1).max(LARGEST);
export const epsilon = z.number().min(0).max(1);

/** Sizes of names of a pattern; multiples of N among them. */
export const sizes: z.ZodType<Readonly<Record<string, Dim>>> = z.record(
  z.string(),
  z.union([size, z.strictObject({ batch: size })]),
);

export const none: z.ZodType<Record<never, never>> = z.strictObject({});
