/** What a device can do at best, from public data sheets: the numbers of a roofline (Williams, Waterman & Patterson 2009). */
export const PRECISIONS = ['f32', 'tf32', 'bf16'] as const;
/** `tf32`: matrix products in 19 bits, everything else as f32. `bf16`: two bytes an element throughout. */
export type Precision = (typeof PRECISIONS)[number];

export interface Device {
  /** for people */
  readonly title: string;
  /** FLOPs a second of dense matrix products; absent where the device has no such mode */
  readonly matmul: Readonly<Partial<Record<Precision, number>>>;
  /** FLOPs a second of everything else, in f32 */
  readonly vector: number;
  /** bytes a second from and to memory */
  readonly bandwidth: number;
  /** bytes; absent where it is the machine's */
  readonly memory?: number;
  /** where the numbers are from, and what is not in it */
  readonly source: string;
}

/** f32 where a mode is not named. */
export const bytesPerFloat = (precision: Precision): number => (precision === 'bf16' ? 2 : 4);
