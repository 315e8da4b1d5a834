/** The codes of the lexer and the parser, D01xx. Every code has a page in docs/errors. */
import { defineCodes } from './diagnostic.ts';

interface Found {
  readonly expected: string;
  readonly found: string;
}

export const report = defineCodes({
  D0101: { severity: 'error', message: (h: Found) => `expected ${h.expected}, found ${h.found}` },
  D0102: { severity: 'error', message: (h: { open: string }) => `this \`${h.open}\` is never closed` },
  D0103: { severity: 'error', message: (h: { close: string }) => `this \`${h.close}\` closes nothing` },
  D0104: { severity: 'error', message: (h: { what: string }) => `${h.what} cannot stand here` },
  D0105: { severity: 'error', message: (h: { text: string }) => `\`${h.text}\` is not a number` },
  D0106: { severity: 'error', message: () => 'this string does not end on its line' },
  D0107: { severity: 'error', message: (h: { escape: string }) => `unknown escape \`${h.escape}\` in a string` },
  D0108: { severity: 'error', message: (h: { what: string; instead: string }) => `${h.what}: ${h.instead}` },
  D0109: { severity: 'error', message: () => 'the file does not begin with its language version' },
  D0110: { severity: 'error', message: (h: { version: string }) => `this compiler does not know version ${h.version}` },
  D0111: {
    severity: 'error',
    message: (h: { what: string; most: string }) => `the file has more than ${h.most} ${h.what}`,
  },
  D0112: { severity: 'error', message: (h: { what: string; most: number }) => `${h.what} more than ${h.most} deep` },
  D0113: {
    severity: 'error',
    message: (h: { after: string; found: string }) => `missing comma between ${h.after} and ${h.found}`,
  },
  D0114: {
    severity: 'error',
    message: (h: { word: string; what: string }) => `\`${h.word}\` is a reserved word and cannot name ${h.what}`,
  },
  D0115: {
    severity: 'error',
    message: (h: { found: string; wanted: string; what: string }) =>
      `${h.what} takes \`${h.wanted}\`, not \`${h.found}\``,
  },
  D0116: { severity: 'error', message: (h: { what: string }) => `${h.what} do not chain` },
  D0117: { severity: 'error', message: (h: { after: string }) => `\`not\` after \`${h.after}\` needs parentheses` },
  D0118: { severity: 'error', message: () => 'a positional argument follows a named one' },
  D0119: { severity: 'error', message: (h: { text: string }) => `\`${h.text}\` cannot be a segment of a weight path` },
  D0120: { severity: 'error', message: (h: { name: string }) => `block \`${h.name}\` does not end in \`return\`` },
  D0121: { severity: 'error', message: () => 'statements after `return`' },
  D0122: {
    severity: 'error',
    message: (h: { shown: number }) => `more than ${h.shown} mistakes in the syntax of this file`,
  },
});

/** A message with its place, in the order in which it was found. */
export type Report = typeof report;
