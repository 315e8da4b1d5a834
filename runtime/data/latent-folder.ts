/**
 * Latents as fast-DiT stores them: a folder `…_features` and a folder `…_labels`, in both a file `0.npy`, `1.npy` … for
 * each image, [1, C, H, W] and [1].
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { openFileSource } from '../weights/file-source.ts';
import { type Problem, type Result, succeed } from '../weights/problem.ts';
import { withSystem } from '../weights/system-problem.ts';
import type { Dataset } from './dataset.ts';
import { digestFiles } from './digest.ts';
import { type NpyArray, openNpy } from './npy.ts';
import {
  classesOf,
  imageShape,
  type LatentOptions,
  layoutOf,
  mismatch,
  readImage,
  readLabels,
} from './stored-images.ts';

interface Folders {
  readonly features: string;
  readonly labels: string;
}

/** The two folders inside a folder, if it is one of that kind. */
export function latentFolders(folder: string): Folders | undefined {
  const names = withSystem(folder, () => readdirSync(folder));
  if (!names.ok) return undefined;
  const of = (ending: string): string[] => names.value.filter((name) => name.endsWith(ending)).sort();
  const [features, labels] = [of('_features'), of('_labels')];
  return features.length === 1 && labels.length === 1 ? { features: features[0]!, labels: labels[0]! } : undefined;
}

/** What `use` makes of a file that is open only as long as that. */
function withArray<T>(file: string, use: (array: NpyArray) => Result<T>): Result<T> {
  const source = openFileSource(file);
  if (!source.ok) return source;
  try {
    const array = openNpy(source.value);
    return array.ok ? use(array.value) : array;
  } finally {
    source.value.close();
  }
}

const number = (name: string): number => Number.parseInt(name, 10);

export function openLatentFolder(folder: string, folders: Folders, options: LatentOptions = {}): Result<Dataset> {
  const listed = withSystem(folder, () =>
    readdirSync(path.join(folder, folders.features))
      .filter((name) => /^\d{1,12}\.npy$/.test(name))
      .sort((a, b) => number(a) - number(b)),
  );
  if (!listed.ok) return listed;
  const names = listed.value;
  const feature = (place: number): string => path.join(folder, folders.features, names[place]!);
  const labelFile = (place: number): string => path.join(folder, folders.labels, names[place]!);
  if (names.length === 0)
    return mismatch(path.join(folder, folders.features), 'holds no 0.npy, 1.npy …', 'name a folder that does');

  const labelAt = (place: number): Result<Int32Array> =>
    withArray(labelFile(place), (array) => {
      if (array.shape.reduce((product, size) => product * size, 1) !== 1)
        return mismatch(
          labelFile(place),
          `holds (${array.shape.join(', ')}) labels, not one`,
          'store one label a file',
        );
      return readLabels(array, 1);
    });
  const first = withArray(feature(0), (array) => succeed({ shape: array.shape, layout: layoutOf(array, options) }));
  if (!first.ok) return first;
  const { shape, layout } = first.value;
  const image = imageShape(shape, layout);
  const count = image.reduce((product, size) => product * size, 1);
  if (!(shape.length === 3 || (shape.length === 4 && shape[0] === 1)) || count === 0)
    return mismatch(
      feature(0),
      `holds (${shape.join(', ')}) numbers, not one latent`,
      'store one latent a file, [1, C, H, W]',
    );

  const known = new Map<number, number>();
  let classes = options.classes;
  if (classes === undefined) {
    for (let place = 0; place < names.length; place++) {
      const label = labelAt(place);
      if (!label.ok) return label;
      known.set(place, label.value[0]!);
    }
    classes = [...known.values()].reduce((most, label) => Math.max(most, label), 0) + 1;
  }
  const digest = digestFiles(
    folder,
    names.flatMap((name) => [path.join(folders.features, name), path.join(folders.labels, name)]),
  );
  if (!digest.ok) return digest;

  function readOne(place: number, images: Float32Array, at: number): Problem | undefined {
    const result = withArray(feature(place), (array) => {
      if (array.shape.join() !== shape.join())
        return mismatch(
          feature(place),
          `is (${array.shape.join(', ')}), and the first (${shape.join(', ')})`,
          'store latents of one size',
        );
      const problem = readImage(array, 0, options, images, at);
      return problem ? { ok: false, problem } : succeed(undefined);
    });
    return result.ok ? undefined : result.problem;
  }

  return succeed({
    name: path.basename(path.resolve(folder)),
    size: names.length,
    classes,
    image,
    digest: digest.value,
    async read(places) {
      const images = new Float32Array(places.length * count);
      const labels = new Int32Array(places.length);
      for (let i = 0; i < places.length; i++) {
        const place = places[i]!;
        const problem = readOne(place, images, i * count);
        if (problem) return { ok: false, problem };
        const label = known.has(place) ? succeed(Int32Array.of(known.get(place)!)) : labelAt(place);
        if (!label.ok) return label;
        const among = classesOf(labelFile(place), label.value, { classes });
        if (!among.ok) return among;
        labels[i] = label.value[0]!;
      }
      return succeed({ images, labels });
    },
    close() {},
  });
}
