/**
 * One mistake, one message. A mistake shows in several places: a character that was left out leaves a gap, a bracket that
 * is missing makes another one superfluous, a name without its colon is an argument out of place. Of such messages the
 * one stays that is nearest to the mistake.
 */
import type { Balanced } from './brackets.ts';
import { declares } from './brackets.ts';
import { complain } from './complaint.ts';
import type { Diagnostic } from './diagnostic.ts';
import { MAX_MESSAGES } from './limits.ts';
import type { Complaint } from './recovery.ts';
import type { Source, Span } from './span.ts';

const startOf = (diagnostic: Diagnostic) => diagnostic.place.span.start;

/** Complaints of the grammar as diagnostics, with those of the lexer and the brackets that they do not explain. */
export function sift(
  source: Source,
  { tokens, blamed, diagnostics: brackets }: Balanced,
  lexical: readonly Diagnostic[],
  complaints: readonly Complaint[],
): Diagnostic[] {
  const { text } = source;
  const offset = (index: number) => tokens[index]?.startOffset ?? text.length;
  const silent: Span[] = [...blamed];
  const kept: Diagnostic[] = [];
  const seen = new Set<number>();
  /** where a closing bracket too many is explained by a mistake before it */
  const explained: Span[] = [];
  const left = [...lexical.filter((one) => one.code === 'D0104'), ...brackets.filter((one) => one.code === 'D0103')];

  for (const complaint of complaints) {
    if (kept.length > MAX_MESSAGES) break;
    const at = offset(complaint.index);
    const from = (tokens[complaint.start - 1]?.endOffset ?? -1) + 1;
    if (seen.has(at) || silent.some((span) => span.start <= at && at <= span.end)) continue;
    // what was left out just before
    if (left.some((one) => startOf(one) >= from && one.place.span.end <= at)) continue;
    seen.add(at);
    kept.push(complain(source, tokens, complaint));
    if (complaint.kind !== 'expected') continue;
    if (/`\{`/.test(complaint.expected)) {
      // without a `{` the brackets that follow are not what they seem
      let next = complaint.index + 1;
      while (next < tokens.length && !declares(text, tokens, next)) next++;
      const rest = { start: at + 1, end: offset(next) - 1 };
      silent.push(rest);
      explained.push(rest);
    } else {
      const end = text.indexOf('\n', at);
      explained.push({ start: at, end: end < 0 ? text.length : end });
    }
  }
  const inside = (one: Diagnostic) => explained.some(({ start, end }) => start <= startOf(one) && startOf(one) <= end);
  return [...lexical, ...brackets.filter((one) => one.code !== 'D0103' || !inside(one)), ...kept];
}

/** A positional argument that is out of place because its name lost its colon is not another mistake. */
export function withoutEchoes(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const commas = new Set(diagnostics.filter(({ code }) => code === 'D0113').map(startOf));
  return diagnostics.filter(({ code, place }) => code !== 'D0118' || !commas.has(place.span.end));
}
