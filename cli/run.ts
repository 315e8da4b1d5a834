/** From the words of a command line to an exit code. */
import { Command, CommanderError } from 'commander';
import { nearest } from '../dsl/suggest.ts';
import { refuse } from './command.ts';
import { commands } from './commands.ts';
import { reportBug } from './crash.ts';
import { EXIT, type Exit } from './exit.ts';
import type { Terminal } from './terminal.ts';

const overview = (): string => {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const rows = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `usage: ditc COMMAND TARGET… [options]

A TARGET is FILE, FILE#NAME (a preset, model or grid of that file; quote it) or - for standard input.

${rows.join('\n')}

\`ditc COMMAND --help\` shows its options and an example; \`ditc --version\` the version.
exit codes: 0 fine, 1 errors in the spec or data, 2 wrong use, 3 something is missing, 70 a bug of ditc, 130 interrupted
`;
};

function hasFolder(): boolean {
  try {
    return process.cwd() !== '';
  } catch {
    return false;
  }
}

export async function run(words: readonly string[], terminal: Terminal): Promise<Exit> {
  const json = words.includes('--json');
  try {
    const [first, ...rest] = words;
    if (!hasFolder()) {
      return refuse(
        { options: { json }, terminal },
        EXIT.missing,
        'the folder that this runs in is not there any more',
      );
    }
    if (first === undefined) {
      terminal.say(overview());
      return EXIT.usage;
    }
    if (first === '--help' || first === '-h' || first === 'help') {
      if (rest[0] !== undefined) return await runCommand(rest[0], ['--help'], json, terminal);
      terminal.out(overview());
      return EXIT.fine;
    }
    return await runCommand(first, rest, json, terminal);
  } catch (error) {
    const { faultOf } = await import('../runtime/engines/engine-error.ts');
    const fault = faultOf(error);
    if (fault !== undefined) return refuse({ options: { json }, terminal }, EXIT[fault], (error as Error).message);
    return reportBug(error, json, terminal);
  }
}

async function runCommand(name: string, words: readonly string[], json: boolean, terminal: Terminal): Promise<Exit> {
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
  const context = { options: { json }, terminal };
  if (entry === undefined) {
    if (name.startsWith('-')) {
      return refuse(
        context,
        EXIT.usage,
        `unknown option \`${name}\``,
        'options follow the command: `ditc COMMAND TARGET… [options]`',
      );
    }
    const near = nearest(name, Object.keys(commands));
    const help = near ? `did you mean \`ditc ${near}\`?` : '`ditc --help` lists the commands';
    return refuse(context, EXIT.usage, `there is no command \`${name}\``, help);
  }
  const module = await entry.load();
  const said: string[] = [];
  const command = module
    .describe(new Command(`ditc ${name}`).description(entry.summary))
    .option('--json', 'one JSON document on standard output')
    .helpOption('-h, --help', 'this text')
    .addHelpText('after', `\nExample:\n${module.example.trimEnd().replace(/^/gm, '  ')}`)
    .configureOutput({ writeOut: terminal.out, writeErr: (text) => said.push(text), getOutHasColors: () => false })
    .exitOverride();
  try {
    command.parse(words.map(hideName), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.fine;
    return refuse(context, EXIT.usage, ...translate(name, error));
  }
  return module.run({ args: command.args.map(showName), options: command.opts(), terminal });
}

/** `-#NAME`, a thing of the spec on standard input, is no option, which commander would take it for. */
const hideName = (word: string): string => (word.startsWith('-#') ? `\0${word}` : word);
const showName = (word: string): string => (word.startsWith('\0-#') ? word.slice(1) : word);

/** What commander says, in our words: backquotes, no "error:", and the hint as help. */
function translate(name: string, error: CommanderError): [message: string, help: string] {
  const [first = '', hint] = error.message
    .replace(/^error: /, '')
    .replaceAll("'", '`')
    .split('\n');
  const message = first
    .replace(/ argument `(.*)` is invalid\. /, ' cannot be `$1`: ')
    .replace('Allowed choices are', 'it is one of')
    .replace(/\. Expected (\d+) arguments? but got (\d+)\.?$/, ': it takes $1, not $2')
    .replace(/\.$/, '');
  const suggestion = /^\(Did you mean (.*)\?\)$/.exec(hint ?? '')?.[1];
  return [`${name}: ${message}`, suggestion ? `did you mean \`${suggestion}\`?` : `\`ditc ${name} --help\` shows how`];
}
