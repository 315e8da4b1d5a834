/** Which `///` comments document what: a block of lines belongs to what follows it, the one after `dit 1` to the file. */
import type { Token } from './tokens.ts';
import type { Comment } from './tree.ts';

export interface Documentation {
  readonly fileDoc?: string;
  /** by the offset of the first token of what is documented */
  readonly docs: ReadonlyMap<number, string>;
}

/** `version` is the end of the version line; `tokens` are those after it. */
export function documentation(
  text: string,
  version: number,
  comments: readonly Comment[],
  tokens: readonly Token[],
): Documentation {
  const docs = new Map<number, string>();
  let fileDoc: string | undefined;
  let next = 0;
  for (let i = 0; i < comments.length; ) {
    const block = [comments[i]!];
    if (comments[i]!.doc) {
      for (
        let j = i + 1;
        j < comments.length && comments[j]!.doc && adjoins(text, comments[j - 1]!, comments[j]!);
        j++
      ) {
        block.push(comments[j]!);
      }
    }
    i += block.length;
    const first = block[0]!;
    if (!first.doc) continue;
    const end = block.at(-1)!.span.end;
    const content = block.map((comment) => comment.text.replace(/^\/\/\/ ?/, '')).join('\n');
    if (version > 0 && first.span.start > version && nextLine(text.slice(version, first.span.start))) {
      fileDoc = content;
      continue;
    }
    while (next < tokens.length && tokens[next]!.startOffset < end) next++;
    const token = tokens[next];
    // another comment in between, even a doc comment after a blank line, takes its place
    const between = comments[i];
    if (token !== undefined && !(between?.doc && between.span.start < token.startOffset))
      docs.set(token.startOffset, content);
  }
  return { fileDoc, docs };
}

const nextLine = (gap: string) => /^[ \t]*(\/\/[^\r\n]*)?(\r\n|\r|\n)[ \t]*$/.test(gap);

const adjoins = (text: string, a: Comment, b: Comment) =>
  /^[ \t]*(\r\n|\r|\n)[ \t]*$/.test(text.slice(a.span.end, b.span.start));
