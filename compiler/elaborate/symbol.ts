/**
 * Top-level names. Consts, records, enums, blocks and models share one name space with the imports of a file; presets,
 * recipes and grids are named apart, each with its kind.
 */
import type { Place, Span } from '../../dsl/span.ts';
import type { Block, Const, Enum, File, Grid, Model, Preset, Recipe, Record_, Use } from '../../dsl/tree.ts';
import type { Signature } from './signature.ts';
import type { Term } from './term.ts';

export interface ConstSymbol {
  readonly kind: 'const';
  readonly decl: Const;
  readonly scope: Scope;
  /** settled on first use */
  value?: Term | 'settling';
}
export interface EnumSymbol {
  readonly kind: 'enum';
  readonly decl: Enum;
  readonly scope: Scope;
}
export interface RecordSymbol {
  readonly kind: 'record';
  readonly decl: Record_;
  readonly scope: Scope;
  readonly id: number;
  signature?: Signature;
}
export interface BlockSymbol {
  readonly kind: 'block';
  readonly decl: Block;
  readonly scope: Scope;
  readonly id: number;
  signature?: Signature;
}
export interface ModelSymbol {
  readonly kind: 'model';
  readonly decl: Model;
  readonly scope: Scope;
  readonly id: number;
  signature?: Signature;
}
export type Symbol_ = ConstSymbol | EnumSymbol | RecordSymbol | BlockSymbol | ModelSymbol;

export interface PresetSymbol {
  readonly decl: Preset;
  readonly scope: Scope;
}
export interface RecipeSymbol {
  readonly decl: Recipe;
  readonly scope: Scope;
}
export interface GridSymbol {
  readonly decl: Grid;
  readonly scope: Scope;
}

/** An import that a file makes, and whether anything uses it. */
export interface Import {
  readonly use: Use;
  readonly local: string;
  readonly span: Span;
  /** for messages: `Mlp`, or a preset's string in quotes */
  readonly what: string;
  used: boolean;
}

/** What the top level of one file knows. */
export interface Scope {
  readonly file: File;
  /** how the file is found by imports: `std.blocks`, or a normalised path */
  readonly id: string;
  readonly names: Map<string, Symbol_>;
  readonly presets: Map<string, PresetSymbol>;
  readonly recipes: Map<string, RecipeSymbol>;
  readonly grids: Map<string, GridSymbol>;
  readonly imports: Map<string, Import>;
  /** the files it imports from */
  readonly imported: Scope[];
  /** names (presets in quotes) that an import failed to bring: nobody speaks of them again */
  readonly broken: Set<string>;
}

export const placeIn = (scope: Scope, span: Span): Place => ({ source: scope.file.source, span });
