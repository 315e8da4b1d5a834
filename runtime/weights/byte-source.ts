/** Bytes that can be read by range: a file that stays on its disk, or memory. Reading never changes the source. */
import type { Problem } from './problem.ts';

export interface ByteSource {
  /** for messages */
  readonly file: string;
  readonly bytes: number;
  /** fills `into` from `offset`; `offset + into.length` is not past the end as far as `bytes` knows */
  read(into: Uint8Array, offset: number): Problem | undefined;
  close(): void;
}

export const cutShort = (file: string, message: string): Problem => ({
  kind: 'truncated',
  file,
  message,
  remedy: 'copy or download the file again',
});

export function memorySource(memory: Uint8Array, file = 'memory'): ByteSource {
  return {
    file,
    bytes: memory.length,
    read(into, offset) {
      if (offset + into.length > memory.length) return cutShort(file, `the data end at byte ${memory.length}`);
      into.set(memory.subarray(offset, offset + into.length));
      return undefined;
    },
    close() {},
  };
}
