/**
 * Text → syntax tree. Always gives a tree, whatever the text: what is broken is left out of it, or is an expression of
 * kind `missing`, and is said in a diagnostic, one for each mistake. Never throws; bounded in time, memory and stack by
 * the limits of `limits.ts`. Its order: characters, tokens, the version, brackets, grammar, tree.
 */
import { balance } from './brackets.ts';
import { type Context, spanOfToken } from './cst.ts';
import { declarationsOf } from './declaration-tree.ts';
import type { Diagnostic } from './diagnostic.ts';
import { documentation } from './documentation.ts';
import { excerpt } from './excerpt.ts';
import { Grammar } from './grammar.ts';
import { lex } from './lexer.ts';
import { MAX_CHARACTERS, MAX_MESSAGES, MAX_TOKENS } from './limits.ts';
import { sift, withoutEchoes } from './sift.ts';
import type { Source } from './span.ts';
import { synchronise } from './sync.ts';
import { report } from './syntax-codes.ts';
import * as T from './tokens.ts';
import type { Comment, Decl, File } from './tree.ts';

export interface Parsed {
  readonly file: File;
  readonly diagnostics: readonly Diagnostic[];
}

let grammar: Grammar | undefined;

export function parse(source: Source): Parsed {
  const refused = refuse(source);
  if (refused !== undefined) return empty(source, [refused]);
  const { tokens: all, comments, diagnostics: lexical } = lex(source);
  if (all.length + comments.length > MAX_TOKENS) return empty(source, [tooMany(source)]);

  const { version, rest, diagnostic } = versionOf(source, all);
  if (diagnostic?.code === 'D0110')
    return { file: { source, version, decls: [], comments }, diagnostics: [diagnostic] };
  const docs = documentation(source.text, version.end, comments, rest);
  const balanced = balance(source, rest);
  const found: Diagnostic[] = diagnostic === undefined ? [] : [diagnostic];
  let decls: Decl[] = [];
  if (balanced.tooDeep) found.push(...lexical, ...balanced.diagnostics);
  else {
    grammar ??= new Grammar();
    const sync = synchronise(source, balanced.tokens, balanced.close);
    const { cst, complaints } = grammar.parse(balanced.tokens.slice(), sync);
    const sifted = sift(source, balanced, lexical, complaints);
    found.push(...sifted.diagnostics);
    const report = (one: Diagnostic) => void (sifted.echo(one.place.span.start) || found.push(one));
    const context: Context = { source, doc: docs.of, report };
    decls = cst === undefined ? [] : declarationsOf(context, cst);
  }
  const file = { source, version, doc: docs.fileDoc, decls, comments: docs.comments() };
  return { file, diagnostics: inOrder(withoutEchoes(source, found)) };
}

const empty = (source: Source, diagnostics: Diagnostic[]): Parsed => ({
  file: { source, version: { start: 0, end: 0 }, decls: [], comments: [] as Comment[] },
  diagnostics,
});

const tooMany = (source: Source) =>
  report(
    'D0111',
    { source, span: { start: 0, end: 0 } },
    { what: 'words, signs and comments', most: MAX_TOKENS.toLocaleString('en') },
  );

/** What is no text, or too much of it. */
function refuse(source: Source): Diagnostic | undefined {
  const { text } = source;
  if (text.length > MAX_CHARACTERS) {
    const most = MAX_CHARACTERS.toLocaleString('en');
    return report('D0111', { source, span: { start: 0, end: 0 } }, { what: 'characters', most });
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const hidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]/.exec(text);
  if (hidden !== null) {
    const code = hidden[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    const what = hidden[0] === '\0' ? 'a NUL byte' : `the control character U+${code}`;
    const help = hidden[0] < ' ' ? 'is this a text?' : 'it would hide what the text says';
    return report('D0104', { source, span: { start: hidden.index, end: hidden.index + 1 } }, { what }, { help });
  }
  if (text.length > MAX_TOKENS && atLeast(text) > MAX_TOKENS) return tooMany(source);
  return undefined;
}

/** Fewer than the words and signs of a text, without making them: a hostile text has millions. */
function atLeast(text: string): number {
  const outside = text.replace(/\/\/[^\r\n]*/g, ' a ').replace(/"[^"\r\n]*"/g, ' a ');
  let words = 0;
  let signs = 0;
  let inside = false;
  for (let i = 0; i < outside.length; i++) {
    const char = outside.charCodeAt(i);
    const small = char | 32;
    const letter = (small >= 97 && small <= 122) || (char >= 48 && char <= 57) || char === 95 || char >= 128;
    if (letter && !inside) words++;
    else if (!letter && char > 32) signs++;
    inside = letter;
  }
  return words / 2 + signs / 3;
}

function versionOf(source: Source, tokens: readonly T.Token[]) {
  const [word, number] = tokens;
  const rest = (from: number) => tokens.slice(from);
  if (word?.tokenType !== T.Dit) {
    const span = { start: 0, end: 0 };
    const fixes = [{ message: 'insert `dit 1`', edits: [{ place: { source, span }, text: 'dit 1\n' }] }];
    const at = word === undefined ? span : spanOfToken(word);
    const diagnostic = report('D0109', { source, span: at }, {}, { help: 'the first line is `dit 1`', fixes });
    return { version: span, rest: rest(0), diagnostic };
  }
  if (number?.tokenType !== T.NumberToken) {
    const span = spanOfToken(word);
    const diagnostic = report('D0109', { source, span }, {}, { help: 'the first line is `dit 1`' });
    return { version: span, rest: rest(1), diagnostic };
  }
  const version = { start: word.startOffset, end: number.endOffset + 1 };
  if (number.image === '1') return { version, rest: rest(2), diagnostic: undefined };
  const help = 'it knows version 1; a later version needs a newer ditc';
  const diagnostic = report(
    'D0110',
    { source, span: spanOfToken(number) },
    { version: excerpt(number.image) },
    { help },
  );
  return { version, rest: [], diagnostic };
}

function inOrder(diagnostics: Diagnostic[]): Diagnostic[] {
  const sorted = diagnostics
    .map((diagnostic, i) => ({ diagnostic, i }))
    .sort((a, b) => a.diagnostic.place.span.start - b.diagnostic.place.span.start || a.i - b.i)
    .map(({ diagnostic }) => diagnostic);
  if (sorted.length <= MAX_MESSAGES) return sorted;
  const { place } = sorted[MAX_MESSAGES]!;
  return [...sorted.slice(0, MAX_MESSAGES), report('D0122', place, { shown: MAX_MESSAGES })];
}
