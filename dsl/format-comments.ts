/**
 * Where comments go when a text is laid out anew. Whoever prints a row (a statement, an entry, an argument on a line of
 * its own) takes the comments above it and behind it; comments inside of a row that nothing in it took are put above it,
 * so none is lost. Positions are those of the source; a tree without a source has no comments and keeps its `doc`s.
 */
import { concat, type Doc, hardline, sequence, suffix } from './layout.ts';
import type { Span } from './span.ts';
import type { Comment, File } from './tree.ts';

export interface Comments {
  /** the comments that begin in [from, to) and were not taken before */
  readonly take: (from: number, to: number) => Comment[];
  /** the lines of a documentation that stands in the tree alone; with a source it is among the comments */
  readonly docs: (doc: string | undefined) => Doc[];
  /** the comments between two parts of something: the one behind the first, and the lines above the second */
  readonly split: (from: number, to: number) => readonly [behind: Doc, above: readonly string[]];
  /** whether the source breaks the line between two offsets, outside of comments */
  readonly breaks: (from: number, to: number) => boolean;
  /** whether it leaves an empty line between them */
  readonly gap: (from: number, to: number) => boolean;
  /** the offset of the next `sign` after what is no code, or `from` where it is not there */
  readonly seek: (from: number, sign: string) => number;
}

export function commentsOf({ comments, source: { text } }: File): Comments {
  const taken = new Set<Comment>();
  const first = (offset: number) => {
    let low = 0;
    let high = comments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (comments[middle]!.span.start < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const take = (from: number, to: number) => {
    const out: Comment[] = [];
    for (let i = first(from); i < comments.length && comments[i]!.span.start < to; i++) {
      const comment = comments[i]!;
      if (!taken.has(comment)) out.push(comment);
      taken.add(comment);
    }
    return out;
  };
  const breaks = (from: number, to: number) => text.slice(from, to).includes('\n');
  return {
    take,
    breaks,
    docs: (doc) =>
      doc === undefined || text !== '' ? [] : doc.split('\n').flatMap((line) => [`/// ${line}`.trimEnd(), hardline]),
    split(from, to) {
      const all = take(from, to);
      const same = all.length > 0 && !breaks(from, all[0]!.span.start) ? 1 : 0;
      return [behind(all.slice(0, same)), all.slice(same).map(commentText)];
    },
    gap: (from, to) => /\n[ \t\r]*\n/.test(text.slice(from, to)),
    seek(from, sign) {
      let at = from;
      for (;;) {
        while (at < text.length && /[\s,]/.test(text[at]!)) at++;
        if (!text.startsWith('//', at)) return text.startsWith(sign, at) ? at : from;
        const end = text.indexOf('\n', at);
        at = end < 0 ? text.length : end;
      }
    },
  };
}

/** One printed row with its comments. */
export interface Row {
  readonly doc: Doc;
  /** of the row with the comments above and behind it, in the source */
  readonly start: number;
  readonly end: number;
  readonly commented: boolean;
  /** a comment and nothing else */
  readonly own: boolean;
}

export interface Rows {
  /** comments on the line of the opening bracket */
  readonly open: Doc;
  readonly rows: readonly Row[];
  readonly commented: boolean;
}

const behind = (comments: readonly Comment[]) => suffix(comments.map((comment) => ` ${commentText(comment)}`).join(''));

/** A `///` that documents nothing is an ordinary comment: it must not come to document something. */
export const commentText = ({ text, doc }: Comment) =>
  !doc && /^\/\/\/(?!\/)/.test(text) ? `//${text.slice(3)}` : text;

/**
 * The nodes between two brackets as rows, in order; comments behind the last node become rows of their own. `opens`: a comment
 * on the line of the opening bracket stays there.
 */
export function rowsOf<T extends { readonly span: Span; readonly doc?: string }>(
  comments: Comments,
  nodes: readonly T[],
  from: number,
  to: number,
  print: (node: T) => Doc,
  opens = false,
): Rows {
  const rows: Row[] = [];
  const own = (comment: Comment): Row => ({
    doc: commentText(comment),
    ...comment.span,
    commented: true,
    own: true,
  });
  let above = comments.take(from, nodes[0]?.span.start ?? to);
  // a comment ends its line: one at most stands behind anything
  const behindOf = (offset: number, list: readonly Comment[]) =>
    list.length > 0 && !comments.breaks(offset, list[0]!.span.start) ? [list[0]!] : [];
  const opening = opens ? behindOf(from, above) : [];
  above = above.slice(opening.length);
  nodes.forEach((node, i) => {
    for (const comment of above) rows.push(own(comment));
    const doc = print(node);
    const lost = comments.take(node.span.start, node.span.end);
    const next = comments.take(node.span.end, nodes[i + 1]?.span.start ?? to);
    const same = behindOf(node.span.end, next);
    above = next.slice(same.length);
    const all = [...comments.docs(node.doc), ...lost.flatMap((comment) => [commentText(comment), hardline])];
    rows.push({
      doc: concat(sequence(all), doc, behind(same)),
      start: node.span.start,
      end: same.at(-1)?.span.end ?? node.span.end,
      commented: all.length > 0 || same.length > 0,
      own: false,
    });
  });
  for (const comment of above) rows.push(own(comment));
  return { open: behind(opening), rows, commented: opening.length > 0 || rows.some((row) => row.commented) };
}

/** The rows with commas between them, and one behind the last if it is `trailing`. */
export function separated(rows: readonly Row[], trailing = false): Doc[] {
  const last = rows.findLastIndex((row) => !row.own);
  return rows.map((row, i) => (row.own || (i === last && !trailing) ? row.doc : concat(row.doc, ',')));
}

/** Rows one a line, an empty line where the source has one or more. */
export function stacked(comments: Comments, rows: readonly Row[]): Doc {
  return sequence(
    rows.flatMap((row, i) => {
      if (i === 0) return [row.doc];
      return [comments.gap(rows[i - 1]!.end, row.start) ? concat(hardline, hardline) : hardline, row.doc];
    }),
  );
}
