/**
 * How strong classifier-free guidance is at each time of sampling. Times are shares of the schedule's own time, t / T or
 * t, so that an interval means what the code that a spec follows means by it.
 */
import { z } from 'zod';

export const guidanceSchema = z.strictObject({
  /** 1 is no guidance: the conditional prediction alone */
  scale: z.number().min(0).default(1),
  /** guided where from ≤ t < to (Kynkäänniemi 2024); 1 elsewhere */
  from: z.number().min(0).max(1).default(0),
  to: z.number().min(0).max(1).optional(),
  /** MDT: the scale rises from 1 at t = 1 to `scale` at t = 0 */
  power: z.number().positive().optional(),
  /** the first channels that are guided; all when left out. The official DiT guides 3, whatever there are */
  channels: z.int().positive().optional(),
});

export type Guidance = z.output<typeof guidanceSchema>;

/** Gao 2023 (MDT), code: 1 + (scale - 1) (1 - cos(π (1 - t)^power)) / 2 */
const powerCosine = (scale: number, power: number, t: number): number =>
  1 + (scale - 1) * 0.5 * (1 - Math.cos(Math.PI * (1 - t) ** power));

export function guidanceScale({ scale, from, to, power }: Guidance, t: number): number {
  if (t < from || (to !== undefined && t >= to)) return 1;
  return power === undefined ? scale : powerCosine(scale, power, t);
}
