/**
 * The typed syntax tree of a `.dit` file. Every node has the span of its text; names keep spans of their own, so that
 * a diagnostic can point at the smallest thing that is wrong. A tree is plain data and is never changed. Where the
 * parser recovered from a mistake, the broken declaration or statement is left out of the tree (the diagnostic says so),
 * or holds an expression of kind `missing`, about which nobody speaks again.
 */
import type { Source, Span } from './span.ts';

export interface Name {
  readonly text: string;
  readonly span: Span;
}

/** `//` and `///` comments in the order of the text; `text` includes the slashes. `doc`: it documents something. */
export interface Comment {
  readonly text: string;
  readonly doc: boolean;
  readonly span: Span;
}

export interface File {
  readonly source: Source;
  /** of the line `dit 1` */
  readonly version: Span;
  /** the `///` block right after the version line, slashes and one blank removed */
  readonly doc?: string;
  readonly decls: readonly Decl[];
  readonly comments: readonly Comment[];
}

// ---------------------------------------------------------------- declarations

export type Decl = Use | Const | Enum | Record_ | Block | Model | Preset | Recipe | Grid;

interface DeclBase {
  readonly span: Span;
  readonly doc?: string;
}

export interface Use extends DeclBase {
  readonly kind: 'use';
  readonly export: boolean;
  /** `std.blocks` or `./dit.dit` */
  readonly from: { readonly kind: 'module' | 'path'; readonly text: string; readonly span: Span };
  readonly items: readonly UseItem[];
}

/** `Mlp`, `XL as Large`, or the string of a preset */
export interface UseItem {
  readonly kind: 'name' | 'preset';
  readonly name: Name;
  readonly as?: Name;
  readonly span: Span;
}

export interface Const extends DeclBase {
  readonly kind: 'const';
  readonly name: Name;
  readonly value: Expr;
}

export interface Enum extends DeclBase {
  readonly kind: 'enum';
  readonly name: Name;
  readonly members: readonly Name[];
}

export interface Record_ extends DeclBase {
  readonly kind: 'record';
  readonly name: Name;
  readonly fields: readonly Param[];
}

export interface Block extends DeclBase {
  readonly kind: 'block';
  readonly name: Name;
  readonly params: readonly Param[];
  readonly results: readonly Result[];
  /** the results stood in parentheses (one in parentheses may have a name) */
  readonly listed: boolean;
  /** `= expr`: no statements and one value, with `short` true */
  readonly short: boolean;
  readonly body: readonly Stmt[];
  readonly returns: readonly Expr[];
}

export interface Model extends DeclBase {
  readonly kind: 'model';
  readonly name: Name;
  readonly params: readonly Param[];
  readonly body: readonly Stmt[];
}

/** A parameter of a block or model, or a field of a record. */
export interface Param {
  readonly name: Name;
  readonly type: Type;
  readonly default?: Expr;
  readonly doc?: string;
  readonly span: Span;
}

export interface Result {
  readonly name?: Name;
  readonly type: Type;
  readonly span: Span;
}

/** `int`, `[N, T, D]`, `int[N]`, `label(classes, null: classes)[N]`, `Size`, `block?` */
export interface Type {
  readonly name?: Name;
  readonly args?: readonly Arg[];
  readonly shape?: readonly Dim[];
  readonly optional: boolean;
  readonly span: Span;
}

export type Dim =
  | { readonly kind: 'rest'; readonly span: Span }
  | { readonly kind: 'dim'; readonly expr: Expr; readonly span: Span };

// ---------------------------------------------------------------- statements

export type Stmt = Assign | Weight | Input | Output | Require | If | For;

interface StmtBase {
  readonly span: Span;
  readonly doc?: string;
}

export interface Assign extends StmtBase {
  readonly kind: 'assign';
  /** `_` is a target with the text `_` */
  readonly targets: readonly Name[];
  readonly op: '=' | '+=';
  readonly value: Expr;
}

export interface Weight extends StmtBase {
  readonly kind: 'weight';
  readonly trained: boolean;
  readonly name: Name;
  readonly path?: Path;
  readonly type: Type;
  readonly init: Expr;
}

export interface Input extends StmtBase {
  readonly kind: 'input';
  readonly name: Name;
  readonly type: Type;
}

export interface Output extends StmtBase {
  readonly kind: 'output';
  readonly targets: readonly Name[];
  readonly value: Expr;
}

export interface Require extends StmtBase {
  readonly kind: 'require';
  readonly condition: Expr;
  readonly message: StringExpr;
}

export interface If extends StmtBase {
  readonly kind: 'if';
  readonly condition: Expr;
  readonly then: readonly Stmt[];
  /** `else if` is a list of one `if`, with `elseIf` true */
  readonly else?: readonly Stmt[];
  readonly elseIf: boolean;
}

export interface For extends StmtBase {
  readonly kind: 'for';
  /** one name (the item), or two (the index, the item) */
  readonly names: readonly Name[];
  readonly over: Expr;
  readonly body: readonly Stmt[];
}

// ---------------------------------------------------------------- expressions

export type Expr =
  | NumberExpr
  | StringExpr
  | BoolExpr
  | NoneExpr
  | NameExpr
  | CallExpr
  | PipeExpr
  | ListExpr
  | UnaryExpr
  | BinaryExpr
  | RangeExpr
  | MemberExpr
  | IndexExpr
  | PathExpr
  | ChoiceExpr
  | MatchExpr
  | ParenExpr
  | MissingExpr;

interface ExprBase {
  readonly span: Span;
}

/** `raw` as written: `1_000`, `2.5e-3`, `400K` */
export interface NumberExpr extends ExprBase {
  readonly kind: 'number';
  readonly raw: string;
}

/** `value` with the escapes resolved */
export interface StringExpr extends ExprBase {
  readonly kind: 'string';
  readonly value: string;
}

export interface BoolExpr extends ExprBase {
  readonly kind: 'bool';
  readonly value: boolean;
}

export interface NoneExpr extends ExprBase {
  readonly kind: 'none';
}

export interface NameExpr extends ExprBase {
  readonly kind: 'name';
  readonly name: Name;
}

/** `f(a, k: v)` */
export interface CallExpr extends ExprBase {
  readonly kind: 'call';
  readonly callee: Name;
  readonly args: readonly Arg[];
}

/** `input |> f(args) as path`; a chain leans to the left */
export interface PipeExpr extends ExprBase {
  readonly kind: 'pipe';
  readonly input: Expr;
  readonly callee: Name;
  /** absent where no parentheses were written */
  readonly args?: readonly Arg[];
  readonly path?: Path;
}

export interface ListExpr extends ExprBase {
  readonly kind: 'list';
  readonly items: readonly Expr[];
}

export interface UnaryExpr extends ExprBase {
  readonly kind: 'unary';
  readonly op: '-' | 'not';
  readonly operand: Expr;
}

export type BinaryOp = 'or' | 'and' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%' | '^';

export interface BinaryExpr extends ExprBase {
  readonly kind: 'binary';
  readonly op: BinaryOp;
  /** of the operator alone */
  readonly at: Span;
  readonly left: Expr;
  readonly right: Expr;
}

/** `a..b` */
export interface RangeExpr extends ExprBase {
  readonly kind: 'range';
  readonly from: Expr;
  readonly to: Expr;
}

/** `a.name` */
export interface MemberExpr extends ExprBase {
  readonly kind: 'member';
  readonly of: Expr;
  readonly name: Name;
}

export interface IndexExpr extends ExprBase {
  readonly kind: 'index';
  readonly of: Expr;
  readonly items: readonly Item[];
}

/** One item of an index: `_`, `_...`, `...`, `a:b`, or an expression. */
export type Item =
  | { readonly kind: 'new'; readonly rest: boolean; readonly span: Span }
  | { readonly kind: 'rest'; readonly span: Span }
  | { readonly kind: 'slice'; readonly from?: Expr; readonly to?: Expr; readonly span: Span }
  | { readonly kind: 'at'; readonly expr: Expr; readonly span: Span };

/** `e as path` */
export interface PathExpr extends ExprBase {
  readonly kind: 'path';
  readonly of: Expr;
  readonly path: Path;
}

export interface ChoiceExpr extends ExprBase {
  readonly kind: 'choice';
  readonly condition: Expr;
  readonly then: Expr;
  readonly else: Expr;
}

export interface MatchExpr extends ExprBase {
  readonly kind: 'match';
  readonly subject: Expr;
  readonly arms: readonly Arm[];
}

export interface Arm {
  readonly patterns: readonly Pattern[];
  readonly value: Expr;
  readonly span: Span;
}

/** A name (of an enum member), a literal, or `_` */
export type Pattern =
  | NameExpr
  | NumberExpr
  | StringExpr
  | BoolExpr
  | NoneExpr
  | { readonly kind: 'any'; readonly span: Span };

/** `( e )`: kept, since the formatter keeps it and a head call looks through it */
export interface ParenExpr extends ExprBase {
  readonly kind: 'paren';
  readonly of: Expr;
}

/** What the parser made up where an expression was expected. Poison: no message about it. */
export interface MissingExpr extends ExprBase {
  readonly kind: 'missing';
}

export interface Arg {
  readonly name?: Name;
  readonly value: Expr;
  readonly span: Span;
}

/** `as blocks[i].attn`: segments are words, numbers (`mlp.0`) or computed. `none` stands for `as _`. */
export interface Path {
  readonly shared: boolean;
  readonly none: boolean;
  readonly segments: readonly Segment[];
  readonly span: Span;
}

export type Segment =
  | { readonly kind: 'word'; readonly text: string; readonly span: Span }
  | { readonly kind: 'computed'; readonly expr: Expr; readonly span: Span };

// ---------------------------------------------------------------- presets, recipes, grids

export interface Preset extends DeclBase {
  readonly kind: 'preset';
  readonly name: Name;
  readonly point: Point;
  readonly expect: readonly Fact[];
}

/** A preset (by its string) or a model, with named arguments */
export interface Point {
  readonly of: Name;
  readonly ofPreset: boolean;
  readonly args: readonly Arg[];
  readonly span: Span;
}

export interface Fact {
  readonly name: Name;
  readonly value: Expr;
  readonly tolerance?: Tolerance;
  readonly span: Span;
}

export interface Tolerance {
  readonly value: NumberExpr;
  readonly percent: boolean;
  readonly span: Span;
}

export interface Recipe extends DeclBase {
  readonly kind: 'recipe';
  readonly name: Name;
  readonly of?: Name;
  readonly entries: readonly Entry[];
}

export interface Entry {
  readonly name: Name;
  readonly value: Expr | Entries;
  readonly doc?: string;
  readonly span: Span;
}

export interface Entries {
  readonly kind: 'entries';
  readonly entries: readonly Entry[];
  readonly span: Span;
}

export interface Grid extends DeclBase {
  readonly kind: 'grid';
  readonly name: Name;
  readonly of: Point;
  readonly with?: Name;
  readonly varies: readonly Vary[];
}

export type Vary = Axis | Zip | Where | Match | LeaveOneOut;

export interface Axis {
  readonly kind: 'axis';
  readonly dotted: readonly Name[];
  readonly values: Expr;
  readonly span: Span;
}

export interface Zip {
  readonly kind: 'zip';
  readonly axes: readonly Axis[];
  readonly span: Span;
}

export interface Where {
  readonly kind: 'where';
  readonly condition: Expr;
  readonly span: Span;
}

export interface Match {
  readonly kind: 'match-cost';
  readonly fact: Name;
  readonly tolerance: Tolerance;
  readonly to?: Expr;
  readonly by: readonly Name[];
  readonly step: Expr;
  readonly span: Span;
}

export interface LeaveOneOut {
  readonly kind: 'leave_one_out' | 'path';
  readonly to: Point;
  readonly span: Span;
}
