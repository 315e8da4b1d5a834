/**
 * In what order images are taken: each epoch is a permutation of all of them, of a stream of its own, and one follows on
 * the other without a gap. So which images a step takes follows from the seed and the step alone.
 */
import { createStream } from '../random/stream.ts';

export interface Order {
  /** the places of `count` images from position `from` on, position 0 being the first image of the first epoch */
  places(from: number, count: number): Uint32Array;
}

/** Epochs whose permutations are kept: a batch can lie in two. */
const KEPT = 2;

export function createOrder(seed: number, size: number): Order {
  const epochs = new Map<number, Uint32Array>();
  function epoch(number: number): Uint32Array {
    let order = epochs.get(number);
    if (order === undefined) {
      order = createStream(seed, 'order', number).permutation(size);
      for (const old of epochs.keys()) if (epochs.size >= KEPT) epochs.delete(old);
      epochs.set(number, order);
    }
    return order;
  }
  return {
    places: (from, count) =>
      Uint32Array.from({ length: count }, (_, i) => epoch(Math.floor((from + i) / size))[(from + i) % size]!),
  };
}
