/**
 * Which `///` comments document what: a block of lines belongs to what follows it, the one after `dit 1` to the file.
 * Who makes the tree asks for the documentation of what begins at an offset; a `///` that nobody asked for documents
 * nothing and is an ordinary comment from then on, so that no change of layout can give it a meaning.
 */
import type { Token } from './tokens.ts';
import type { Comment } from './tree.ts';

export interface Documentation {
  readonly fileDoc?: string;
  /** the documentation of what begins at an offset */
  readonly of: (offset: number) => string | undefined;
  /** the comments, `doc` where they document something that was asked for */
  readonly comments: () => readonly Comment[];
}

interface Block {
  readonly from: number;
  readonly to: number;
  readonly content: string;
  /** the offset of what follows; -1 for the file */
  readonly target: number | undefined;
}

/** `version` is the end of the version line; `tokens` are those after it. */
export function documentation(
  text: string,
  version: number,
  comments: readonly Comment[],
  tokens: readonly Token[],
): Documentation {
  const blocks = blocksOf(text, version, comments, tokens);
  // of several blocks before one thing the last is its documentation
  const targets = new Map(blocks.map((block) => [block.target, block]));
  const asked = new Set<Block>();
  const file = blocks.find((block) => block.target === -1);
  if (file !== undefined) asked.add(file);
  return {
    fileDoc: file?.content,
    of(offset) {
      const block = targets.get(offset);
      if (block !== undefined) asked.add(block);
      return block?.content;
    },
    comments() {
      const out = [...comments];
      for (const block of blocks) {
        if (asked.has(block)) continue;
        for (let i = block.from; i < block.to; i++) out[i] = { ...out[i]!, doc: false };
      }
      return out;
    },
  };
}

function blocksOf(text: string, version: number, comments: readonly Comment[], tokens: readonly Token[]): Block[] {
  const blocks: Block[] = [];
  let next = 0;
  for (let from = 0; from < comments.length; ) {
    let to = from + 1;
    if (comments[from]!.doc) {
      while (to < comments.length && comments[to]!.doc && adjoins(text, comments[to - 1]!, comments[to]!)) to++;
      const { start } = comments[from]!.span;
      const { end } = comments[to - 1]!.span;
      while (next < tokens.length && tokens[next]!.startOffset < end) next++;
      const lines = comments.slice(from, to).map((comment) => comment.text.replace(/^\/\/\/ ?/, ''));
      const ofFile = version > 0 && start >= version && RIGHT_AFTER.test(text.slice(version, start));
      blocks.push({
        from,
        to,
        content: lines.join('\n'),
        target: ofFile ? -1 : start < version ? undefined : tokens[next]?.startOffset,
      });
    }
    from = to;
  }
  return blocks;
}

/** On the version line or the next; a comment may stand behind the version. */
const RIGHT_AFTER = /^[ \t]*(?:(?:\/\/[^\n]*)?\r?\n[ \t]*)?$/;

const adjoins = (text: string, a: Comment, b: Comment) =>
  /^[ \t]*\r?\n[ \t]*$/.test(text.slice(a.span.end, b.span.start));
