/** Runs the command as a person does: a process of its own, from the bundle (built anew when the sources changed). */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const bin = fileURLToPath(new URL('../../cli/ditc.mjs', import.meta.url));

export interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

/** The environment of this process without what decides colours. */
export function plainEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { NO_COLOR: _, FORCE_COLOR: __, DITC_DEBUG: ___, ...env } = process.env;
  return { ...env, ...more };
}

export function ditc(words: readonly string[], { cwd, input = '', env }: RunOptions = {}): Run {
  const child = spawnSync(process.execPath, [bin, ...words], {
    cwd,
    input,
    env: plainEnvironment(env),
    encoding: 'utf8',
  });
  return { code: child.status, out: child.stdout, err: child.stderr };
}
