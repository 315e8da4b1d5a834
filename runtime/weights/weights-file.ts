/** A file of weights of either format, told apart by its first bytes. */
import { openFileSource } from './file-source.ts';
import { fail, type Result } from './problem.ts';
import { readSafetensors } from './safetensors-source.ts';
import type { TensorFile } from './tensor-file.ts';
import { readTorch, type TorchFile } from './torch.ts';

const OLD_MESSAGE = 'was written by PyTorch before 1.6, or is another pickle: not a zip archive';
const OLD_REMEDY = 'write it again: torch.save(torch.load(FILE, weights_only=True), NEW)';

export const isTorch = (file: TensorFile): file is TorchFile => file.format === 'torch';

/** `part` is the dictionary of a checkpoint of PyTorch to open, see `openTorch`. */
export async function openWeights(path: string, part?: string): Promise<Result<TensorFile>> {
  const opened = openFileSource(path);
  if (!opened.ok) return opened;
  const source = opened.value;
  const head = new Uint8Array(Math.min(4, source.bytes));
  const problem = source.read(head, 0);
  const file = problem ? fail(problem) : await read();
  if (!file.ok) source.close();
  return file;

  async function read(): Promise<Result<TensorFile>> {
    if (head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4) return readTorch(source, part);
    if (head[0] === 0x80 && head[1]! >= 2 && head[1]! <= 5 && !isHeaderLength()) {
      return fail({ kind: 'unsupported', file: path, message: OLD_MESSAGE, remedy: OLD_REMEDY });
    }
    if (part !== undefined) {
      return fail({
        kind: 'missing',
        file: path,
        message: 'is a safetensors file, which has no parts',
        remedy: 'leave the part out',
      });
    }
    return readSafetensors(source);
  }

  /** a safetensors file whose header has 0x280 bytes begins with the bytes of a pickle; then its JSON begins at 8 */
  function isHeaderLength(): boolean {
    const start = new Uint8Array(9);
    return source.bytes > 8 && source.read(start, 0) === undefined && start[8] === 0x7b;
  }
}
