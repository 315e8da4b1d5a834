/** What is timed: a preset, and the same sizes for the peer. */
export type Kind = 'forward' | 'train' | 'loop';

export interface Subject {
  readonly file: string;
  readonly preset: string;
  readonly kinds: readonly Kind[];
  readonly sizes: Readonly<
    Record<'width' | 'depth' | 'heads' | 'patch' | 'side' | 'channels' | 'classes' | 'batch', number>
  >;
}

export const SUBJECTS: readonly Subject[] = [
  {
    file: 'dit.dit',
    preset: 'DiT-S/2',
    kinds: ['forward', 'train'],
    sizes: { width: 384, depth: 12, heads: 6, patch: 2, side: 32, channels: 4, classes: 1000, batch: 8 },
  },
  {
    file: 'mnist.dit',
    preset: 'mnist',
    kinds: ['forward', 'train', 'loop'],
    sizes: { width: 128, depth: 4, heads: 4, patch: 4, side: 28, channels: 1, classes: 10, batch: 128 },
  },
];

/** Steps of a loop that are timed together. */
export const LOOP_STEPS = 10;

/** What a child is told: one line of JSON. */
export interface Task {
  readonly engine: string;
  readonly file: string;
  readonly preset: string;
  readonly kind: Kind | 'sgemm';
  readonly batch: number;
  readonly threads: number;
}
