/** The entry of the command: this process, its terminal and its exit code. */
import { reportBug } from './crash.ts';
import { run } from './run.ts';
import { openTerminal } from './terminal.ts';

const words = process.argv.slice(2);
const terminal = openTerminal();

const die = (error: unknown): void => process.exit(reportBug(error, words.includes('--json'), terminal));
process.on('uncaughtException', die);
process.on('unhandledRejection', die);

process.exitCode = await run(words, terminal);
