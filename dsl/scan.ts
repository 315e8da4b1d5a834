/**
 * Patterns that are walked by hand: a regular expression with a choice inside a repetition keeps a trail as long as the
 * text and gives up on a long string or comment.
 */
type Pattern = (text: string, offset: number) => RegExpExecArray | null;

const hit = (text: string, from: number, to: number) => [text.slice(from, to)] as unknown as RegExpExecArray;

/** The end of the quoted text that begins at `offset`, and whether its quote was found before the end of the line. */
function quoteEnd(text: string, offset: number): { end: number; closed: boolean } {
  const quote = text.charCodeAt(offset);
  for (let at = offset + 1; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === quote) return { end: at + 1, closed: true };
    if (char === 10 || char === 13) return { end: at, closed: false };
    const next = text.charCodeAt(at + 1);
    if (char === 92 && at + 1 < text.length && next !== 10 && next !== 13) at++;
  }
  return { end: text.length, closed: false };
}

export function quoted(quote: string): Pattern {
  return (text, offset) => {
    if (text[offset] !== quote) return null;
    const { end, closed } = quoteEnd(text, offset);
    return closed ? hit(text, offset, end) : null;
  };
}

export const unclosed: Pattern = (text, offset) => {
  if (text[offset] !== '"' && text[offset] !== "'") return null;
  const { end, closed } = quoteEnd(text, offset);
  return closed ? null : hit(text, offset, end);
};

/** To its end or, where that is missing, to the end of the text. */
export const blockComment: Pattern = (text, offset) => {
  if (text[offset] !== '/' || text[offset + 1] !== '*') return null;
  const end = text.indexOf('*/', offset + 2);
  return hit(text, offset, end < 0 ? text.length : end + 2);
};
