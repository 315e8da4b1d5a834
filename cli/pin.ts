/**
 * Words before a command that keep it on a share of the cores of its own, so that processes that run side by side do not
 * take each other's. None where the system has no `taskset`, or fewer cores than shares.
 */
import { existsSync, readFileSync } from 'node:fs';

/** `0-3,8` */
export const coresOf = (list: string): readonly number[] =>
  list.split(',').flatMap((part) => {
    const [first, last = first] = part.trim().split('-').map(Number) as [number, number?];
    return Array.from({ length: last! - first + 1 }, (_, i) => first + i);
  });

/** Those of one of so many equal shares. */
export function shareOf(cores: readonly number[], slot: number, shares: number): readonly number[] {
  const size = Math.floor(cores.length / shares);
  return cores.slice(slot * size, (slot + 1) * size);
}

/** Cores that this process may use. */
function allowedCores(): readonly number[] {
  try {
    const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return list === undefined ? [] : coresOf(list);
  } catch {
    return [];
  }
}

const TASKSET = ['/usr/bin/taskset', '/bin/taskset'].find((file) => existsSync(file));

export function pinned(slot: number, shares: number): readonly string[] {
  const cores = shares > 1 && TASKSET !== undefined ? shareOf(allowedCores(), slot, shares) : [];
  return cores.length === 0 ? [] : [TASKSET!, '--cpu-list', cores.join(',')];
}
