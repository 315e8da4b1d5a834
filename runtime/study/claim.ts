/**
 * Which process works on a point: a file that only one can make. Its owner touches it every few seconds; a claim is stale
 * when its process is gone from this machine, or when nobody has touched it for long, wherever it ran.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';

const TOUCH_MS = 5_000;
/** clocks and slow file systems of clusters included */
const STALE_MS = 120_000;

export interface Claim {
  release(): void;
}

export interface Holder {
  readonly host: string;
  readonly pid: number;
}

const fileOf = (folder: string): string => path.join(folder, 'claim.json');

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Who holds the claim on a folder; none where nobody does, or nobody does any more. */
export function holderOf(folder: string, now = Date.now()): Holder | undefined {
  try {
    const file = fileOf(folder);
    const age = now - statSync(file).mtimeMs;
    const { host, pid } = JSON.parse(readFileSync(file, 'utf8')) as Holder;
    if (age > STALE_MS || (host === hostname() && !isRunning(pid))) return undefined;
    return { host, pid };
  } catch {
    return undefined;
  }
}

/** The claim, or who has it already. */
export function claimFolder(folder: string): Claim | Holder {
  mkdirSync(folder, { recursive: true });
  const file = fileOf(folder);
  const token = randomUUID();
  const text = JSON.stringify({ host: hostname(), pid: process.pid, token });
  const isMine = (): boolean => {
    try {
      return readFileSync(file, 'utf8') === text;
    } catch {
      return false;
    }
  };
  for (let turn = 0; turn < 10; turn++) {
    try {
      writeFileSync(file, text, { flag: 'wx' });
      const timer = setInterval(() => {
        const now = new Date();
        if (isMine()) utimesSync(file, now, now);
      }, TOUCH_MS);
      timer.unref();
      return {
        release() {
          clearInterval(timer);
          if (isMine()) rmSync(file, { force: true });
        },
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = holderOf(folder);
    if (holder !== undefined) return holder;
    moveAway(file);
  }
  return holderOf(folder) ?? { host: 'another process', pid: 0 };
}

/** Of several that find a claim stale one moves it; the others find it gone. */
function moveAway(file: string): void {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
    rmSync(aside, { force: true });
  } catch {
    // another was first
  }
}
