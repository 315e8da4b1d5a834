/** Random choices that a seed repeats (mulberry32). */
export interface Random {
  /** an int from 0 up to, without, `end` */
  readonly below: (end: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <T>(from: readonly T[]) => T;
  /** `make` called a random number of times, at most `most` */
  readonly some: <T>(most: number, make: () => T, least?: number) => T[];
}

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (end: number) => Math.floor(next() * end);
  return {
    below,
    chance: (probability) => next() < probability,
    pick: (from) => from[below(from.length)]!,
    some: (most, make, least = 0) => Array.from({ length: least + below(most - least + 1) }, make),
  };
}
