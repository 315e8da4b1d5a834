/**
 * A folder of images with a class for each of its sub-folders, in the order of their names, as torchvision's ImageFolder
 * has it. Images are decoded by sharp, turned upright, cut to the middle square and made `side` wide; without `side` all
 * must be of one size. What fits into `CACHE_BYTES` is decoded once.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fail, type Result, succeed } from '../weights/problem.ts';
import { withSystem } from '../weights/system-problem.ts';
import { type Dataset, LEVELS } from './dataset.ts';
import { digestFiles } from './digest.ts';

export interface ImageFolderOptions {
  readonly side?: number;
  /** 1 makes them grey */
  readonly channels?: 1 | 3;
}

const CACHE_BYTES = 2 ** 29;
const IMAGE = /\.(png|jpe?g|webp|gif|tiff?|avif)$/i;

interface Listed {
  readonly classes: readonly string[];
  readonly files: readonly string[];
  readonly labels: Int32Array;
}

const visible = (folder: string, kind: 'isDirectory' | 'isFile'): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry[kind]() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort((a, b) => (a < b ? -1 : 1));

function list(folder: string): Result<Listed> {
  return withSystem(folder, () => {
    const inside = visible(folder, 'isDirectory').map((name) => ({
      name,
      files: visible(path.join(folder, name), 'isFile').filter((file) => IMAGE.test(file)),
    }));
    const classes = inside.filter(({ files }) => files.length > 0);
    return {
      classes: classes.map(({ name }) => name),
      files: classes.flatMap(({ name, files }) => files.map((file) => path.join(name, file))),
      labels: Int32Array.from(classes.flatMap(({ files }, label) => files.map(() => label))),
    };
  });
}

export async function openImageFolder(folder: string, options: ImageFolderOptions = {}): Promise<Result<Dataset>> {
  const listed = list(folder);
  if (!listed.ok) return listed;
  const { classes, files, labels } = listed.value;
  if (files.length === 0) {
    const remedy = 'put the images of each class into a sub-folder of its own';
    return fail({ kind: 'missing', file: folder, message: 'has no sub-folder with images', remedy });
  }
  const { side, channels = 3 } = options;
  const decode = await decoder(folder, channels);
  if (!decode.ok) return decode;
  const first = await decode.value(files[0]!, side);
  if (!first.ok) return first;
  const { height, width } = first.value;
  const count = height * width * channels;
  const digest = digestFiles(folder, files);
  if (!digest.ok) return digest;

  const cached = files.length * count <= CACHE_BYTES ? new Map<number, Uint8Array>() : undefined;
  async function pixels(place: number): Promise<Result<Uint8Array>> {
    const known = cached?.get(place);
    if (known !== undefined) return succeed(known);
    if (!decode.ok) return decode;
    const decoded = await decode.value(files[place]!, side);
    if (!decoded.ok) return decoded;
    const { data } = decoded.value;
    if (decoded.value.height !== height || decoded.value.width !== width) {
      const message = `is ${decoded.value.width} x ${decoded.value.height}, and the first image ${width} x ${height}`;
      const file = path.join(folder, files[place]!);
      return fail({ kind: 'mismatch', file, message, remedy: 'say what size all should have: `size`' });
    }
    cached?.set(place, data);
    return succeed(data);
  }

  return succeed({
    name: path.basename(path.resolve(folder)),
    size: files.length,
    classes: classes.length,
    classNames: classes,
    image: [height, width, channels],
    digest: digest.value,
    async read(places) {
      const images = new Float32Array(places.length * count);
      const decoded = await Promise.all(Array.from(places, pixels));
      for (const [i, image] of decoded.entries()) {
        if (!image.ok) return image;
        for (let k = 0; k < count; k++) images[i * count + k] = LEVELS[image.value[k]!]!;
      }
      return succeed({ images, labels: Int32Array.from(places, (place) => labels[place]!) });
    },
    close() {},
  });
}

interface Decoded {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

type Decode = (file: string, side: number | undefined) => Promise<Result<Decoded>>;

async function decoder(folder: string, channels: 1 | 3): Promise<Result<Decode>> {
  const sharp = await import('sharp').then(
    (module) => module.default,
    () => undefined,
  );
  if (sharp === undefined)
    return fail({
      kind: 'missing',
      file: folder,
      message: 'images are decoded by the package sharp, which is not installed',
      remedy: 'npm install sharp',
    });
  return succeed(async (name, side) => {
    const file = path.join(folder, name);
    try {
      const image = sharp(file, { failOn: 'truncated' }).autoOrient();
      if (side !== undefined) image.resize(side, side, { fit: 'cover' });
      const { data, info } = await image
        .flatten({ background: '#fff' })
        .toColourspace(channels === 1 ? 'b-w' : 'srgb')
        .raw({ depth: 'uchar' })
        .toBuffer({ resolveWithObject: true });
      if (info.channels !== channels)
        return fail({
          kind: 'unsupported',
          file,
          message: `decodes to ${info.channels} channels, not ${channels}`,
          remedy: 'store it as RGB or grey',
        });
      return succeed({ data, width: info.width, height: info.height });
    } catch {
      return fail({
        kind: 'malformed',
        file,
        message: 'cannot be decoded as an image',
        remedy: 'remove it, or store it anew',
      });
    }
  });
}
