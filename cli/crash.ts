/** What is said when the command itself is at fault: what happened, how to report it, and the stack only on request. */
import { printJson } from './command.ts';
import { EXIT, type Exit } from './exit.ts';
import type { Terminal } from './terminal.ts';

export function reportBug(error: unknown, json: boolean, terminal: Terminal): Exit {
  const message = error instanceof Error ? `${error.name}: ${error.message.split('\n', 1)[0]}` : String(error);
  if (json) printJson(terminal, { ok: false, error: { exit: EXIT.bug, message } });
  const debug = process.env.DITC_DEBUG === '1';
  terminal.say(
    `ditc: internal error: ${message}\n` +
      (debug && error instanceof Error ? `${error.stack}\n` : '') +
      '  = note: this is a bug of ditc, whatever the spec says\n' +
      `  = help: please report it with the command line, the spec and ${debug ? 'the lines above' : 'what `DITC_DEBUG=1 ditc …` prints'}\n`,
  );
  return EXIT.bug;
}
