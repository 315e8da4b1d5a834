/** Walks over one statement of IR text. After the first thing that does not fit it stands still and says what it was. */
export interface Scanner {
  readonly problem: string | undefined;
  fail(message: string): void;
  atEnd(): boolean;
  end(): void;
  /** whether a sticky pattern is next; takes nothing */
  ahead(pattern: RegExp): boolean;
  match(pattern: RegExp): string | undefined;
  take(text: string): boolean;
  expect(text: string): void;
  /** a word of its own, and the blank behind it */
  word(text: string): boolean;
  name(): string;
  /** `eps: `, or nothing */
  nameBeforeColon(): string | undefined;
  path(): string;
  /** as written: `Linear#2`, `"my block"` */
  label(): string;
  string(): string;
  /** one or more, with `, ` between them */
  list<T>(item: () => T): T[];
}

const STRING = /"(?:[^"\\]|\\.)*"/y;
const NAME = /[\w-][\w.-]*/y;

export function createScanner(text: string): Scanner {
  let at = 0;
  let problem: string | undefined;

  const fail = (message: string) => {
    problem ??= `${message} at \`${text.slice(at, at + 30)}\``;
    at = text.length;
  };
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const take = (expected: string): boolean => {
    const found = text.startsWith(expected, at);
    if (found) at += expected.length;
    return found;
  };
  const expect = (expected: string) => {
    if (!take(expected)) fail(`expected \`${expected.trim()}\``);
  };
  const string = (): string => {
    const quoted = match(STRING);
    const value = quoted === undefined ? undefined : unquote(quoted);
    if (value === undefined) fail('expected a string');
    return value ?? '';
  };
  const ahead = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    return pattern.test(text);
  };
  const name = (): string => {
    if (ahead(/"/y)) return string();
    const found = match(NAME);
    if (found === undefined) fail('expected a name');
    return found ?? '';
  };

  return {
    get problem() {
      return problem;
    },
    fail,
    atEnd: () => at >= text.length,
    end() {
      if (at < text.length) fail('unexpected text');
    },
    ahead,
    match,
    take,
    expect,
    word(expected) {
      const whole = text.startsWith(expected, at) && !/[\w.#"-]/.test(text[at + expected.length] ?? ' ');
      if (whole) at += expected.length + (text[at + expected.length] === ' ' ? 1 : 0);
      return whole;
    },
    name,
    nameBeforeColon() {
      if (!ahead(/(?:[\w-][\w.-]*|"(?:[^"\\]|\\.)*"): /y)) return undefined;
      const found = name();
      expect(': ');
      return found;
    },
    path: name,
    label() {
      const found = match(/(?:[\w-][\w.-]*|"(?:[^"\\]|\\.)*")(?:#\d+)?/y);
      if (found === undefined) fail('expected the name of a graph');
      return found ?? '';
    },
    string,
    list(item) {
      const items = [item()];
      while (problem === undefined && take(', ')) items.push(item());
      return items;
    },
  };
}

/** The value of a JSON string; undefined where it is none. */
export function unquote(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
