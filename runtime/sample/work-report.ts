/** What an image takes, and what running each stage of the model only as often as it must saves of it, for people and records. */
import type { Sampler } from './sampler.ts';

export interface WorkReport {
  /** rows that are conditioned in a step, and rows that the model sees */
  readonly conditions: number;
  readonly rows: number;
  /** of an image, all evaluations, guidance included */
  readonly macs: number;
  /** of what the whole model would take for every row of every step */
  readonly macs_saved: number;
}

export function reportWork({ work, conditions, evaluations, guided, batch }: Sampler): WorkReport {
  const perImage = guided ? 2 : 1;
  const times = evaluations * perImage;
  return {
    conditions,
    rows: batch * perImage,
    macs: Math.round(work.staged * times),
    macs_saved: Math.round((work.whole - work.staged) * times),
  };
}

/** `conditioning for 11 of 80 rows: 3.4 % of the MACs saved` */
export const showWork = ({ conditions, rows, macs, macs_saved }: WorkReport): string =>
  `conditioning for ${conditions} of ${rows} rows: ${((100 * macs_saved) / (macs + macs_saved)).toPrecision(2)} % of the MACs saved`;
