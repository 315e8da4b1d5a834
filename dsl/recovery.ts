/**
 * Recovery of our own on chevrotain's parser. White space means nothing to the grammar, so chevrotain's follow sets would
 * resume in the middle of a broken statement; here every repeated thing (declaration, statement, entry, argument …) is an
 * `attempt`: when it breaks, one complaint is kept, and parsing goes on where the layout says that another one begins,
 * inside of the same brackets (which are balanced).
 */
import { CstParser, type IToken, isRecognitionException, MismatchedTokenException, type TokenType } from 'chevrotain';
import { firstSets } from './first-sets.ts';
import { MAX_DEPTH, MAX_MESSAGES } from './limits.ts';
import type { Resume, Sync } from './sync.ts';
import * as T from './tokens.ts';

/** A place where the text left the grammar. `index` is that of the token found. */
export interface Complaint {
  readonly kind: 'expected' | 'comma' | 'after-return' | 'no-return';
  readonly expected: string;
  readonly index: number;
  /** what was being parsed, the innermost repeated thing, and the token it began at */
  readonly resume: Resume;
  readonly start: number;
  /** where parsing went on */
  next: number;
}

/** Expected where a chain of operators goes on for too long. */
export const DEEP = 'the end of a long chain';

export const NO_TEXT: Sync = {
  count: 0,
  closing: () => -1,
  body: () => -1,
  cut: () => false,
  resume: (_kind, _start, _broken, end) => end,
};

/** The position, which chevrotain keeps to itself: the index of the last token taken. */
interface Position {
  exportLexerState(): number;
  importLexerState(index: number): void;
}

export const starts =
  (...types: TokenType[]) =>
  (token: IToken) =>
    types.some((type) => T.is(token, type));
export const startsExpr = starts(
  ...[T.Id, T.NumberToken, T.StringToken, T.True, T.False, T.None, T.Prefix, T.LParen, T.LSquare, T.If, T.Match],
);
const startsItem = (token: IToken) => startsExpr(token) || starts(T.Underscore, T.Ellipsis, T.Colon, T.Name)(token);

export class Recovering extends CstParser {
  complaints: Complaint[] = [];
  protected sync: Sync = NO_TEXT;
  /** the index of the `}` of the body that is being parsed, or the end of the file */
  protected end = 0;
  /** thrown through all rules */
  protected readonly enough = new Error('enough complaints');
  /** the mistake that was complained about on its way up */
  private said: unknown;

  /** `checked`: chevrotain proves that the grammar is LL(2) and says where it is not; slow, for the tests. */
  constructor(checked = false) {
    super(T.VOCABULARY, {
      maxLookahead: 2,
      recoveryEnabled: false,
      nodeLocationTracking: 'onlyOffset',
      skipValidations: !checked,
      ...(checked ? {} : { lookaheadStrategy: firstSets() }),
      // texts are made where complaints become diagnostics; here only what was expected
      errorMessageProvider: {
        buildMismatchTokenMessage: ({ expected }) => `\`${expected.LABEL ?? expected.name}\``,
        buildNoViableAltMessage: ({ customUserDescription }) => customUserDescription ?? 'something else',
        buildEarlyExitMessage: ({ customUserDescription }) => customUserDescription ?? 'something else',
        buildNotAllInputParsedMessage: () => 'the end of the file',
      },
    });
  }

  /** Takes the text that the next call of a rule parses. */
  protected begin(tokens: T.Token[], sync: Sync): void {
    this.input = tokens;
    this.sync = sync;
    this.end = sync.count;
    this.complaints = [];
  }

  // ---------------------------------------------------------------- recovery

  protected next(): number {
    return (this as unknown as Position).exportLexerState() + 1;
  }

  protected jump(index: number): void {
    (this as unknown as Position).importLexerState(index - 1);
  }

  /** Whether a type of token comes after the next. */
  protected second(...types: TokenType[]): boolean {
    return types.some((type) => T.is(this.LA(2), type));
  }

  protected complain(resume: Resume, start: number, expected: string, kind: Complaint['kind'] = 'expected'): void {
    this.complaints.push({ kind, expected, index: this.next(), resume, start, next: -1 });
    if (this.complaints.length > 2 * MAX_MESSAGES) throw this.enough;
  }

  /** Parses what stands in the body that closes at `end`. */
  protected within(end: number, parse: () => void): void {
    const outer = this.end;
    this.end = end;
    try {
      parse();
    } finally {
      this.end = outer;
    }
  }

  /** Parses one of several things. Where it breaks, goes on at the next one. An item may end where it begins. */
  protected attempt(resume: Resume, end: number, parse: () => void): void {
    this.recover(resume, end, resume === 'item' ? 0 : 1, parse);
  }

  /** Parses the last part of something: where it breaks, the rest of it stays, and nothing of what follows is lost. */
  protected value(resume: Resume, end: number, parse: () => void): void {
    this.recover(resume, end, 0, parse);
  }

  private recover(resume: Resume, end: number, least: number, parse: () => void): void {
    const start = this.next();
    try {
      parse();
    } catch (error) {
      if (!isRecognitionException(error as Error)) throw error;
      if (error !== this.said) this.complain(resume, start, (error as Error).message);
      this.jump(this.sync.resume(resume, start, Math.max(this.next(), start + least), end));
      this.complaints.at(-1)!.next = this.next();
    }
  }

  /** Parses what stands before a body. Where it breaks, the body is parsed all the same: it may hold more mistakes. */
  protected header(parse: () => void): void {
    const start = this.next();
    try {
      parse();
    } catch (error) {
      if (!isRecognitionException(error as Error)) throw error;
      this.complain('declaration', start, (error as Error).message);
      this.said = error;
      const body = this.sync.body(start, this.next());
      if (body < 0) throw error;
      this.jump(body);
    }
  }

  /** Whether something that fits nowhere stood before `end`, and was passed over. */
  protected junk(resume: Resume, end: number, expected: string): boolean {
    const start = this.next();
    if (start >= end) return false;
    if (resume === 'statement' && this.sync.cut(start)) {
      // `x =` and on the next line `y = 1`: y has been taken for the value
      this.jump(start - 1);
      this.complain(resume, start - 1, 'an expression');
      return true;
    }
    this.complain(resume, start, expected);
    this.jump(this.sync.resume(resume, start, start + 1, end));
    if (resume === 'entry' && this.next() < end && T.is(this.LA(1), T.Comma)) this.jump(this.next() + 1);
    return true;
  }

  protected must(holds: (token: IToken) => boolean, expected: string): void {
    this.ACTION(() => {
      if (!holds(this.LA(1))) throw new MismatchedTokenException(expected, this.LA(1), this.LA(0));
    });
  }

  /** Stops a chain that the tree will not take, before it is read to its end. */
  protected bounded(count: number): void {
    this.ACTION(() => {
      if (count > MAX_DEPTH) throw new MismatchedTokenException(DEEP, this.LA(1), this.LA(0));
    });
  }

  /**
   * What follows an opening bracket up to its closing one: things with commas between them. After a mistake in one of
   * them the commas are no longer to be trusted, and no other is looked for on this level.
   */
  protected listed(
    element: (end: number) => void,
    expected: string,
    { fits = startsItem, least = 0 }: { fits?: (token: IToken) => boolean; least?: 0 | 1 } = {},
  ): void {
    const end = this.sync.closing(this.next() - 1);
    if (least > 0) this.nonEmpty(end, expected);
    let broken = false;
    const level = (parse: () => void) => {
      const before = this.complaints.length;
      parse();
      const own = this.complaints.slice(before).filter(({ resume, kind }) => resume === 'item' && kind === 'expected');
      if (broken && own.length > 0) this.complaints.splice(before);
      broken ||= own.length > 0;
    };
    do {
      this.MANY9(() => {
        level(() => this.attempt('item', end, () => element(end)));
        let comma: unknown;
        this.OPTION9(() => (comma = this.CONSUME9(T.Comma)));
        const start = this.next();
        if (comma !== undefined || start >= end) return;
        if (fits(this.LA(1))) this.complain('item', start, expected, 'comma');
        else level(() => void this.skipItem(start, end, '`,` or the closing bracket'));
      });
      const start = this.next();
      if (start < end) level(() => void this.skipItem(start, end, expected));
    } while (this.next() < end);
  }

  private skipItem(start: number, end: number, expected: string): void {
    this.complain('item', start, expected);
    this.jump(Math.min(end, this.sync.resume('item', start, start, end) + 1));
  }

  private nonEmpty(end: number, expected: string): void {
    if (this.next() === end) this.complain('entry', end, expected);
  }

  /** What stands in braces: entries, with or without commas. */
  protected braced(element: () => void, expected: string, least: 0 | 1 = 0): void {
    this.CONSUME9(T.LCurly, { ERR_MSG: '`{`' });
    const end = this.sync.closing(this.next() - 1);
    if (least > 0) this.nonEmpty(end, expected);
    do {
      this.MANY9(() => {
        this.attempt('entry', end, element);
        this.OPTION9(() => this.CONSUME9(T.Comma));
      });
    } while (this.junk('entry', end, `${expected} or \`}\``));
    this.CONSUME9(T.RCurly, { ERR_MSG: '`}`' });
  }
}
