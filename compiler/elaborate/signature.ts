/**
 * The parameters of a block, model or record, read once from the syntax: which are tensors, with what dims, and which
 * are settled at compile time, of what type.
 */
import type { Dim, Expr, Param, Result, Type } from '../../dsl/tree.ts';
import type { Dtype } from '../ir/type.ts';
import type { EnumSymbol, RecordSymbol, Scope } from './symbol.ts';

export type Basic = 'int' | 'float' | 'bool' | 'string' | 'list' | 'block' | 'init';

/** What a compile-time parameter takes. */
export type Kind =
  | { readonly kind: 'basic'; readonly basic: Basic }
  | { readonly kind: 'record'; readonly record: RecordSymbol }
  | { readonly kind: 'enum'; readonly enum: EnumSymbol }
  /** an unknown type, reported where it stands */
  | { readonly kind: 'unknown' };

export interface TensorParameter {
  readonly kind: 'tensor';
  readonly name: string;
  readonly param: Param;
  readonly optional: boolean;
  readonly dtype: Dtype;
  readonly dims: readonly Dim[];
}
export interface ValueParameter {
  readonly kind: 'value';
  readonly name: string;
  readonly param: Param;
  readonly optional: boolean;
  readonly type: Kind;
  readonly default?: Expr;
}
export type Parameter = TensorParameter | ValueParameter;

export interface Signature {
  readonly parameters: readonly Parameter[];
  readonly names: readonly string[];
  readonly byName: ReadonlyMap<string, Parameter>;
  readonly results: readonly { readonly name?: string; readonly type: Type }[];
}

const BASIC: ReadonlySet<string> = new Set(['int', 'float', 'bool', 'string', 'list', 'block', 'init']);
export const isBasic = (name: string): name is Basic => BASIC.has(name);

/** All names that a type may begin with, for suggestions. */
export const BASIC_NAMES: readonly string[] = [...BASIC];

/** The dtype of a tensor type, or none when its name is no dtype. */
export function dtypeOf(type: Type): Dtype | undefined {
  if (type.name === undefined) return 'f32';
  return type.name.text === 'int' || type.name.text === 'bool' ? type.name.text : undefined;
}

export function kindOf(type: Type, scope: Scope): Kind {
  const name = type.name?.text;
  if (name === undefined) return { kind: 'unknown' };
  if (isBasic(name)) return { kind: 'basic', basic: name };
  const symbol = scope.names.get(name);
  if (symbol?.kind === 'record') return { kind: 'record', record: symbol };
  if (symbol?.kind === 'enum') return { kind: 'enum', enum: symbol };
  return { kind: 'unknown' };
}

function parameterOf(param: Param, scope: Scope): Parameter {
  const { type } = param;
  const base = { name: param.name.text, param, optional: type.optional };
  if (type.shape !== undefined) return { kind: 'tensor', ...base, dtype: dtypeOf(type) ?? 'f32', dims: type.shape };
  return { kind: 'value', ...base, type: kindOf(type, scope), default: param.default };
}

/** Reads the signature of a declaration; its types are checked elsewhere (`resolve`). */
export function readSignature(params: readonly Param[], results: readonly Result[], scope: Scope): Signature {
  const parameters = params.map((param) => parameterOf(param, scope));
  return {
    parameters,
    names: parameters.map(({ name }) => name),
    byName: new Map(parameters.map((parameter) => [parameter.name, parameter])),
    results: results.map((result) => ({ name: result.name?.text, type: result.type })),
  };
}

/** A type as people write it: `int`, `block?`, `Size`. */
export const showKind = (type: Kind): string =>
  type.kind === 'basic'
    ? type.basic
    : type.kind === 'record'
      ? type.record.decl.name.text
      : type.kind === 'enum'
        ? type.enum.decl.name.text
        : '?';
