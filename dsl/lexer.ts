/**
 * Text → tokens. The lexer gives every character a token, so it never fails: what cannot stand in a `.dit` file, and
 * what only other languages write, is reported once with its remedy and then left out or read as what was meant.
 */
import { Lexer, type TokenType } from 'chevrotain';
import type { Diagnostic, Extras } from './diagnostic.ts';
import { excerpt } from './excerpt.ts';
import { MAX_MESSAGES } from './limits.ts';
import type { Source } from './span.ts';
import { report } from './syntax-codes.ts';
import * as T from './tokens.ts';
import type { Comment } from './tree.ts';

export interface Lexed {
  readonly tokens: T.Token[];
  readonly comments: readonly Comment[];
  readonly diagnostics: readonly Diagnostic[];
}

let engine: Lexer | undefined;
/** Built at first use; `--version` should not pay for it. */
const lexer = () =>
  (engine ??= new Lexer(T.LEXED, { positionTracking: 'onlyOffset', ensureOptimizations: true, skipValidations: true }));

const QUOTES = /[\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb]/;
const DASHES = /[\u2010-\u2015\u2212]/;

/** Signs of other languages, what is meant by them, and the token they are read as. */
const MEANT = new Map<TokenType, { readonly as: TokenType; readonly text: string }>([
  [T.Foreign.and, { as: T.And, text: 'and' }],
  [T.Foreign.or, { as: T.Or, text: 'or' }],
  [T.Foreign.not, { as: T.Not, text: 'not ' }],
  [T.Foreign.power, { as: T.Power, text: '^' }],
]);

function stray(text: string): { what: string; help?: string } {
  const char = String.fromCodePoint(text.codePointAt(0)!);
  const what = `\`${char}\` (U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')})`;
  if (QUOTES.test(char)) return { what, help: 'strings stand in straight double quotes: "…"' };
  if (DASHES.test(char)) return { what, help: 'a minus is written `-`' };
  if (char === '×') return { what, help: 'a product is written `*`' };
  if (/\s|\u200b/.test(char))
    return {
      what: `the blank U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`,
      help: 'use an ordinary blank',
    };
  if (/\p{L}/u.test(char)) return { what, help: 'names are made of a-z, A-Z, 0-9 and _' };
  return { what };
}

export function lex(source: Source): Lexed {
  const { text } = source;
  const result = lexer().tokenize(text);
  const diagnostics: Diagnostic[] = [];
  const say = (make: () => Diagnostic) => {
    if (diagnostics.length <= MAX_MESSAGES) diagnostics.push(make());
  };
  const tokens: T.Token[] = [];
  const comments: Comment[] = (result.groups.comments ?? []).map((comment) => ({
    text: comment.image.trimEnd(),
    doc: /^\/\/\/(?!\/)/.test(comment.image),
    span: { start: comment.startOffset, end: comment.startOffset + comment.image.trimEnd().length },
  }));
  const place = (start: number, end: number) => ({ source, span: { start, end } });
  const foreign = (
    start: number,
    end: number,
    what: string,
    instead: string,
    replacement: string,
    extras: Extras = {},
  ) => {
    const edits = [{ place: place(start, end), text: replacement }];
    const shown = replacement.startsWith('//') ? '//' : replacement.trim();
    const fixes = [{ message: shown === '' ? 'remove it' : `write \`${shown}\``, edits }];
    say(() => report('D0108', place(start, end), { what, instead }, { fixes, ...extras }));
  };

  for (const raw of result.tokens) {
    const token = raw as T.Token;
    const { image, startOffset: start } = token;
    const end = start + image.length;
    token.endOffset = end - 1;
    const type = token.tokenType;
    const become = (meant: TokenType) => {
      token.tokenType = meant;
      token.tokenTypeIdx = meant.tokenTypeIdx!;
      tokens.push(token);
    };

    if (type === T.Word) {
      const before = tokens.at(-1);
      if (before?.tokenType === T.NumberToken && before.endOffset + 1 === start) {
        before.image += image;
        before.endOffset = end - 1;
        const text = before.image;
        say(() => report('D0105', place(before.startOffset, end), { text: excerpt(text) }, { help: numberHelp(text) }));
        before.image = '1';
        continue;
      }
      if (image === '_') become(T.Underscore);
      else {
        const keyword = T.KEYWORDS.get(image);
        if (keyword === undefined) tokens.push(token);
        else become(keyword);
      }
    } else if (type === T.StringToken) {
      const bad = badEscape(image);
      if (bad >= 0) {
        const help = 'the escapes are `\\"`, `\\\\` and `\\n`';
        const found = image.slice(bad, bad + 2);
        say(() => report('D0107', place(start + bad, start + bad + 2), { escape: found }, { help }));
      }
      tokens.push(token);
    } else if (type === T.Foreign.unclosed) {
      const help = 'a string ends with `"`; a line break in it is written `\\n`';
      const fixes = [{ message: 'close the string', edits: [{ place: place(end, end), text: '"' }] }];
      say(() => report('D0106', place(start, end), {}, { help, fixes: image[0] === '"' ? fixes : [] }));
      token.image = '""';
      become(T.StringToken);
    } else if (type === T.Foreign.single) {
      const inner = image
        .slice(1, -1)
        .replaceAll("\\'", "'")
        .replace(/(?<!\\)"/g, '\\"');
      foreign(start, end, 'single quotes', 'strings stand in double quotes', `"${inner}"`);
      token.image = `"${inner}"`;
      become(T.StringToken);
    } else if (type === T.Foreign.block) {
      foreign(start, end, '`/* */`', 'a comment is written `//`, to the end of the line', toLineComments(image));
    } else if (type === T.Foreign.hash) {
      foreign(start, end, '`#`', 'a comment is written `//`', `//${image.slice(1)}`);
    } else if (type === T.Foreign.semicolon) {
      foreign(start, end, '`;`', 'statements are not separated', '');
    } else if (type === T.Foreign.stray) {
      const { what, help } = stray(image);
      say(() => report('D0104', place(start, end), { what }, { help }));
    } else {
      const meant = MEANT.get(type);
      if (meant === undefined) tokens.push(token);
      else {
        foreign(start, end, `\`${image}\``, `write \`${meant.text.trim()}\``, meant.text);
        token.image = meant.text.trim();
        become(meant.as);
      }
    }
  }
  return { tokens, comments, diagnostics };
}

function badEscape(image: string): number {
  for (let at = image.indexOf('\\'); at >= 0; at = image.indexOf('\\', at + 2)) {
    if (!'"\\n'.includes(image[at + 1]!)) return at;
  }
  return -1;
}

const toLineComments = (image: string) =>
  image
    .replace(/^\/\*+|\*+\/$/g, '')
    .split(/\r?\n/)
    .map((line) => `// ${line.replace(/^\s*\*?\s*/, '').trimEnd()}`.trimEnd())
    .join('\n');

function numberHelp(image: string): string {
  if (/^[0-9._]+[kmgt]$/.test(image)) return 'the suffixes are capital: K, M, G, T';
  if (/^0[xXbBoO]/.test(image)) return 'numbers are decimal';
  const unit = /^([0-9._]+)([kmgt]?)(?:i?b|bytes?|flops?|macs?|params?)$/i.exec(image);
  if (unit !== null && unit[2] !== '') return `a number has no unit: \`${unit[1]}${unit[2]!.toUpperCase()}\``;
  if (/^[0-9._]+B$/.test(image)) return `a billion is \`G\`: \`${image.slice(0, -1)}G\``;
  if (/^[0-9._]+[PE]$/.test(image)) return 'the suffixes are K, M, G, T; beyond them write `1e15`';
  return 'a name does not begin with a digit';
}
