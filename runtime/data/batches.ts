/**
 * Batches of training: which images, which of them mirrored, which of them without their label. Everything is keyed by
 * the seed, the step and a purpose, so batch number 7 is the same whether the run has just begun or was resumed there.
 */
import { createStream } from '../random/stream.ts';
import { type Result, succeed } from '../weights/problem.ts';
import { type Dataset, pixelsOf } from './dataset.ts';
import { createOrder } from './order.ts';

export interface BatchOptions {
  readonly seed: number;
  readonly batch: number;
  /** left-right, every other image on average */
  readonly flip?: boolean;
  /** the share of images that lose their label, and the label that says so */
  readonly dropLabel?: number;
  readonly nullLabel?: number;
}

export interface Batch {
  readonly step: number;
  /** places in the data */
  readonly places: Uint32Array;
  /** [N, H, W, C] */
  readonly images: Float32Array;
  /** after dropout */
  readonly labels: Int32Array;
  /** 1 where the label was dropped */
  readonly dropped: Uint8Array;
}

export interface Batches {
  readonly image: Dataset['image'];
  at(step: number): Promise<Result<Batch>>;
}

/** Below what share of 1 a uniform number falls, one an image. */
function chosen(options: BatchOptions, purpose: string, step: number, share: number): Uint8Array {
  const draws = new Float32Array(options.batch);
  createStream(options.seed, purpose, step).fillUniform(draws);
  return Uint8Array.from(draws, (draw) => (draw < share ? 1 : 0));
}

function mirror(images: Float32Array, at: number, [height, width, channels]: Dataset['image']): void {
  for (let row = 0; row < height; row++) {
    for (let left = 0, right = width - 1; left < right; left++, right--) {
      for (let channel = 0; channel < channels; channel++) {
        const a = at + (row * width + left) * channels + channel;
        const b = at + (row * width + right) * channels + channel;
        const held = images[a]!;
        images[a] = images[b]!;
        images[b] = held;
      }
    }
  }
}

export function createBatches(dataset: Dataset, options: BatchOptions): Batches {
  const { seed, batch, flip = false, dropLabel = 0, nullLabel } = options;
  if (dropLabel > 0 && nullLabel === undefined) throw new Error('labels are dropped, and no label says so');
  const order = createOrder(seed, dataset.size);
  const count = pixelsOf(dataset);
  return {
    image: dataset.image,
    async at(step) {
      const places = order.places(step * batch, batch);
      const read = await dataset.read(places);
      if (!read.ok) return read;
      const { images } = read.value;
      if (flip) {
        const flipped = chosen(options, 'flip', step, 0.5);
        for (let i = 0; i < batch; i++) if (flipped[i]) mirror(images, i * count, dataset.image);
      }
      const dropped = dropLabel > 0 ? chosen(options, 'drop', step, dropLabel) : new Uint8Array(batch);
      const labels = read.value.labels.map((label, i) => (dropped[i] ? nullLabel! : label));
      return succeed({ step, places, images, labels, dropped });
    },
  };
}
