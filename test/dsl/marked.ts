/** Texts whose mistakes are marked `«…»`, and what is said of them. */
import type { Diagnostic } from '../../dsl/diagnostic.ts';

export function unmark(text: string): { text: string; spans: { start: number; end: number }[] } {
  const spans: { start: number; end: number }[] = [];
  let out = '';
  for (const char of text) {
    if (char === '«') spans.push({ start: out.length, end: -1 });
    else if (char === '»') spans.findLast((span) => span.end < 0)!.end = out.length;
    else out += char;
  }
  return { text: out, spans };
}

export const said = ({ code, message, help }: Diagnostic) =>
  `${code} ${message}${help === undefined ? '' : ` | ${help}`}`;
