/**
 * What a command may do to the outside: its results go to standard output, everything else to standard error. A reader
 * that goes away (`ditc list x.dit | head -1`) is no error.
 */
import { EXIT } from './exit.ts';

export interface Terminal {
  /** results */
  out(text: string): void;
  /** messages and progress */
  say(text: string): void;
  /** whether `out` and `say` may be coloured */
  readonly color: { readonly out: boolean; readonly say: boolean };
  /** aborted by the first SIGINT when a command has asked for it with `onInterrupt` */
  onInterrupt(save: () => void): void;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** FORCE_COLOR decides, then NO_COLOR, then whether it is a terminal. */
export function wantsColor(environment: Environment, isTerminal: boolean): boolean {
  const { FORCE_COLOR: force, NO_COLOR: none, TERM: term } = environment;
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  if (none !== undefined && none !== '') return false;
  return isTerminal && term !== 'dumb';
}

/** The terminal of this process. */
export function openTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  for (const stream of [stdout, stderr]) {
    stream.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'EPIPE') process.exit();
      if (stream === stdout) stderr.write(`ditc: cannot write to standard output (${code})\n`);
      process.exit(EXIT.missing);
    });
  }
  let save = (): void => process.exit(EXIT.interrupted);
  process.on('SIGINT', () => {
    const now = save;
    save = () => process.exit(EXIT.interrupted);
    now();
  });
  return {
    out: (text) => void stdout.write(text),
    say: (text) => void stderr.write(text),
    color: { out: wantsColor(env, stdout.isTTY === true), say: wantsColor(env, stderr.isTTY === true) },
    onInterrupt: (callback) => {
      save = callback;
    },
  };
}
