/** Reading chevrotain's concrete tree: children by name, spans, and what the tree makers need of their surroundings. */
import type { CstNode } from 'chevrotain';
import type { Diagnostic } from './diagnostic.ts';
import type { Place, Source, Span } from './span.ts';
import type { Token } from './tokens.ts';
import type { MissingExpr, Name } from './tree.ts';

export interface Context {
  readonly source: Source;
  readonly report: (diagnostic: Diagnostic) => void;
  /** the documentation of what begins at an offset */
  readonly doc: (offset: number) => string | undefined;
}

export const placeOf = (context: Context, span: Span): Place => ({ source: context.source, span });

export const tokensOf = (node: CstNode, key: string) => (node.children[key] ?? []) as Token[];
export const tokenOf = (node: CstNode, key: string) => node.children[key]?.[0] as Token | undefined;
export const nodesOf = (node: CstNode, key: string) => (node.children[key] ?? []) as CstNode[];
export const nodeOf = (node: CstNode, key: string) => node.children[key]?.[0] as CstNode | undefined;

export const spanOf = (node: CstNode): Span => ({
  start: node.location!.startOffset,
  end: node.location!.endOffset! + 1,
});
export const spanOfToken = (token: Token): Span => ({ start: token.startOffset, end: token.endOffset + 1 });
export const spanFrom = (from: Span, to: Span): Span => ({ start: from.start, end: to.end });

export const nameOf = (token: Token): Name => ({ text: token.image, span: spanOfToken(token) });

/** The text of a string, its escapes resolved. No source holds a NUL. */
export const unquote = (image: string) =>
  image.slice(1, -1).replaceAll('\\\\', '\0').replaceAll('\\"', '"').replaceAll('\\n', '\n').replaceAll('\0', '\\');

export const stringName = (token: Token): Name => ({ text: unquote(token.image), span: spanOfToken(token) });

export const missing = (offset: number): MissingExpr => ({ kind: 'missing', span: { start: offset, end: offset } });
