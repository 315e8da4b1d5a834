/** Files for tests of data: a folder that goes away, and arrays as numpy writes them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Result } from '../../runtime/weights/problem.ts';

export function scratchFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'ditc-data-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function write(folder: string, name: string, bytes: Uint8Array): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return file;
}

/** An .npy file of version 1, with the literal of the header as given. */
export function npyWith(header: string, data: Uint8Array, version = 1): Uint8Array {
  const padded = `${header.padEnd(64 * Math.ceil((header.length + 11) / 64) - 11)}\n`;
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), version, 0, padded.length & 255, padded.length >> 8]);
  return Buffer.concat([start, Buffer.from(padded, 'latin1'), data]);
}

const show = (shape: readonly number[]): string => (shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`);

export const npy = (descr: string, shape: readonly number[], data: ArrayBufferView): Uint8Array =>
  npyWith(
    `{'descr': '${descr}', 'fortran_order': False, 'shape': ${show(shape)}, }`,
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  );

export function idx(shape: readonly number[], data: ArrayLike<number>, kind = 8): Uint8Array {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header[2] = kind;
  header[3] = shape.length;
  for (const [axis, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * axis);
  return Buffer.concat([header, Uint8Array.from(data)]);
}

export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.problem.file}: ${result.problem.message}`);
  return result.value;
}

/** `kind: message` of a problem, or `fine`. */
export const said = (result: Result<unknown>): string =>
  result.ok ? 'fine' : `${result.problem.kind}: ${result.problem.message}`;
