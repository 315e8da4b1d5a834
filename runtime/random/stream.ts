/**
 * Streams of random numbers. A stream is named by a seed, a step and a purpose ("noise", "timestep", "init/" and the path
 * of a weight), and those alone decide its numbers: what else is drawn, and in what order, changes nothing. Numbers are
 * made on the host, and are the same on every machine and engine.
 *
 * The key of the generator is the seed; its counter is (block, step, hash of the purpose in 64 bits), so a stream has 2³⁴
 * words. Words are used in order; a `fill` takes what it needs, two fills of an even length are one fill of both.
 */
import { fillNormals } from './box-muller.ts';
import { type Counter, fillWords, type Key, philox, STEP } from './philox.ts';

export interface Stream {
  /** 32 random bits */
  word(): number;
  /** in [0, 1), in steps of 2⁻⁵³ */
  uniform(): number;
  /** in 0 … below - 1, all equally likely; `below` is at most 2³² */
  integer(below: number): number;
  /** in [0, 1), in steps of 2⁻²⁴: each is exact in float32 */
  fillUniform(into: Float32Array): void;
  /** of mean 0 and variance 1; from two words, two numbers */
  fillNormal(into: Float32Array | Float64Array): void;
  fillIntegers(into: Int32Array | Uint32Array, below: number): void;
  /** 0 … count - 1 in random order */
  permutation(count: number): Uint32Array;
}

/** Words made at once: they stay in the nearest cache. */
const MOST_AHEAD = 4096;

/** 64 bits of a text: its UTF-8 bytes go through the generator, 16 at a time, each result the key of the next. */
export function purposeHash(purpose: string): Key {
  const bytes = new TextEncoder().encode(purpose);
  const padded = new Uint8Array(Math.ceil(bytes.length / 16) * 16);
  padded.set(bytes);
  const words = new DataView(padded.buffer);
  let key: Key = [bytes.length, 0x64697463];
  for (let at = 0; at < padded.length; at += 16) {
    const counter = [0, 4, 8, 12].map((offset) => words.getUint32(at + offset, true));
    const [low, high] = philox(key, counter as unknown as Counter);
    key = [low!, high!];
  }
  return key;
}

/** `seed` is an integer from 0 to 2⁵³ - 1, `step` one from 0 to 2³² - 1. */
export function createStream(seed: number, purpose: string, step = 0): Stream {
  if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError(`seed ${seed}`);
  if (step >>> 0 !== step) throw new RangeError(`step ${step}`);
  const key: Key = [seed >>> 0, Math.floor(seed / 2 ** 32)];
  const [low, high] = purposeHash(purpose);
  let words = new Uint32Array(0);
  let at = 0;
  let block = 0;

  /** makes words ahead, for `wanted` more, when there are none left */
  function refill(wanted: number): void {
    const length = Math.min(MOST_AHEAD, Math.ceil(wanted / STEP) * STEP);
    if (words.length !== length) words = new Uint32Array(length);
    fillWords(words, key, [block, step, low, high]);
    block += length / 4;
    at = 0;
  }

  /** hands the words over, in order, in runs of what is there */
  function take(count: number, use: (from: number, run: number, done: number) => void): void {
    for (let done = 0; done < count; ) {
      if (at === words.length) refill(count - done);
      const run = Math.min(count - done, words.length - at);
      use(at, run, done);
      at += run;
      done += run;
    }
  }

  function word(): number {
    if (at === words.length) refill(Math.max(STEP, 2 * words.length));
    return words[at++]!;
  }

  function integer(below: number): number {
    if (!(below >= 1 && below <= 2 ** 32)) throw new RangeError(`below ${below}`);
    // words from here on would favour the small numbers
    const limit = 2 ** 32 - (2 ** 32 % below);
    let drawn = word();
    while (drawn >= limit) drawn = word();
    return drawn % below;
  }

  return {
    word,
    uniform() {
      const upper = word() >>> 5;
      return (upper * 2 ** 26 + (word() >>> 6)) * 2 ** -53;
    },
    integer,
    fillUniform(into) {
      take(into.length, (from, run, done) => {
        for (let i = 0; i < run; i++) into[done + i] = (words[from + i]! >>> 8) * 2 ** -24;
      });
    },
    fillNormal(into) {
      // a pair of words must not be split between two runs
      if (at % 2 === 1) at++;
      const even = into.length - (into.length % 2);
      take(even, (from, run, done) => fillNormals(into, done, words, from, run));
      if (even === into.length) return;
      const last = new Float64Array(2);
      take(2, (from) => fillNormals(last, 0, words, from, 2));
      into[even] = last[0]!;
    },
    fillIntegers(into, below) {
      for (let i = 0; i < into.length; i++) into[i] = integer(below);
    },
    permutation(count) {
      // Fisher & Yates, from the end
      const order = Uint32Array.from({ length: count }, (_, i) => i);
      for (let last = count - 1; last > 0; last--) {
        const other = integer(last + 1);
        const held = order[last]!;
        order[last] = order[other]!;
        order[other] = held;
      }
      return order;
    },
  };
}
