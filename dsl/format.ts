/**
 * The canonical form of a file: two blanks, one statement a line, 120 columns, a pipe broken before `|>`, commas between
 * entries on one line and none between lines. Its author decides where empty lines stand, whether braces are on one line
 * or several, and where a pipe or a long list of parameters is broken. Comments are kept. Formatting twice changes
 * nothing, and what is formatted parses to the same tree. The file must have parsed without errors: what is broken is
 * not in its tree.
 */
import { commentsOf, commentText, rowsOf, stacked } from './format-comments.ts';
import { declarationDoc } from './format-declaration.ts';
import { type Doc, hardline, print, sequence } from './layout.ts';
import type { File } from './tree.ts';

export const WIDTH = 120;

export function format(file: File): string {
  const comments = commentsOf(file);
  const { text } = file.source;
  const before = comments.take(0, file.version.end).flatMap((comment): Doc[] => [commentText(comment), hardline]);
  const head: Doc[] = [...before, 'dit 1'];
  let from = file.version.end;
  const docs = comments.take(from, docEnd(file));
  for (const comment of docs) {
    head.push(comments.breaks(from, comment.span.start) ? hardline : ' ', commentText(comment));
    from = comment.span.end;
  }
  if (file.doc !== undefined)
    head.push(...comments.docs(file.doc).flatMap((doc, i) => (i % 2 === 0 ? [hardline, doc] : [])));
  const { open, rows } = rowsOf(
    comments,
    file.decls,
    from,
    text.length + 1,
    (decl) => declarationDoc(comments, decl),
    true,
  );
  const body = rows.length === 0 ? [] : [hardline, hardline, stacked(comments, rows)];
  return `${print(sequence([...head, open, ...body]), WIDTH)}\n`;
}

/** The end of what belongs to the version line: a comment behind it, and the block of documentation below it. */
function docEnd({ comments, version, source: { text } }: File): number {
  let end = version.end;
  for (const comment of comments) {
    if (comment.span.start < version.end) continue;
    const between = text.slice(end, comment.span.start);
    const lines = between.split('\n').length - 1;
    if (/\S/.test(between) || lines > 1 || (lines === 0 && end > version.end) || (lines === 1 && !comment.doc)) break;
    end = comment.span.end;
  }
  return end;
}
