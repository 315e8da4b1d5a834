/**
 * The idx format of MNIST (LeCun, Cortes & Burges): two zero bytes, a code for the kind of number, the count of axes, a
 * size for each as 32-bit big-endian, then the numbers. Only bytes (code 8) are read here; a file may be gzipped.
 */
import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { fail, type ProblemKind, type Result, succeed } from '../weights/problem.ts';
import { withSystem } from '../weights/system-problem.ts';

export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** MNIST unpacks to 47 MB. */
const MOST_BYTES = 2 ** 31 - 1;
const MOST_AXES = 4;
const REMEDY = 'copy or download the file again';

export function readIdx(file: string): Result<IdxArray> {
  const problem = (kind: ProblemKind, message: string, remedy = REMEDY) => fail({ kind, file, message, remedy });
  const size = withSystem(file, () => statSync(file).size);
  if (!size.ok) return size;
  if (size.value > MOST_BYTES) return problem('unsupported', 'is larger than 2 GiB', 'split it, or store it as .npy');
  const stored = withSystem(file, () => readFileSync(file));
  if (!stored.ok) return stored;
  let bytes: Uint8Array = stored.value;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      bytes = gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
    } catch (error) {
      const tooLarge = error instanceof RangeError;
      return tooLarge
        ? problem('refused', 'unpacks to more than 2 GiB', 'unpack it and store it as .npy')
        : problem('malformed', 'is gzipped, and the archive is damaged or cut short');
    }
  }
  return parseIdx(file, bytes);
}

export function parseIdx(file: string, bytes: Uint8Array): Result<IdxArray> {
  const malformed = (message: string) => fail({ kind: 'malformed', file, message, remedy: REMEDY });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0)
    return malformed('is no idx file: it does not begin with two zero bytes');
  if (bytes[2] !== 8) {
    const message = `holds numbers of kind 0x${bytes[2]!.toString(16)}; only bytes (0x8) are read`;
    return fail({ kind: 'unsupported', file, message, remedy: 'store pixels and labels as bytes' });
  }
  const axes = bytes[3]!;
  if (axes < 1 || axes > MOST_AXES) return malformed(`says that it has ${axes} axes; 1 to ${MOST_AXES} are possible`);
  const start = 4 + 4 * axes;
  if (bytes.length < start) return malformed(`ends at byte ${bytes.length}, inside its header`);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== bytes.length - start)
    return malformed(`promises ${shape.join(' x ')} bytes and holds ${bytes.length - start}`);
  return succeed({ shape, data: bytes.subarray(start) });
}
