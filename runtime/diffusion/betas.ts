/** Variances of the steps of a discrete process, β_t for t = 0 .. T-1, and what is left of the signal after them. */

export interface LinearBetas {
  readonly steps: number;
  readonly from: number;
  readonly to: number;
}

/** n values from `from` to `to`, both included */
export function linspace(from: number, to: number, n: number): Float64Array {
  const step = n > 1 ? (to - from) / (n - 1) : 0;
  const values = Float64Array.from({ length: n }, (_, i) => from + i * step);
  if (n > 1) values[n - 1] = to;
  return values;
}

/** Ho 2020 §4: evenly from `from` to `to`. */
export const linearBetas = ({ steps, from, to }: LinearBetas): Float64Array => linspace(from, to, steps);

/** Latent diffusion (Rombach 2022, code): the roots are evenly spaced. */
export const scaledLinearBetas = ({ steps, from, to }: LinearBetas): Float64Array =>
  linspace(Math.sqrt(from), Math.sqrt(to), steps).map((root) => root * root);

/** Nichol & Dhariwal 2021 eq. 17: ᾱ(u) = cos²((u + s) / (1 + s) · π/2), β capped at `most`. */
export function cosineBetas({ steps, offset = 0.008, most = 0.999 }: CosineBetas): Float64Array {
  const alphaBar = (u: number): number => Math.cos((((u + offset) / (1 + offset)) * Math.PI) / 2) ** 2;
  return Float64Array.from({ length: steps }, (_, t) =>
    Math.min(1 - alphaBar((t + 1) / steps) / alphaBar(t / steps), most),
  );
}

export interface CosineBetas {
  readonly steps: number;
  readonly offset?: number;
  readonly most?: number;
}

/** ᾱ_t = Π_{s ≤ t} (1 - β_s) */
export function alphaBars(betas: Float64Array): Float64Array {
  let product = 1;
  return betas.map((beta) => (product *= 1 - beta));
}
