/**
 * Images with labels, whatever they are stored as. Numbers come out as the network sees them: pixels in [-1, 1], latents
 * shifted and scaled as declared; rows are [H, W, C]. Opening checks what can be checked without reading everything;
 * what is found wrong later is a problem of the read that finds it.
 */
import type { Result } from '../weights/problem.ts';

export interface Examples {
  /** [n, H, W, C], row-major */
  readonly images: Float32Array;
  /** 0 .. classes-1, one an image; zeros where there are no classes */
  readonly labels: Int32Array;
}

export interface Dataset {
  /** for people */
  readonly name: string;
  readonly size: number;
  /** 0 where images have no labels */
  readonly classes: number;
  /** of the classes, where they have names */
  readonly classNames?: readonly string[];
  /** [H, W, C] */
  readonly image: readonly [number, number, number];
  /** of what is stored, see `digest.ts` */
  readonly digest: string;
  /** the images at these places, in this order; places are 0 .. size-1 */
  read(places: ArrayLike<number>): Promise<Result<Examples>>;
  close(): void;
}

export const pixelsOf = ({ image }: Pick<Dataset, 'image'>): number => image[0] * image[1] * image[2];

/** An 8-bit level as a number in [-1, 1]: 0 is -1, 255 is 1. */
export const LEVELS = Float32Array.from({ length: 256 }, (_, level) => level / 127.5 - 1);
