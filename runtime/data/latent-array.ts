/**
 * Images or latents in one array: a .npz with an array of images and one of labels (whatever their names), or a .npy,
 * which has no labels. Only what a batch needs is read.
 */
import path from 'node:path';
import { type FileSource, openFileSource } from '../weights/file-source.ts';
import { type Result, succeed } from '../weights/problem.ts';
import type { Dataset } from './dataset.ts';
import { digestFiles } from './digest.ts';
import { type NpyArray, openNpy } from './npy.ts';
import { openNpz } from './npz.ts';
import {
  classesOf,
  imageShape,
  type LatentOptions,
  layoutOf,
  mismatch,
  readImage,
  readLabels,
} from './stored-images.ts';

export async function openLatentArray(file: string, options: LatentOptions = {}): Promise<Result<Dataset>> {
  const source = openFileSource(file);
  if (!source.ok) return source;
  const dataset = await openFrom(source.value, options);
  if (!dataset.ok) source.value.close();
  return dataset;
}

async function arraysOf(source: FileSource): Promise<Result<readonly NpyArray[]>> {
  if (source.file.endsWith('.npz')) {
    const arrays = await openNpz(source);
    return arrays.ok ? succeed([...arrays.value.values()]) : arrays;
  }
  const array = openNpy(source);
  return array.ok ? succeed([array.value]) : array;
}

async function openFrom(source: FileSource, options: LatentOptions): Promise<Result<Dataset>> {
  const { file } = source;
  const arrays = await arraysOf(source);
  if (!arrays.ok) return arrays;
  const images = arrays.value.filter(({ shape }) => shape.length === 4);
  const labelled = arrays.value.filter(({ shape }) => shape.length === 1);
  const shapes = arrays.value.map(({ shape }) => `(${shape.join(', ')})`).join(', ') || 'none';
  if (images.length !== 1 || labelled.length > 1) {
    const message = `should hold one array of images, of 4 axes, and at most one of labels, of 1 axis; its arrays are ${shapes}`;
    return mismatch(file, message, 'save just these: numpy.savez(file, latents=x, labels=y)');
  }
  const array = images[0]!;
  const size = array.shape[0]!;
  const image = imageShape(array.shape, layoutOf(array, options));
  const count = image[0] * image[1] * image[2];
  if (size * count === 0) return mismatch(file, 'holds no image', 'name a file that does');
  if (labelled.length === 1 && labelled[0]!.shape[0] !== size)
    return mismatch(file, `holds ${labelled[0]!.shape[0]} labels for ${size} images`, 'save one label an image');

  const labels = labelled.length === 1 ? readLabels(labelled[0]!, size) : succeed(undefined);
  if (!labels.ok) return labels;
  const classes = labels.value === undefined ? succeed(0) : classesOf(file, labels.value, options);
  if (!classes.ok) return classes;
  const digest = digestFiles(path.dirname(file), [path.basename(file)]);
  if (!digest.ok) return digest;
  return succeed({
    name: path.basename(file),
    size,
    classes: classes.value,
    image,
    digest: digest.value,
    async read(places) {
      const images = new Float32Array(places.length * count);
      for (let i = 0; i < places.length; i++) {
        const problem = readImage(array, places[i]!, options, images, i * count);
        if (problem) return { ok: false, problem };
      }
      return succeed({ images, labels: Int32Array.from(places, (place) => labels.value?.[place] ?? 0) });
    },
    close: () => source.close(),
  });
}
