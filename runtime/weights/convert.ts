/** A file of weights of either format, written as safetensors: renamed, stripped of a prefix, in another float dtype. */
import type { Written } from './file-writer.ts';
import { fail, type Result, showName, succeed } from './problem.ts';
import { type Renaming, renamed } from './renaming.ts';
import { type Entry, writeSafetensors } from './safetensors.ts';
import { type StoredDtype, storedAs } from './stored-dtype.ts';
import type { TensorFile } from './tensor-file.ts';

export const FLOAT_DTYPES = ['F64', 'F32', 'F16', 'BF16'] as const;

export interface Conversion {
  readonly renaming?: Renaming;
  /** of all floats; else each keeps its own (8-bit floats become BF16, which holds them exactly) */
  readonly floats?: (typeof FLOAT_DTYPES)[number];
}

export interface Converted extends Written {
  readonly tensors: number;
  /** names without the prefix, left out */
  readonly outside: readonly string[];
}

export async function convertWeights(
  file: TensorFile,
  path: string,
  { renaming = {}, floats }: Conversion = {},
): Promise<Result<Converted>> {
  const entries = new Map<string, Entry>();
  const outside: string[] = [];
  for (const [name, { dtype, shape }] of file.tensors) {
    const to = renamed(name, renaming);
    if (to === undefined) {
      outside.push(name);
      continue;
    }
    if (entries.has(to)) {
      const message = `becomes ${showName(to)}, which another tensor becomes too`;
      return fail({ kind: 'mismatch', file: file.file, tensor: name, message, remedy: 'rename fewer' });
    }
    entries.set(to, { name: to, dtype: target(dtype, floats), shape, read: () => file.read(name) });
  }
  if (entries.size === 0) {
    const message = outside.length > 0 ? 'has no tensor with this prefix' : 'has no tensors';
    return fail({ kind: 'missing', file: file.file, message, remedy: 'see its names with `ditc weights show`' });
  }
  const written = await writeSafetensors(path, entries.values(), file.metadata);
  return written.ok ? succeed({ ...written.value, tensors: entries.size, outside }) : written;
}

function target(dtype: StoredDtype, floats: Conversion['floats']): StoredDtype {
  const { dtype: kind, narrow } = storedAs(dtype);
  if (kind === 'f32' && floats !== undefined) return floats;
  return narrow === undefined ? 'BF16' : dtype;
}
