/**
 * Reads the text of a spec from a file or from standard input. What is read may be anything: a folder, a device that
 * never ends, a picture. Nothing is read beyond the limit, and each thing that is not a text has its own message.
 */
import { closeSync, constants, createReadStream, fstatSync, openSync, readSync, statSync } from 'node:fs';

export const MAX_BYTES = 4 << 20;

/** Why there is no text: `message` follows the name of the file, in words. */
export interface ReadProblem {
  readonly kind: 'missing' | 'unreadable' | 'invalid';
  readonly message: string;
  readonly help?: string;
}

export type ReadResult = { readonly text: string } | { readonly problem: ReadProblem };

const SYSTEM: Readonly<Record<string, ReadProblem>> = {
  ENOENT: { kind: 'missing', message: 'there is no such file' },
  ENOTDIR: { kind: 'missing', message: 'a part of its path is a file, not a folder' },
  EACCES: { kind: 'unreadable', message: 'reading it is not permitted' },
  EPERM: { kind: 'unreadable', message: 'reading it is not permitted' },
  ELOOP: { kind: 'unreadable', message: 'its symbolic links lead in a circle' },
  ERR_INVALID_ARG_VALUE: { kind: 'missing', message: 'no file name holds a zero byte' },
  ENAMETOOLONG: { kind: 'missing', message: 'its name is too long' },
  EISDIR: { kind: 'invalid', message: 'it is a folder, not a file', help: 'name a `.dit` file in it' },
};

const problem = (error: unknown): ReadResult => {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === '') throw error;
  return { problem: SYSTEM[code] ?? { kind: 'unreadable', message: `it cannot be read (${code})` } };
};

const tooLarge: ReadResult = {
  problem: {
    kind: 'invalid',
    message: `it is larger than ${MAX_BYTES >> 20} MiB, the most that a spec may have`,
    help: 'split it into files that import each other',
  },
};

/** The text in UTF-8 bytes, or what they are instead. */
export function decodeSource(bytes: Uint8Array): ReadResult {
  if (bytes.length > MAX_BYTES) return tooLarge;
  const nul = bytes.indexOf(0);
  if (nul >= 0) {
    const wide = bytes[0] === 0xff || bytes[0] === 0xfe || (nul === 1 && bytes.length % 2 === 0);
    return {
      problem: {
        kind: 'invalid',
        message: `it is not a text: byte ${nul} is zero`,
        ...(wide && { help: 'it looks like UTF-16; save it as UTF-8' }),
      },
    };
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const message = `it is not valid UTF-8 (line ${lineOfInvalid(bytes)})`;
    return { problem: { kind: 'invalid', message, help: 'save it as UTF-8' } };
  }
}

/** The line of the first bytes that are no character: those that decode to U+FFFD without being its own three bytes. */
function lineOfInvalid(bytes: Uint8Array): number {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  let line = 1;
  let offset = 0;
  for (const character of text) {
    if (character === '\ufffd' && !(bytes[offset] === 0xef && bytes[offset + 1] === 0xbf && bytes[offset + 2] === 0xbd))
      break;
    if (character === '\n') line++;
    offset += Buffer.byteLength(character);
  }
  return line;
}

/** A regular file, in one go. */
export function readFileSource(path: string): ReadResult {
  let descriptor: number | undefined;
  try {
    // not to wait here for someone who writes to a pipe
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stat = fstatSync(descriptor);
    if (stat.isDirectory()) return { problem: SYSTEM.EISDIR! };
    if (!stat.isFile()) return { problem: { kind: 'invalid', message: 'it is a device or a pipe, not a file' } };
    if (stat.size > MAX_BYTES) return tooLarge;
    let bytes = new Uint8Array(stat.size + 1);
    let total = 0;
    // a file may grow while it is read, and files of /proc have no size
    for (let count = -1; count !== 0 && total <= MAX_BYTES; total += count) {
      if (total === bytes.length) {
        const larger = new Uint8Array(Math.max(1 << 16, 2 * total));
        larger.set(bytes);
        bytes = larger;
      }
      count = readSync(descriptor, bytes, total, bytes.length - total, null);
    }
    return decodeSource(bytes.subarray(0, total));
  } catch (error) {
    return problem(error);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** What a person named: a file, a pipe (`<(…)`), or standard input by `-`. Waits without blocking, so Ctrl-C works. */
export async function readSource(path: string): Promise<ReadResult> {
  try {
    if (path !== '-' && !statSync(path).isFIFO()) return readFileSource(path);
    const chunks: Uint8Array[] = [];
    let total = 0;
    const stream: AsyncIterable<Buffer> = path === '-' ? process.stdin : createReadStream(path);
    for await (const chunk of stream) {
      chunks.push(chunk);
      total += chunk.length;
      if (total > MAX_BYTES) return tooLarge;
    }
    return decodeSource(Buffer.concat(chunks, total));
  } catch (error) {
    return problem(error);
  }
}
