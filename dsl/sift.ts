/**
 * One mistake, one message. A mistake shows in several places: a character that was left out leaves a gap, a bracket that
 * is missing makes another one superfluous, a name without its colon is an argument out of place. Of such messages the
 * one stays that is nearest to the mistake.
 */
import { type Balanced, declares } from './brackets.ts';
import { complain } from './complaint.ts';
import type { Diagnostic } from './diagnostic.ts';
import { MAX_MESSAGES } from './limits.ts';
import type { Complaint } from './recovery.ts';
import { positionOf, type Source, type Span } from './span.ts';

const startOf = (diagnostic: Diagnostic) => diagnostic.place.span.start;

export interface Sifted {
  readonly diagnostics: readonly Diagnostic[];
  /** whether something more at an offset would be an echo */
  readonly echo: (offset: number) => boolean;
}

/** Complaints of the grammar as diagnostics, with those of the lexer and the brackets that they do not explain. */
export function sift(
  source: Source,
  { tokens, blamed, diagnostics: brackets }: Balanced,
  lexical: readonly Diagnostic[],
  complaints: readonly Complaint[],
): Sifted {
  const { text } = source;
  const offset = (index: number) => tokens[index]?.startOffset ?? text.length;
  const lineEnd = (at: number) => {
    const end = text.indexOf('\n', at);
    return end < 0 ? text.length : end;
  };
  const nextDeclaration = (index: number) => {
    let next = index + 1;
    while (next < tokens.length && !declares(text, tokens, next)) next++;
    return offset(next) - 1;
  };
  const covers = (spans: readonly Span[], at: number) => spans.some(({ start, end }) => start <= at && at <= end);

  const silent: Span[] = [...blamed];
  const kept: Diagnostic[] = [];
  const seen = new Set<number>();
  const unclosed = brackets.filter((one) => one.code === 'D0102').map(startOf);
  /** where a closing bracket too many is explained by a mistake before it */
  const explained: Span[] = unclosed.map((at) => ({ start: at, end: lineEnd(at) }));
  const strange = lexical.filter((one) => one.code === 'D0104');
  const closing = brackets.filter((one) => one.code === 'D0103');
  /** the end of the line of the last broken entry */
  let entries = -1;

  complaints.forEach((complaint, i) => {
    if (kept.length > MAX_MESSAGES) return;
    const { index, expected, kind } = complaint;
    const at = offset(index);
    const from = (tokens[complaint.start - 1]?.endOffset ?? -1) + 1;
    const gap = (tokens[index - 1]?.endOffset ?? -1) + 1;
    if (seen.has(at) || covers(silent, at)) return;
    // what was left out just before
    if (strange.some((one) => from <= startOf(one) && startOf(one) < at)) return;
    if (closing.some((one) => gap <= startOf(one) && startOf(one) < at)) return;
    if (complaint.resume === 'entry' && at < entries) return;
    // a last expression without its `return` is said once
    if (
      expected === '`=` or `+=`' &&
      complaints[i + 1]?.kind === 'no-return' &&
      complaints[i + 1]!.index === complaint.next
    )
      return;
    seen.add(at);
    const before = kind === 'no-return' && complaints[i - 1]?.next === index ? complaints[i - 1]!.start : undefined;
    kept.push(complain(source, tokens, complaint, before));
    if (complaint.resume === 'entry') entries = lineEnd(at);
    if (kind === 'no-return') return;
    // without its opening bracket those that follow are not what they seem
    if (/`\{`/.test(expected)) silent.push({ start: at + 1, end: nextDeclaration(index) });
    explained.push({ start: at, end: /`[({]`/.test(expected) ? nextDeclaration(index) : lineEnd(at) });
  });
  const others = brackets.filter((one) => one.code !== 'D0103' || !covers(explained, startOf(one)));
  return { diagnostics: [...lexical, ...others, ...kept], echo: (at) => covers(silent, at) };
}

/** A positional argument that is out of place on a line with another mistake is an echo of that one. */
export function withoutEchoes(source: Source, diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const lineOf = (one: Diagnostic) => positionOf(source, startOf(one)).line;
  const lines = new Set(diagnostics.filter(({ code }) => code !== 'D0118').map(lineOf));
  return diagnostics.filter((one) => one.code !== 'D0118' || !lines.has(lineOf(one)));
}
