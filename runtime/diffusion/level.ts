/**
 * A noise level: x_t = a x_0 + b noise. All that samplers and losses need of a schedule follows from levels, so a
 * discrete process, a flow, and either of them respaced are one case.
 */
export interface Level {
  readonly a: number;
  readonly b: number;
  /** derivatives along the time of the schedule: the velocity of the path is da x_0 + db noise */
  readonly da: number;
  readonly db: number;
}

/**
 * A level of a variance-preserving process, a² + b² = 1. Its time is the angle φ, a = cos φ and b = sin φ, so that the
 * velocity, -b x_0 + a noise, is the v of Salimans & Ho 2022.
 */
export function preserving(alphaBar: number): Level {
  const a = Math.sqrt(alphaBar);
  const b = Math.sqrt(1 - alphaBar);
  return { a, b, da: -b, db: a };
}

/** x_0 itself */
export const CLEAN: Level = preserving(1);

/** λ = log(a / b), half the logarithm of the signal-to-noise ratio */
export const logRatio = ({ a, b }: Level): number => Math.log(a) - Math.log(b);

/** q(x_s | x_t, x_0) for s before t: a normal with mean p0 x_0 + pt x_t. */
export interface Posterior {
  readonly p0: number;
  readonly pt: number;
  readonly variance: number;
  /** of the step from s to t, σ²(t|s) = b_t² - (a_t / a_s)² b_s²; β_t where t follows on s */
  readonly stepVariance: number;
}

/** Kingma 2021 appendix A; for a² + b² = 1 it is Ho 2020 eq. 7. */
export function posterior(t: Level, s: Level): Posterior {
  const ratio = t.a / s.a;
  const whole = t.b * t.b;
  const stepVariance = whole - ratio * ratio * s.b * s.b;
  return {
    p0: (s.a * stepVariance) / whole,
    pt: (ratio * s.b * s.b) / whole,
    variance: (stepVariance * s.b * s.b) / whole,
    stepVariance,
  };
}

/** log of a variance; nothing counts as 1e-20, as in diffusers, so that the logarithm stays a number. */
export const logVariance = (variance: number): number => Math.log(Math.max(1e-20, variance));
