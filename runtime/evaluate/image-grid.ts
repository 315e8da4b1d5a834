/** Images side by side in one PNG. */
import { encode } from 'fast-png';

export interface GridOptions {
  readonly columns: number;
  /** between images, in pixels of the result */
  readonly gap?: number;
  /** how wide a pixel of an image becomes */
  readonly zoom?: number;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/** -1 is 0, 1 is 255; what is beyond is cut off, and what is no number is black. */
export const levelOf = (value: number): number => Math.min(255, Math.max(0, Math.round((value + 1) * 127.5))) || 0;

/** Images [n, H, W, C] in [-1, 1], row by row; C is 1 or 3. Gaps and empty places are white. */
export function imageGrid(
  images: Float32Array,
  [height, width, channels]: readonly [number, number, number],
  { columns, gap = 2, zoom = 1 }: GridOptions,
): Picture {
  if (channels !== 1 && channels !== 3) throw new Error(`images of ${channels} channels cannot be shown: decode them`);
  const count = images.length / (height * width * channels);
  const rows = Math.ceil(count / columns);
  const wide = columns * (width * zoom + gap) - gap;
  const high = rows * (height * zoom + gap) - gap;
  const data = new Uint8Array(wide * high * channels).fill(255);
  for (let image = 0; image < count; image++) {
    const left = (image % columns) * (width * zoom + gap);
    const top = Math.floor(image / columns) * (height * zoom + gap);
    for (let y = 0; y < height * zoom; y++) {
      for (let x = 0; x < width * zoom; x++) {
        const from = ((image * height + Math.floor(y / zoom)) * width + Math.floor(x / zoom)) * channels;
        const to = ((top + y) * wide + left + x) * channels;
        for (let c = 0; c < channels; c++) data[to + c] = levelOf(images[from + c]!);
      }
    }
  }
  return { width: wide, height: high, channels, data };
}

export const encodePng = ({ width, height, channels, data }: Picture): Uint8Array =>
  encode({ width, height, channels, depth: 8, data });
