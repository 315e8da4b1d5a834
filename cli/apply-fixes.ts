/** Applies what diagnostics propose. Of changes that touch each other the first is made; the rest wait for another look. */
import type { Diagnostic } from '../dsl/diagnostic.ts';
import type { Source } from '../dsl/span.ts';

export interface Fixed {
  readonly text: string;
  /** fixes made */
  readonly count: number;
}

export function applyFixes(source: Source, diagnostics: readonly Diagnostic[]): Fixed {
  const taken: { start: number; end: number; text: string }[] = [];
  let count = 0;
  for (const { fixes, place } of diagnostics) {
    const fix = fixes[0];
    if (fix === undefined || place.source.path !== source.path) continue;
    const edits = fix.edits.map(({ place: { span }, text }) => ({ start: span.start, end: span.end, text }));
    const touches = edits.some((edit) => taken.some(({ start, end }) => edit.start <= end && start <= edit.end));
    if (touches) continue;
    taken.push(...edits);
    count++;
  }
  taken.sort((a, b) => a.start - b.start);
  let text = '';
  let from = 0;
  for (const { start, end, text: replacement } of taken) {
    text += source.text.slice(from, start) + replacement;
    from = end;
  }
  return { text: text + source.text.slice(from), count };
}
