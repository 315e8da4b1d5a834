/** A lock as it was written, or why the text is none. */
import { z } from 'zod';
import type { Lock } from './lock.ts';

const flat = z.record(z.string(), z.string());

const schema = z.strictObject({
  lock: z.literal(1),
  ditc: z.string(),
  grid: z.string(),
  lines: z.array(z.string()).optional(),
  base: flat,
  recipe: flat,
  values: flat,
  declarations: flat,
  points: z.array(
    z.strictObject({
      name: z.string(),
      digest: z.string(),
      params: z.number(),
      macs: z.number(),
      set: flat,
      model: z.string().optional(),
    }),
  ),
  rejected: z.number(),
  duplicates: z.number(),
});

export function readLock(text: string): Lock | { readonly problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'it is no JSON' };
  }
  const version = (value as { readonly lock?: unknown } | null)?.lock;
  if (typeof version === 'number' && version > 1) return { problem: `it has the format ${version} of a later ditc` };
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const at = result.error.issues[0]?.path.join('.');
  return { problem: at ? `its \`${at}\` is not what a lock has there` : 'it is no lock of a plan' };
}
