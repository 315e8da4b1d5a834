/**
 * The frame of a command. A command is one file in `commands/`, loaded only when it is named; it describes its arguments
 * to commander and runs. It reports by returning an exit code: a throw is a bug of ours.
 */
import { type Command, InvalidArgumentError } from 'commander';
import type { Exit } from './exit.ts';
import type { Terminal } from './terminal.ts';

export interface Invocation {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly terminal: Terminal;
}

export interface CommandModule {
  /** adds arguments and options; `--json` and `--help` are there already */
  readonly describe: (command: Command) => Command;
  /** one worked example, shown by `--help` */
  readonly example: string;
  readonly run: (invocation: Invocation) => Exit | Promise<Exit>;
}

const POWERS = ['', 'K', 'M', 'G', 'T'];

/** For options that take a whole number, as the language writes them: `20000`, `20K`, `20_000`, `2e4`. */
export function wholeNumber(text: string): number {
  const [, digits, exponent = '0', suffix = ''] =
    /^(\d[\d_]{0,29}(?:\.\d{1,15})?)(?:[eE](\d{1,2}))?([KMGT])?$/.exec(text) ?? [];
  const power = Number(exponent) + 3 * POWERS.indexOf(suffix);
  // as a text, so that 1.1K is 1100 and no more
  const number = digits === undefined ? Number.NaN : Number(`${digits.replaceAll('_', '')}e${power}`);
  if (Number.isSafeInteger(number) && number < 1e15) return number;
  if (/^-\d/.test(text)) throw new InvalidArgumentError('it must not be negative');
  throw new InvalidArgumentError('it must be a whole number');
}

/** The one document that `--json` prints. */
export const printJson = (terminal: Terminal, value: unknown): void =>
  terminal.out(`${JSON.stringify(value, null, 2)}\n`);

/** Says why a command cannot do what was asked; with `--json` also as the document. */
export function refuse(
  { options, terminal }: Pick<Invocation, 'options' | 'terminal'>,
  exit: Exit,
  message: string,
  help?: string,
): Exit {
  if (options.json === true) printJson(terminal, { ok: false, error: { exit, message, ...(help && { help }) } });
  terminal.say(`ditc: ${message}\n${help ? `  = help: ${help}\n` : ''}`);
  return exit;
}
