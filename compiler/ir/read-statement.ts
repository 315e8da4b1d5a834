/** One statement of IR text as data; names are not yet resolved. */
import type { Attribute, Attributes, Init, Role } from './graph.ts';
import { readNumber } from './number-text.ts';
import { createScanner, type Scanner } from './read-scanner.ts';
import type { Dim, Dtype, TensorType } from './type.ts';

export type OperandText =
  | { readonly kind: 'value'; readonly id: number }
  | { readonly kind: 'number'; readonly dtype: Dtype; readonly value: number }
  | { readonly kind: 'weight'; readonly path: string };

export interface Definition {
  readonly id: number;
  readonly name?: string;
  readonly type: TensorType;
}

export type InitText = Exclude<Init, { kind: 'tensor' }> | { readonly kind: 'const'; readonly label: string };

export type Expression =
  | {
      readonly kind: 'op';
      readonly op: string;
      readonly operands: readonly OperandText[];
      readonly attributes: Attributes;
    }
  | {
      readonly kind: 'call';
      readonly label: string;
      readonly operands: readonly OperandText[];
      readonly word: '' | 'as' | 'reads';
      readonly shared: boolean;
      readonly prefix: string;
    }
  | { readonly kind: 'fill'; readonly value: number }
  | { readonly kind: 'const'; readonly label: string };

export type Statement =
  | {
      readonly kind: 'input';
      readonly id: number;
      readonly name: string;
      readonly valueName?: string;
      readonly type: TensorType;
      readonly role?: Role;
    }
  | {
      readonly kind: 'weight';
      readonly path: string;
      readonly name?: string;
      readonly type: TensorType;
      readonly trained: boolean;
      readonly shared: boolean;
      readonly init: InitText;
    }
  | { readonly kind: 'owns'; readonly label: string; readonly prefix: string; readonly shared: boolean }
  | { readonly kind: 'node'; readonly results: readonly Definition[]; readonly expression: Expression }
  | { readonly kind: 'return'; readonly results: readonly { readonly name?: string; readonly operand: OperandText }[] };

export interface ReadProblem {
  /** as a diagnostic: lower case, no full stop */
  readonly problem: string;
  /** from 1 */
  readonly line: number;
}

export interface PlacedStatement {
  readonly statement: Statement;
  readonly line: number;
}

export interface GraphText {
  readonly label: string;
  readonly name: string;
  readonly settings: string;
  readonly borrows: boolean;
  readonly line: number;
  readonly statements: PlacedStatement[];
}

const ROLES = ['image', 'timestep', 'text', 'mask', 'drop', 'uniform', 'normal'] as const;

/** The statement, or what is wrong with it. */
export function readStatement(text: string): Statement | { readonly problem: string } {
  const scan = createScanner(text);
  const statement = anyStatement(scan);
  scan.end();
  return scan.problem === undefined ? statement : { problem: scan.problem };
}

function anyStatement(scan: Scanner): Statement {
  if (scan.word('input')) return input(scan);
  if (scan.word('owns')) {
    const label = scan.label();
    scan.expect(' as ');
    return { kind: 'owns', label, ...path(scan) };
  }
  if (scan.word('return')) {
    const result = () => {
      const name = scan.nameBeforeColon();
      return { name, operand: operand(scan) };
    };
    return { kind: 'return', results: scan.atEnd() ? [] : scan.list(result) };
  }
  if (scan.ahead(/(shared )?(param|frozen) /y)) return weight(scan);
  const results = scan.ahead(/%/y) ? scan.list(() => definition(scan)) : [];
  if (results.length > 0) scan.expect(' = ');
  return { kind: 'node', results, expression: expression(scan) };
}

function input(scan: Scanner): Statement {
  const id = valueId(scan);
  scan.expect(' ');
  const name = scan.name();
  const valueName = scan.take(' (') ? scan.name() : undefined;
  if (valueName !== undefined) scan.expect(')');
  scan.expect(': ');
  const read = type(scan);
  return { kind: 'input', id, name, valueName, type: read, role: scan.take(' ') ? role(scan) : undefined };
}

function role(scan: Scanner): Role | undefined {
  if (!scan.take('label(')) {
    const word = scan.name();
    const kind = ROLES.find((known) => known === word);
    if (kind === undefined) scan.fail(`there is no role \`${word}\``);
    return kind && { kind };
  }
  const classes = number(scan);
  const none = scan.take(', null: ') ? number(scan) : undefined;
  scan.expect(')');
  return none === undefined ? { kind: 'label', classes } : { kind: 'label', classes, null: none };
}

function weight(scan: Scanner): Statement {
  const shared = scan.take('shared ');
  const trained = scan.take('param ');
  if (!trained) scan.expect('frozen ');
  const first = scan.path();
  const at = scan.take(' as ') ? scan.path() : undefined;
  scan.expect(': ');
  const read = type(scan);
  scan.expect(' = ');
  const named = at === undefined ? { path: first } : { path: at, name: first };
  return { kind: 'weight', ...named, type: read, trained, shared, init: init(scan) };
}

function init(scan: Scanner): InitText {
  const inside = <T extends InitText>(make: () => T): T => {
    const made = make();
    scan.expect(')');
    return made;
  };
  if (scan.take('normal(')) return inside(() => ({ kind: 'normal', std: number(scan) }));
  if (scan.take('uniform(')) return inside(() => ({ kind: 'uniform', bound: number(scan) }));
  if (scan.take('xavier_uniform(')) {
    const fanIn = number(scan);
    scan.expect(', ');
    return inside(() => ({ kind: 'xavier_uniform', fanIn, fanOut: number(scan) }));
  }
  if (scan.word('const')) return { kind: 'const', label: scan.label() };
  return { kind: 'fill', value: number(scan) };
}

function definition(scan: Scanner): Definition {
  const id = valueId(scan);
  const name = scan.take(' ') ? scan.name() : undefined;
  scan.expect(': ');
  return { id, name, type: type(scan) };
}

function expression(scan: Scanner): Expression {
  if (scan.word('call')) {
    const label = scan.label();
    scan.expect('(');
    const operands = scan.ahead(/\)/y) ? [] : scan.list(() => operand(scan));
    scan.expect(')');
    const word = scan.take(' as ') ? 'as' : scan.take(' reads ') ? 'reads' : '';
    return { kind: 'call', label, operands, word, ...(word === '' ? { prefix: '', shared: false } : path(scan)) };
  }
  if (scan.word('fill')) return { kind: 'fill', value: number(scan) };
  if (scan.word('const')) return { kind: 'const', label: scan.label() };
  const op = scan.name();
  const operands = scan.ahead(/ [^{]/y) && scan.take(' ') ? scan.list(() => operand(scan)) : [];
  return { kind: 'op', op, operands, attributes: scan.take(' ') ? attributes(scan) : {} };
}

function operand(scan: Scanner): OperandText {
  if (scan.take('@')) return { kind: 'weight', path: scan.path() };
  if (scan.ahead(/%/y)) return { kind: 'value', id: valueId(scan) };
  for (const dtype of ['int', 'bool'] as const) {
    if (!scan.take(`${dtype}(`)) continue;
    const value = number(scan);
    scan.expect(')');
    return { kind: 'number', dtype, value };
  }
  return { kind: 'number', dtype: 'f32', value: number(scan) };
}

function path(scan: Scanner): { prefix: string; shared: boolean } {
  const shared = scan.take('shared ');
  return { shared, prefix: scan.ahead(/_(?![\w.-])/y) && scan.take('_') ? '' : scan.path() };
}

function valueId(scan: Scanner): number {
  scan.expect('%');
  return number(scan);
}

function number(scan: Scanner): number {
  const text = scan.match(/-?(inf|nan|\d[\d.]*(e-?\d+)?)/y) ?? '';
  const value = readNumber(text);
  if (value === undefined) scan.fail('expected a number');
  return value ?? 0;
}

function type(scan: Scanner): TensorType {
  const dtype: Dtype = scan.take('int') ? 'int' : scan.take('bool') ? 'bool' : 'f32';
  scan.expect('[');
  const shape = scan.ahead(/\]/y) ? [] : scan.list(() => dim(scan));
  scan.expect(']');
  return { dtype, shape };
}

function dim(scan: Scanner): Dim {
  const digits = scan.match(/\d+/y);
  if (scan.take('N')) return { batch: digits === undefined ? 1 : Number(digits) };
  if (digits === undefined) scan.fail('expected a dim');
  return Number(digits);
}

function attributes(scan: Scanner): Attributes {
  return Object.fromEntries(entries(scan, () => attribute(scan)));
}

function attribute(scan: Scanner): Attribute {
  if (scan.ahead(/"/y)) return scan.string();
  if (scan.word('true')) return true;
  if (scan.word('false')) return false;
  if (scan.ahead(/\{/y)) return Object.fromEntries(entries(scan, () => dim(scan)));
  if (!scan.take('[')) return number(scan);
  const items = scan.ahead(/\]/y) ? [] : scan.list(() => number(scan));
  scan.expect(']');
  return items;
}

function entries<T>(scan: Scanner, value: () => T): [string, T][] {
  scan.expect('{');
  const entry = (): [string, T] => {
    const key = scan.name();
    scan.expect(': ');
    return [key, value()];
  };
  const read = scan.ahead(/\}/y) ? [] : scan.list(entry);
  scan.expect('}');
  return read;
}
