/**
 * The data that a path, or the word `mnist`, stands for. What is in a folder decides: idx files, fast-DiT's latents, or
 * images by class.
 */
import { statSync } from 'node:fs';
import { fail, type Result } from '../weights/problem.ts';
import { withSystem } from '../weights/system-problem.ts';
import type { Dataset } from './dataset.ts';
import { hasIdx, openIdxFolder, openMnist, type Split } from './idx-dataset.ts';
import { type ImageFolderOptions, openImageFolder } from './image-folder.ts';
import { openLatentArray } from './latent-array.ts';
import { latentFolders, openLatentFolder } from './latent-folder.ts';
import type { LatentOptions } from './stored-images.ts';

export interface DataOptions extends LatentOptions, ImageFolderOptions {
  /** of idx files; other data are what they are */
  readonly split?: Split;
}

export async function openDataset(where: string, options: DataOptions = {}): Promise<Result<Dataset>> {
  const { split = 'train' } = options;
  if (where === 'mnist') return openMnist(split);
  const isFolder = withSystem(where, () => statSync(where).isDirectory());
  if (!isFolder.ok) return isFolder;
  if (!isFolder.value) {
    if (/\.np[yz]$/.test(where)) return openLatentArray(where, options);
    const remedy = 'name a folder of images by class, a folder of idx files, or a .npz or .npy file';
    return fail({ kind: 'unsupported', file: where, message: 'is no data that is read here', remedy });
  }
  if (hasIdx(where)) return openIdxFolder(where, split);
  const folders = latentFolders(where);
  return folders === undefined ? openImageFolder(where, options) : openLatentFolder(where, folders, options);
}
