/**
 * The words and signs of the language (grammar §1). Words are matched as names first and then looked up, so that a
 * keyword costs no pattern. Three categories stand for sets of words: `Id` may be given to things, `Name` may also be
 * reserved (after a dot, before a colon, in a weight path), and top-level keywords are ordinary `Id`s elsewhere.
 */
import { createToken, type IToken, Lexer, type TokenType } from 'chevrotain';
import { blockComment, quoted, unclosed } from './scan.ts';

const category = (name: string, ...categories: TokenType[]) => createToken({ name, pattern: Lexer.NA, categories });

export const Name = category('Name');
export const Id = category('Id', Name);
/** What may stand between two operands, and before one. */
export const Infix = category('Infix');
export const Prefix = category('Prefix');

const word = (text: string, ...categories: TokenType[]) =>
  createToken({ name: text.toUpperCase(), pattern: Lexer.NA, label: text, categories });
const reserved = (text: string, ...more: TokenType[]) => word(text, Name, ...more);
const contextual = (text: string) => word(text, Id);

export const Use = reserved('use');
export const Export = reserved('export');
export const Const = reserved('const');
export const Enum = reserved('enum');
export const Record_ = reserved('record');
export const Model = reserved('model');
export const Param = reserved('param');
export const Frozen = reserved('frozen');
export const Input = reserved('input');
export const Output = reserved('output');
export const Require = reserved('require');
export const If = reserved('if');
export const Else = reserved('else');
export const For = reserved('for');
export const In = reserved('in');
export const Match = reserved('match');
export const As = reserved('as');
export const Shared = reserved('shared');
export const Return = reserved('return');
export const And = reserved('and', Infix);
export const Or = reserved('or', Infix);
export const Not = reserved('not', Prefix);
export const True = reserved('true');
export const False = reserved('false');
export const None = reserved('none');

export const Dit = contextual('dit');
export const Block = contextual('block');
export const Preset = contextual('preset');
export const Recipe = contextual('recipe');
export const Grid = contextual('grid');
export const Of = contextual('of');
export const With = contextual('with');
export const Expect = contextual('expect');
export const Where = contextual('where');
export const Zip = contextual('zip');
export const By = contextual('by');
export const To = contextual('to');
export const Step = contextual('step');
export const PathWord = contextual('path');
export const LeaveOneOut = contextual('leave_one_out');

const WORDS = [
  ...[Use, Export, Const, Enum, Record_, Model, Param, Frozen, Input, Output, Require, If, Else, For, In, Match, As],
  ...[Shared, Return, And, Or, Not, True, False, None],
  ...[Dit, Block, Preset, Recipe, Grid, Of, With, Expect, Where, Zip, By, To, Step, PathWord, LeaveOneOut],
];

/** What is written `word` and nothing else. */
export const KEYWORDS: ReadonlyMap<string, TokenType> = new Map(WORDS.map((type) => [type.LABEL!, type]));

export function isReserved(text: string): boolean {
  const type = KEYWORDS.get(text);
  return type !== undefined && !type.CATEGORIES!.includes(Id);
}

const sign = (name: string, pattern: string, ...categories: TokenType[]) =>
  createToken({ name, pattern, label: pattern, categories });

export const Pipe = sign('Pipe', '|>');
export const Arrow = sign('Arrow', '->');
export const Gives = sign('Gives', '=>');
export const PlusMinus = sign('PlusMinus', '+-');
export const PlusAssign = sign('PlusAssign', '+=');
export const Assign = sign('Assign', '=');
export const Equal = sign('Equal', '==', Infix);
export const Minus = sign('Minus', '-', Infix, Prefix);
export const Power = sign('Power', '^', Infix);
export const Percent = sign('Percent', '%', Infix);
const INFIX = [
  Equal,
  sign('NotEqual', '!=', Infix),
  sign('LessEqual', '<=', Infix),
  sign('GreaterEqual', '>=', Infix),
  sign('Less', '<', Infix),
  sign('Greater', '>', Infix),
  sign('Plus', '+', Infix),
  Minus,
  sign('Times', '*', Infix),
  sign('Divide', '/', Infix),
  Percent,
  Power,
];
export const Ellipsis = sign('Ellipsis', '...');
export const Range = sign('Range', '..', Infix);
export const Dot = sign('Dot', '.');
export const Comma = sign('Comma', ',');
export const Colon = sign('Colon', ':');
export const Question = sign('Question', '?');
export const LParen = sign('LParen', '(');
export const RParen = sign('RParen', ')');
export const LSquare = sign('LSquare', '[');
export const RSquare = sign('RSquare', ']');
export const LCurly = sign('LCurly', '{');
export const RCurly = sign('RCurly', '}');
export const Bar = sign('Bar', '|');
export const Underscore = createToken({ name: 'Underscore', pattern: Lexer.NA, label: '_' });

export const NumberToken = createToken({
  name: 'Number',
  pattern: /[0-9][0-9_]*(?:\.[0-9][0-9_]*)?(?:[eE][+-]?[0-9][0-9_]*)?[KMGT]?/,
  start_chars_hint: [...'0123456789'],
  line_breaks: false,
});
export const StringToken = createToken({
  name: 'String',
  pattern: quoted('"'),
  start_chars_hint: ['"'],
  line_breaks: false,
});
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_';
export const Word = createToken({
  name: 'Word',
  pattern: /[A-Za-z_][A-Za-z0-9_]*/,
  categories: [Id],
  start_chars_hint: [...LETTERS],
  line_breaks: false,
});

const Blank = createToken({
  name: 'Blank',
  pattern: /[ \t\r\n\ufeff]+/,
  group: Lexer.SKIPPED,
  line_breaks: true,
  start_chars_hint: [...' \t\r\n\ufeff'],
});
const Comment = createToken({
  name: 'Comment',
  pattern: /\/\/[^\r\n]*/,
  group: 'comments',
  line_breaks: false,
  start_chars_hint: ['/'],
});

/** What other languages write: each is one message with its remedy, and is then read as what was meant. */
export const Foreign = {
  unclosed: createToken({ name: 'Unclosed', pattern: unclosed, start_chars_hint: ['"', "'"], line_breaks: false }),
  single: createToken({ name: 'Single', pattern: quoted("'"), start_chars_hint: ["'"], line_breaks: false }),
  block: createToken({ name: 'BlockComment', pattern: blockComment, start_chars_hint: ['/'], line_breaks: true }),
  hash: createToken({ name: 'Hash', pattern: /#[^\r\n]*/, line_breaks: false }),
  and: createToken({ name: 'AndSign', pattern: '&&' }),
  or: createToken({ name: 'OrSign', pattern: '||' }),
  not: createToken({ name: 'NotSign', pattern: '!' }),
  power: createToken({ name: 'PowerSign', pattern: '**' }),
  semicolon: createToken({ name: 'Semicolon', pattern: ';' }),
  /** characters that begin nothing, as many as stand together */
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is for
  stray: createToken({ name: 'Stray', pattern: /[$&@\\`~\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\uffff]+/ }),
} as const;

/** In the order in which they are tried: the longest of each beginning first. */
export const LEXED: TokenType[] = [
  ...[Blank, Comment, Word, NumberToken, StringToken],
  ...[Foreign.unclosed, Foreign.single, Foreign.block, Foreign.hash, Foreign.and, Foreign.or, Foreign.power],
  ...[Pipe, Arrow, Gives, PlusMinus, PlusAssign],
  ...INFIX.slice(0, 4),
  Assign,
  ...INFIX.slice(4),
  ...[Ellipsis, Range, Dot, Comma, Colon, Question, LParen, RParen, LSquare, RSquare, LCurly, RCurly, Bar],
  ...[Foreign.not, Foreign.semicolon, Foreign.stray],
];

/** What the grammar knows. */
export const VOCABULARY: TokenType[] = [
  ...[Name, Id, Infix, Prefix, ...WORDS, ...INFIX],
  ...[Pipe, Arrow, Gives, PlusMinus, PlusAssign, Assign, Ellipsis, Range, Dot, Comma, Colon, Question],
  ...[LParen, RParen, LSquare, RSquare, LCurly, RCurly, Bar, Underscore, NumberToken, StringToken, Word],
];

/** A token with its end, which chevrotain's fastest mode leaves out; `inserted` where a closing bracket was made up. */
export interface Token extends IToken {
  endOffset: number;
  inserted?: boolean;
}

export const is = (token: IToken, type: TokenType): boolean =>
  token.tokenTypeIdx === type.tokenTypeIdx || type.categoryMatchesMap?.[token.tokenTypeIdx] === true;
