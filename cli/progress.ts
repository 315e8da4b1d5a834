/** Progress on standard error: one line that changes on a terminal, a plain line every few seconds elsewhere. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from './package-root.ts';
import type { Terminal } from './terminal.ts';

const PLAIN_SECONDS = 5;

export interface Progress {
  /** `isLast` is shown in any case; `of` tells apart what goes on at the same time */
  line(text: string, isLast?: boolean, of?: string): void;
  /** a line that stays */
  note(text: string): void;
}

export function openProgress(terminal: Terminal, isTerminal = process.stderr.isTTY === true): Progress {
  let shown = 0;
  const last = new Map<string, number>();
  const clear = (): void => {
    if (shown > 0) terminal.say(`\r${' '.repeat(shown)}\r`);
    shown = 0;
  };
  return {
    line(text, isLast = false, of = '') {
      if (isTerminal) {
        const width = Math.max(20, (process.stderr.columns ?? 80) - 1);
        const cut = text.slice(0, width);
        terminal.say(`\r${cut.padEnd(shown)}`);
        shown = cut.length;
        if (isLast) {
          terminal.say('\n');
          shown = 0;
        }
        return;
      }
      const now = performance.now() / 1000;
      if (!isLast && now - (last.get(of) ?? Number.NEGATIVE_INFINITY) < PLAIN_SECONDS) return;
      last.set(of, now);
      terminal.say(`${text}\n`);
    },
    note(text) {
      clear();
      terminal.say(`${text}\n`);
    },
  };
}

/** For manifests. */
export function versions(): Readonly<Record<string, string>> {
  const { version } = JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  return { ditc: version, node: process.versions.node, platform: `${process.platform} ${process.arch}` };
}
