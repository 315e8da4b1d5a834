/** Diagnostics on their way to people and programs. */
import type { Diagnostic } from '../dsl/diagnostic.ts';
import { toJson } from '../dsl/diagnostic-json.ts';
import { render } from '../dsl/render.ts';
import { type Invocation, printJson } from './command.ts';
import type { Exit } from './exit.ts';
import { UNREADABLE } from './open-file.ts';
import { style } from './style.ts';
import type { Terminal } from './terminal.ts';

export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some(({ severity }) => severity === 'error');

export const diagnosticsJson = (diagnostics: readonly Diagnostic[]) => diagnostics.map(toJson);

/** A file that could not be read has no line to show. */
function bare({ severity, code, message, help }: Diagnostic, color: boolean): string {
  const head = style(['bold', 'red'], `${severity}[${code}]`, color);
  const text = `${message}${help ? `\n  = help: ${help}` : ''}`;
  return `${head}: ${text.replace(/[^\P{Cc}\n]/gu, '\ufffd')}`;
}

/** As text, an empty line after each. */
export const renderAll = (diagnostics: readonly Diagnostic[], color: boolean): string =>
  diagnostics.map((each) => `${each.code === UNREADABLE ? bare(each, color) : render(each, { color })}\n\n`).join('');

export const sayDiagnostics = (diagnostics: readonly Diagnostic[], terminal: Terminal): void => {
  if (diagnostics.length > 0) terminal.say(renderAll(diagnostics, terminal.color.say));
};

/** The end of a command that could not do its work for what it found in a spec. */
export function refuseDiagnostics(
  diagnostics: readonly Diagnostic[],
  exit: Exit,
  { options, terminal }: Pick<Invocation, 'options' | 'terminal'>,
): Exit {
  if (options.json) printJson(terminal, { ok: false, diagnostics: diagnosticsJson(diagnostics) });
  else sayDiagnostics(diagnostics, terminal);
  return exit;
}
