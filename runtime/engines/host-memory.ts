/** How much memory this process may still take: what the system could free for it, below the limit of its container. */
import { freemem, totalmem } from 'node:os';

export interface MemoryFacts {
  readonly platform: NodeJS.Platform;
  readonly total: number;
  /** on Linux with what caches would give back; elsewhere only what nobody ever used */
  readonly free: number;
  /** of the container; larger than the machine where there is none */
  readonly limit: number;
  /** what this process has already */
  readonly own: number;
}

const here = (): MemoryFacts => ({
  platform: process.platform,
  total: totalmem(),
  free: freemem(),
  limit: process.constrainedMemory() || Number.POSITIVE_INFINITY,
  own: process.memoryUsage.rss(),
});

/** Bytes beside those that the process has. Where a system does not tell, all of the machine counts as free. */
export function memoryLeft({ platform, total, free, limit, own }: MemoryFacts = here()): number {
  const machine = platform === 'linux' ? free : total - own;
  return Math.max(0, Math.min(machine, limit - own));
}
