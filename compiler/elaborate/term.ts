/**
 * What an expression stands for while a spec is elaborated: a value of compile time, or a tensor of the graph that is
 * being built. Terms are values; equal terms have equal keys (`keyOf`), which is what makes equal instantiations of a
 * block one graph.
 */
import type { Enum } from '../../dsl/tree.ts';
import { digestOf } from '../ir/digest.ts';
import type { Init, Value } from '../ir/graph.ts';
import { showType, type TensorType } from '../ir/type.ts';
import { type Num, showNum, toNumber } from './number.ts';
import type { BlockSymbol, RecordSymbol } from './symbol.ts';
import { holdsWatched } from './watch.ts';

export type Term =
  | NumberTerm
  | BatchTerm
  | BoolTerm
  | StringTerm
  | NoneTerm
  | ListTerm
  | RecordTerm
  | MemberTerm
  | BlockTerm
  | OpTerm
  | InitTerm
  | TensorTerm
  | WordTerm
  | ErrorTerm;

export interface NumberTerm {
  readonly kind: 'number';
  readonly value: Num;
}
/** `times` N: what dims that hold the batch are as numbers */
export interface BatchTerm {
  readonly kind: 'batch';
  readonly times: Num;
}
export interface BoolTerm {
  readonly kind: 'bool';
  readonly value: boolean;
}
export interface StringTerm {
  readonly kind: 'string';
  readonly value: string;
}
export interface NoneTerm {
  readonly kind: 'none';
}
export interface ListTerm {
  readonly kind: 'list';
  readonly items: readonly Term[];
}
export interface RecordTerm {
  readonly kind: 'record';
  readonly record: RecordSymbol;
  readonly fields: ReadonlyMap<string, Term>;
  /** the const that it is the value of, for people */
  readonly called?: string;
}
export interface MemberTerm {
  readonly kind: 'member';
  readonly of: Enum;
  readonly name: string;
}
/** A block, some of its compile-time parameters filled in. */
export interface BlockTerm {
  readonly kind: 'block';
  readonly block: BlockSymbol;
  readonly filled: ReadonlyMap<string, Term>;
}
export interface OpTerm {
  readonly kind: 'op';
  readonly op: string;
  readonly filled: ReadonlyMap<string, Term>;
}
export interface InitTerm {
  readonly kind: 'init';
  /** `xavier_uniform` without arguments takes its fans from the shape of the weight */
  readonly init:
    | Exclude<Init, { kind: 'xavier_uniform' }>
    | { readonly kind: 'xavier_uniform'; readonly fans?: readonly [number, number] };
}
export interface TensorTerm {
  readonly kind: 'tensor';
  readonly value: Value;
  readonly type: TensorType;
  /** an int tensor whose elements are known to lie in 0..bound-1 (labels, argsort, arange) */
  readonly bound?: number;
}
/** A plain word of a recipe, with its arguments if it has any: `linear(steps: 1000)`. */
export interface WordTerm {
  readonly kind: 'word';
  readonly word: string;
  readonly positional: readonly Term[];
  readonly named: ReadonlyMap<string, Term>;
}
/** The result of something that was reported already; nobody speaks of it again. */
export interface ErrorTerm {
  readonly kind: 'error';
}

export const ERROR: ErrorTerm = { kind: 'error' };
export const NONE: NoneTerm = { kind: 'none' };
export const TRUE: BoolTerm = { kind: 'bool', value: true };
export const FALSE: BoolTerm = { kind: 'bool', value: false };
const NO_FILLING: ReadonlyMap<string, Term> = new Map();

export const number = (value: Num): NumberTerm => ({ kind: 'number', value });
export const truth = (value: boolean): BoolTerm => (value ? TRUE : FALSE);
export const list = (items: readonly Term[]): ListTerm => ({ kind: 'list', items });
export const tensorTerm = (value: Value, type: TensorType, bound: number | undefined): TensorTerm =>
  bound === undefined ? { kind: 'tensor', value, type } : { kind: 'tensor', value, type, bound };

const blockTerms = new WeakMap<BlockSymbol, BlockTerm>();
const opTerms = new Map<string, OpTerm>();

/** The block as a value: always the same one, so that calls are known by what they are given. */
export function blockTerm(block: BlockSymbol): BlockTerm {
  let term = blockTerms.get(block);
  if (term === undefined) blockTerms.set(block, (term = { kind: 'block', block, filled: NO_FILLING }));
  return term;
}

/** of the name of an op */
export function opTerm(op: string): OpTerm {
  let term = opTerms.get(op);
  if (term === undefined) opTerms.set(op, (term = { kind: 'op', op, filled: NO_FILLING }));
  return term;
}

const keys = new WeakMap<object, string>();

/** Terms are equal exactly when their keys are. */
export function keyOf(term: Term): string {
  switch (term.kind) {
    case 'number':
      return typeof term.value === 'number'
        ? `${term.value}`
        : 'float' in term.value
          ? `~${term.value.float}`
          : `${term.value.top}/${term.value.bottom}`;
    case 'batch':
      return `N*${keyOf(number(term.times))}`;
    case 'bool':
      return term.value ? 'true' : 'false';
    case 'string':
      return JSON.stringify(term.value);
    case 'none':
      return 'none';
    case 'error':
      return 'error';
    case 'member':
      return `${term.of.name.text}.${term.name}`;
    case 'tensor':
      return showType(term.type) + (term.bound === undefined ? '' : `<${term.bound}`);
    default: {
      let key = keys.get(term);
      if (key !== undefined) return key;
      key = longKey(term);
      // whoever asks for the key of what is watched reads it, every time
      if (!holdsWatched(term)) keys.set(term, key);
      return key;
    }
  }
}

const mapKey = (map: ReadonlyMap<string, Term>): string =>
  [...map].map(([name, term]) => `${name}:${keyOf(term)}`).join(',');

function longKey(term: ListTerm | RecordTerm | BlockTerm | OpTerm | InitTerm | WordTerm): string {
  switch (term.kind) {
    case 'list':
      return `[${term.items.map(keyOf).join(',')}]`;
    case 'record':
      return `#${term.record.id}(${mapKey(term.fields)})`;
    case 'block':
      return `@${term.block.id}(${mapKey(term.filled)})`;
    case 'op':
      return `@${term.op}(${mapKey(term.filled)})`;
    case 'word':
      return `'${term.word}(${term.positional.map(keyOf).join(',')};${mapKey(term.named)})`;
    case 'init':
      return `init${term.init.kind === 'tensor' ? digestOf(term.init.graph) : JSON.stringify(term.init)}`;
  }
}

/** As a person would write it in a spec. Records that are the value of a const show its name. */
export function showTerm(term: Term): string {
  switch (term.kind) {
    case 'number':
      return showNum(term.value);
    case 'batch':
      return term.times === 1 ? 'N' : `${showNum(term.times)} * N`;
    case 'bool':
      return String(term.value);
    case 'string':
      return JSON.stringify(term.value);
    case 'none':
      return 'none';
    case 'error':
      return '?';
    case 'list':
      return `[${term.items.map(showTerm).join(', ')}]`;
    case 'record':
      return term.called ?? `${term.record.decl.name.text}(${showMap(term.fields)})`;
    case 'member':
      return term.name;
    case 'block':
      return term.block.decl.name.text + (term.filled.size > 0 ? `(${showMap(term.filled)})` : '');
    case 'op':
      return term.op + (term.filled.size > 0 ? `(${showMap(term.filled)})` : '');
    case 'init':
      return showInit(term.init);
    case 'tensor':
      return showType(term.type);
    case 'word': {
      const args = [
        ...term.positional.map(showTerm),
        ...[...term.named].map(([name, value]) => `${name}: ${showTerm(value)}`),
      ];
      return term.word + (args.length > 0 ? `(${args.join(', ')})` : '');
    }
  }
}

const showMap = (map: ReadonlyMap<string, Term>): string =>
  [...map].map(([name, term]) => `${name}: ${showTerm(term)}`).join(', ');

function showInit(init: InitTerm['init']): string {
  switch (init.kind) {
    case 'fill':
      return String(init.value);
    case 'normal':
      return `normal(${Number(init.std.toPrecision(6))})`;
    case 'uniform':
      return `uniform(${Number(init.bound.toPrecision(6))})`;
    case 'xavier_uniform':
      return init.fans === undefined ? 'xavier_uniform' : `xavier_uniform(${init.fans.join(', ')})`;
    case 'tensor':
      return 'a constant tensor';
  }
}

/** What a term is, in words: "an int", "a list", "a tensor `[N, 256, 384]`". */
export function describe(term: Term): string {
  switch (term.kind) {
    case 'number':
      return `the number ${showNum(term.value)}`;
    case 'batch':
      return `\`${showTerm(term)}\`, a multiple of the batch`;
    case 'bool':
      return `the bool ${term.value}`;
    case 'string':
      return `the string ${JSON.stringify(term.value)}`;
    case 'none':
      return '`none`';
    case 'list':
      return `a list of ${term.items.length}`;
    case 'record':
      return `a \`${term.record.decl.name.text}\``;
    case 'member':
      return `\`${term.of.name.text}.${term.name}\``;
    case 'block':
      return `the block \`${showTerm(term)}\``;
    case 'op':
      return `the op \`${term.op}\``;
    case 'init':
      return `the initialiser \`${showTerm(term)}\``;
    case 'tensor':
      return `a tensor \`${showType(term.type)}\``;
    case 'word':
      return `the word \`${term.word}\``;
    case 'error':
      return 'a mistake';
  }
}

/** The term as a 64-bit float, where it is a number. */
export const floatOf = (term: Term): number | undefined => (term.kind === 'number' ? toNumber(term.value) : undefined);
