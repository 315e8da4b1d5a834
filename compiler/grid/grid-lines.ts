/** A line of a grid in canonical form, whatever its author's blanks, breaks and comments. */
import { format } from '../../dsl/format.ts';
import type { Grid, Vary } from '../../dsl/tree.ts';

const NONE = { start: 0, end: 0 };
const NAME = { text: 'g', span: NONE };

export function lineText(vary: Vary): string {
  const of = { of: NAME, ofPreset: false, args: [], span: NONE };
  const grid: Grid = { kind: 'grid', name: NAME, of, varies: [vary], span: NONE, doc: undefined };
  // without its source a tree is laid out by width alone
  const text = format({ source: { path: '', text: '' }, version: NONE, decls: [grid], comments: [] });
  return text
    .slice(text.indexOf('{') + 1, text.lastIndexOf('}'))
    .replaceAll(/\s+/g, ' ')
    .trim();
}
