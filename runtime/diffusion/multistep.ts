/**
 * Weights of the samplers that remember: DPM-Solver++(2M) (Lu 2022 alg. 2) and UniPC-2 with B(h) = e^h - 1 (Zhao 2023),
 * both as diffusers runs them, with x_0 predicted. They go along λ = log(a / b); h is the λ gained by a step. At pure
 * noise λ is -∞ and at x_0 it is ∞: the weights below stay finite there.
 */
import { type Level, logRatio } from './level.ts';

/** Of x_t, of this x_0 and of the one before. */
export interface PredictorWeights {
  readonly kx: number;
  readonly k0: number;
  readonly k1: number;
}

/** x_s = b_s / b_t x_t + a_s (1 - e^-h) (x_0 + h / 2h′ (x_0 - x_0 before)); without `before`, the first order of it. */
export function predictorWeights(from: Level, to: Level, before: Level | undefined): PredictorWeights {
  if (to.b === 0) return { kx: 0, k0: to.a, k1: 0 };
  const lambda = logRatio(from);
  const h = logRatio(to) - lambda;
  const gain = -to.a * Math.expm1(-h);
  const slope = before === undefined ? 0 : (0.5 * h) / (lambda - logRatio(before));
  return { kx: to.b / from.b, k0: gain * (1 + slope), k1: -gain * slope };
}

/** Of x_t as it was reached, of the corrected x where the step began, and of x_0 here, one and two steps before. */
export interface CorrectorWeights {
  readonly cn: number;
  readonly cx: number;
  readonly c0: number;
  readonly c1: number;
  readonly c2: number;
}

/**
 * The step that led to `here` from `before` is made again, now that x_0 is known at its end. With D₀ = x_0 here, D₁ before
 * and D₂ two steps before, r = (λ_2 - λ_1) / h and the ρ of Zhao 2023 (ρ₁ + ρ₂ = g₁, r ρ₁ + ρ₂ = g₂):
 *     x = b / b_1 x_1 + a (1 - e^-h) (D₁ + ρ₁ (D₂ - D₁) / r + ρ₂ (D₀ - D₁))
 * and for a step of the first order ρ₁ = 0, ρ₂ = 1/2.
 */
export function correctorWeights(here: Level, before: Level | undefined, older: Level | undefined): CorrectorWeights {
  if (before === undefined) return { cn: 1, cx: 0, c0: 0, c1: 0, c2: 0 };
  const lambda = logRatio(before);
  const h = logRatio(here) - lambda;
  const decay = Math.expm1(-h);
  const gain = -here.a * decay;
  let r = 1;
  let rho1 = 0;
  let rho2 = 0.5;
  if (older !== undefined) {
    r = (logRatio(older) - lambda) / h;
    const phi1 = decay / -h - 1;
    const phi2 = phi1 / -h - 0.5;
    const g1 = phi1 / decay;
    const g2 = (2 * phi2) / decay;
    rho1 = (g2 - g1) / (r - 1);
    rho2 = g1 - rho1;
  }
  return { cn: 0, cx: here.b / before.b, c0: gain * rho2, c1: gain * (1 - rho1 / r - rho2), c2: gain * (rho1 / r) };
}
