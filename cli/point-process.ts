/** A process for one point of a study. It is in a group of its own, so that ^C reaches it once, through us. */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import type { PointProcess } from '../runtime/study/study.ts';
import type { StudyPoint } from '../runtime/study/study-plan.ts';
import type { Invocation } from './command.ts';
import { EXIT } from './exit.ts';
import { packageRoot } from './package-root.ts';
import type { Progress } from './progress.ts';

/** The command itself, as it was started; from another entry of this package, its bin. */
function selfCommand(): readonly string[] {
  const [, script = ''] = process.argv;
  const isSelf = /(^|[\\/])(ditc|ditc\.mjs|main\.ts|ditc\.js)$/.test(script);
  return [...process.execArgv, isSelf ? script : path.join(packageRoot, 'cli', 'ditc.mjs')];
}

const LOG_BYTES = 100_000;

/** Words of `ditc run` are handed on; `pin` stands before the command. */
export function startPoint(
  { args, options }: Invocation,
  point: StudyPoint,
  { threads, pin, prefix }: { readonly threads?: number; readonly pin: readonly string[]; readonly prefix: string },
  children: Set<ChildProcess>,
  progress: Progress,
): PointProcess {
  const words = [
    args[0]!,
    '--out',
    options.out as string,
    '--only',
    String(point.index),
    '--count',
    String(options.count),
  ];
  for (const name of ['data', 'features', 'engine'] as const)
    if (options[name] !== undefined) words.push(`--${name}`, String(options[name]));
  if (options.featureWeights !== undefined) words.push('--feature-weights', String(options.featureWeights));
  for (const set of (options.set as readonly string[] | undefined) ?? []) words.push('--set', set);
  if (threads !== undefined) words.push('--threads', String(threads));
  const [command, ...before] = [...pin, process.execPath];
  const child = spawn(command!, [...before, ...selfCommand(), 'run', ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  children.add(child);
  let log = '';
  let rest = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-LOG_BYTES);
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      if (/^(step \d|sampling: )/.test(line)) progress.line(prefix + line, false, prefix);
      else progress.note(prefix + line);
    }
  });
  const ended = new Promise<{ code: number | null; signal: string | null; log: string }>((resolve) => {
    child.on('error', (error) => resolve({ code: EXIT.bug, signal: null, log: `${log}${error.message}\n` }));
    child.on('close', (code, signal) => {
      children.delete(child);
      resolve({ code, signal, log });
    });
  });
  return { ended };
}
