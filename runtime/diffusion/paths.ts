/**
 * Paths between data and noise, Ma 2024 (SiT) §2.1 and appendix A. `u` is the share of noise: 0 is x_0, 1 is noise; derivatives are
 * along u. The schedule says which way its own time runs.
 */
import type { Level } from './level.ts';

export type PathName = 'linear' | 'gvp' | 'vp';

/** a = 1 - u, b = u: rectified flow (Liu 2022) */
const linear = (u: number): Level => ({ a: 1 - u, b: u, da: -1, db: 1 });

/** a = cos(πu/2), b = sin(πu/2): Albergo & Vanden-Eijnden 2023 */
function gvp(u: number): Level {
  const angle = (Math.PI / 2) * u;
  const [a, b] = [Math.cos(angle), Math.sin(angle)];
  return { a, b, da: (-Math.PI / 2) * b, db: (Math.PI / 2) * a };
}

const BETA_MIN = 0.1;
const BETA_MAX = 20;

/** log a = -u²(β₁ - β₀)/4 - uβ₀/2, b² = 1 - a²: Song 2021 eq. 33. db grows without bound at u = 0 */
function vp(u: number): Level {
  const logA = -0.25 * u * u * (BETA_MAX - BETA_MIN) - 0.5 * u * BETA_MIN;
  const slope = -0.5 * u * (BETA_MAX - BETA_MIN) - 0.5 * BETA_MIN;
  const a = Math.exp(logA);
  const b = Math.sqrt(-Math.expm1(2 * logA));
  return { a, b, da: a * slope, db: (-a * a * slope) / b };
}

export interface Path {
  readonly level: (u: number) => Level;
  /** how near to x_0 training draws come, and sampling ends: the velocity of `vp` has no limit there */
  readonly trainMargin: number;
  readonly sampleMargin: number;
}

/** The margins are those of the reference code of SiT. */
export const PATHS: Readonly<Record<PathName, Path>> = {
  linear: { level: linear, trainMargin: 0, sampleMargin: 0 },
  gvp: { level: gvp, trainMargin: 0, sampleMargin: 0 },
  vp: { level: vp, trainMargin: 1e-5, sampleMargin: 1e-3 },
};
