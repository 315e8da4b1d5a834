/**
 * Names, before anything is instantiated: every name of every body is found, or reported where it stands, whether or not
 * a preset ever reaches it. What each name means is kept, for editors. Imports, parameters and values that nothing uses
 * are found here too. The walk goes with the text, since a name may get new values on the way; a name that is given a
 * value in one branch only counts as known after it.
 */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import type { Span } from '../../dsl/span.ts';
import type { Arg, Block, Expr, Model, Name, Param, Path, Record_, Stmt, Type } from '../../dsl/tree.ts';
import { isOpName } from '../ops/registry.ts';
import { BUILTIN_VALUES, BUILTINS } from './builtin.ts';
import { report } from './codes.ts';
import { ROLES } from './model-input.ts';
import { isBasic } from './signature.ts';
import { type BlockSymbol, placeIn, type Scope } from './symbol.ts';
import { unknownName } from './unknown-name.ts';

/** Names, and which blocks are used as values (their parameters may be there for the others called alike). */
export interface Resolution {
  readonly diagnostics: readonly Diagnostic[];
}

interface Walk {
  readonly scope: Scope;
  readonly scopes: ReadonlyMap<string, Scope>;
  readonly said: Diagnostic[];
  readonly values: Set<BlockSymbol>;
  readonly members: ReadonlySet<string>;
  /** locals of the body by name; absent at the top level */
  locals?: Map<string, Local>;
  /** unknown names are words or parameters of somebody else: recipes, grids, facts */
  lenient: boolean;
}

interface Local {
  readonly span: Span;
  readonly kind: 'parameter' | 'dim' | 'value' | 'other';
  read: boolean;
}

/** Resolves all files of a spec; warnings are for the entry file, where its writer can mend them. */
export function resolveNames(scopes: ReadonlyMap<string, Scope>, entry: Scope): Resolution {
  const values = new Set<BlockSymbol>();
  const members = new Set<string>();
  for (const scope of scopes.values())
    for (const symbol of scope.names.values())
      if (symbol.kind === 'enum') for (const member of symbol.decl.members) members.add(member.text);
  const said: Diagnostic[] = [];
  const later: (() => void)[] = [];
  for (const scope of scopes.values()) {
    const walk: Walk = { scope, scopes, said: [], values, members, lenient: false };
    for (const decl of scope.file.decls) {
      switch (decl.kind) {
        case 'const':
          expr(decl.value, walk);
          break;
        case 'record':
          record(decl, walk);
          break;
        case 'block':
        case 'model':
          body(decl, walk, later);
          break;
        case 'preset':
        case 'grid':
        case 'recipe':
          lenient(decl, walk);
          break;
      }
    }
    later.push(() =>
      said.push(...walk.said.filter((diagnostic) => diagnostic.severity === 'error' || scope === entry)),
    );
  }
  for (const act of later) act();
  if (entry.file.decls.length > 0) said.push(...unusedImports(entry));
  return { diagnostics: said };
}

function unusedImports(scope: Scope): Diagnostic[] {
  return [...scope.imports.values()].flatMap((made) => {
    if (made.used) return [];
    const others = made.use.items.length > 1;
    const { text } = scope.file.source;
    let { start, end } = others ? made.span : made.use.span;
    if (others) {
      const after = /^\s*,\s*/.exec(text.slice(end));
      const before = /,\s*$/.exec(text.slice(0, start));
      if (after !== null) end += after[0].length;
      else if (before !== null) start -= before[0].length;
    }
    return [
      report(
        'D0206',
        placeIn(scope, made.span),
        { what: made.what },
        { fixes: [{ message: 'remove it', edits: [{ place: placeIn(scope, { start, end }), text: '' }] }] },
      ),
    ];
  });
}

function record(decl: Record_, walk: Walk): void {
  const before = new Map<string, Local>();
  for (const field of decl.fields) {
    declare(field.name, before, 'other', walk, decl.fields);
    type(field.type, walk);
    walk.locals = before;
    if (field.default !== undefined) expr(field.default, walk);
    walk.locals = undefined;
  }
}

function declare(
  name: Name,
  into: Map<string, Local>,
  kind: Local['kind'],
  walk: Walk,
  params: readonly Param[],
): void {
  const earlier = params.find((param) => param.name.text === name.text && param.name.span.start < name.span.start);
  if (earlier !== undefined) {
    walk.said.push(
      report(
        'D0202',
        placeIn(walk.scope, name.span),
        { what: 'the parameter', name: name.text },
        { labels: [{ place: placeIn(walk.scope, earlier.name.span), text: 'first defined here' }] },
      ),
    );
  }
  if (isOpName(name.text) && kind === 'parameter')
    walk.said.push(report('D0209', placeIn(walk.scope, name.span), { name: name.text }));
  into.set(name.text, { span: name.span, kind, read: false });
}

function body(decl: Block | Model, walk: Walk, later: (() => void)[]): void {
  const locals = new Map<string, Local>();
  walk.locals = locals;
  const names = new Set(decl.params.map((param) => param.name.text));
  // dims first: a default may use the dims of all tensors
  for (const param of decl.params) {
    for (const dim of param.type.shape ?? []) {
      if (dim.kind === 'dim' && dim.expr.kind === 'name' && !names.has(dim.expr.name.text))
        locals.set(dim.expr.name.text, { span: dim.span, kind: 'dim', read: true });
    }
  }
  for (const param of decl.params) {
    type(param.type, walk);
    if (param.default !== undefined) expr(param.default, walk);
    declare(param.name, locals, 'parameter', walk, decl.params);
  }
  // dims that are expressions may name any parameter
  for (const param of decl.params)
    for (const dim of param.type.shape ?? []) if (dim.kind === 'dim') expr(dim.expr, walk);
  if (decl.kind === 'model') locals.set('N', { span: decl.name.span, kind: 'dim', read: true });
  const signature = new Map(locals);
  statements(decl.body, walk);
  if (decl.kind === 'block') {
    for (const value of decl.returns) expr(value, walk);
    const after = walk.locals;
    walk.locals = signature;
    for (const result of decl.results) type(result.type, walk, true);
    walk.locals = after;
  }
  walk.locals = undefined;
  const what = `\`${decl.name.text}\``;
  later.push(() => {
    const symbol = walk.scope.names.get(decl.name.text);
    const asValue = symbol?.kind === 'block' && walk.values.has(symbol);
    for (const [name, local] of locals) {
      if (local.read) continue;
      if (local.kind === 'parameter' && !asValue)
        walk.said.push(report('D0207', placeIn(walk.scope, local.span), { name, what }));
      if (local.kind === 'value')
        walk.said.push(
          report('D0208', placeIn(walk.scope, local.span), { name }, { help: 'write `_` where a value is not wanted' }),
        );
    }
  });
}

/** Types of parameters, fields, weights and inputs: known names; dims are walked by those who know what they bind. */
function type(written: Type, walk: Walk, dims = false): void {
  const name = written.name;
  if (name !== undefined) {
    const tensor = written.shape !== undefined;
    const symbol = walk.scope.names.get(name.text);
    const fine = tensor
      ? name.text === 'int' || name.text === 'bool' || Object.hasOwn(ROLES, name.text)
      : isBasic(name.text) || symbol?.kind === 'record' || symbol?.kind === 'enum';
    if (symbol !== undefined) use(name.text, walk);
    if (!fine && !walk.scope.broken.has(name.text)) {
      walk.said.push(
        unknownName(
          'D0213',
          name,
          walk,
          tensor
            ? ['int', 'bool']
            : [
                ...['int', 'float', 'bool', 'string', 'list', 'block', 'init'],
                ...[...walk.scope.names].flatMap(([each, { kind }]) =>
                  kind === 'record' || kind === 'enum' ? [each] : [],
                ),
              ],
        ),
      );
    }
  }
  for (const arg of written.args ?? []) expr(arg.value, walk);
  if (dims) for (const dim of written.shape ?? []) if (dim.kind === 'dim') expr(dim.expr, walk);
}

function statements(stmts: readonly Stmt[], walk: Walk): void {
  for (const stmt of stmts) statement(stmt, walk);
}

function bind(name: Name, walk: Walk, kind: Local['kind']): void {
  if (name.text === '_') return;
  const earlier = walk.locals!.get(name.text);
  if (earlier === undefined && isOpName(name.text) && kind === 'value')
    walk.said.push(report('D0209', placeIn(walk.scope, name.span), { name: name.text }));
  // a new value of an old name: what was read stays read
  if (earlier === undefined || earlier.kind === 'dim')
    walk.locals!.set(name.text, { span: name.span, kind, read: kind === 'other' });
}

function statement(stmt: Stmt, walk: Walk): void {
  switch (stmt.kind) {
    case 'assign': {
      expr(stmt.value, walk);
      if (stmt.op === '+=') for (const target of stmt.targets) name(target, walk, false);
      for (const target of stmt.targets) bind(target, walk, 'value');
      return;
    }
    case 'output':
      expr(stmt.value, walk);
      for (const target of stmt.targets) bind(target, walk, 'other');
      return;
    case 'weight':
      expr(stmt.init, walk);
      if (stmt.path !== undefined) path(stmt.path, walk);
      type(stmt.type, walk, true);
      bind(stmt.name, walk, 'other');
      return;
    case 'input':
      weightlessType(stmt.type, walk);
      bind(stmt.name, walk, 'value');
      return;
    case 'require':
      expr(stmt.condition, walk);
      return;
    case 'if':
      expr(stmt.condition, walk);
      statements(stmt.then, walk);
      statements(stmt.else ?? [], walk);
      return;
    case 'for':
      expr(stmt.over, walk);
      for (const each of stmt.names) bind(each, walk, 'other');
      statements(stmt.body, walk);
  }
}

/** Roles of inputs are checked where they are settled, with what they take. */
function weightlessType(written: Type, walk: Walk): void {
  for (const arg of written.args ?? []) expr(arg.value, walk);
  for (const dim of written.shape ?? []) if (dim.kind === 'dim') expr(dim.expr, walk);
}

function path(written: Path, walk: Walk): void {
  for (const segment of written.segments) if (segment.kind === 'computed') expr(segment.expr, walk);
}

function args(list: readonly Arg[], walk: Walk): void {
  for (const arg of list) expr(arg.value, walk);
}

function use(text: string, walk: Walk): void {
  const made = walk.scope.imports.get(text);
  if (made !== undefined) made.used = true;
}

/** A name that is read; `asValue` when it is not the callee of a call. */
function name(written: Name, walk: Walk, asValue: boolean): void {
  const { text } = written;
  const local = walk.locals?.get(text);
  if (local !== undefined) {
    local.read = true;
    return;
  }
  const symbol = walk.scope.names.get(text);
  if (symbol !== undefined) {
    use(text, walk);
    if (asValue && symbol.kind === 'block') walk.values.add(symbol);
    return;
  }
  if (walk.lenient || walk.members.has(text) || walk.scope.broken.has(text) || text === 'training' || text === 'label')
    return;
  if (isOpName(text) || Object.hasOwn(BUILTINS, text) || Object.hasOwn(BUILTIN_VALUES, text)) return;
  walk.said.push(unknownName('D0201', written, walk, [...(walk.locals?.keys() ?? [])]));
}

function expr(written: Expr, walk: Walk): void {
  switch (written.kind) {
    case 'name':
      return name(written.name, walk, true);
    case 'call':
      name(written.callee, walk, false);
      if (fills(written.args)) name(written.callee, { ...walk, lenient: true }, true);
      return args(written.args, walk);
    case 'pipe':
      expr(written.input, walk);
      name(written.callee, walk, false);
      if (written.path !== undefined) path(written.path, walk);
      return args(written.args ?? [], walk);
    case 'list':
      for (const item of written.items) expr(item, walk);
      return;
    case 'unary':
      return expr(written.operand, walk);
    case 'binary':
      expr(written.left, walk);
      return expr(written.right, walk);
    case 'range':
      expr(written.from, walk);
      return expr(written.to, walk);
    case 'member':
    case 'paren':
      return expr(written.of, walk);
    case 'path':
      expr(written.of, walk);
      return path(written.path, walk);
    case 'index':
      expr(written.of, walk);
      for (const item of written.items) {
        if (item.kind === 'at') expr(item.expr, walk);
        if (item.kind === 'slice') for (const side of [item.from, item.to]) if (side !== undefined) expr(side, walk);
      }
      return;
    case 'choice':
      expr(written.condition, walk);
      expr(written.then, walk);
      return expr(written.else, walk);
    case 'match':
      expr(written.subject, walk);
      for (const arm of written.arms) {
        for (const pattern of arm.patterns) if (pattern.kind === 'name') name(pattern.name, walk, true);
        expr(arm.value, walk);
      }
  }
}

/** `F(k: v)` may be F with k filled in. */
const fills = (list: readonly Arg[]): boolean => list.length > 0 && list.every((arg) => arg.name !== undefined);

/** Marks what a preset, recipe or grid uses. Their own checks say what is unknown. */
function lenient(
  decl: Extract<Scope['file']['decls'][number], { kind: 'preset' | 'recipe' | 'grid' }>,
  walk: Walk,
): void {
  const own: Walk = { ...walk, lenient: true };
  const point = (of: { readonly of: Name; readonly ofPreset: boolean; readonly args: readonly Arg[] }): void => {
    use(of.ofPreset ? `"${of.of.text}"` : of.of.text, walk);
    args(of.args, own);
  };
  const entries = (
    list: readonly { readonly value: Expr | { readonly kind: 'entries'; readonly entries: readonly never[] } }[],
  ): void => {
    for (const { value } of list) {
      if (value.kind === 'entries') entries(value.entries);
      else expr(value, own);
    }
  };
  if (decl.kind === 'preset') {
    point(decl.point);
    for (const fact of decl.expect) expr(fact.value, own);
  } else if (decl.kind === 'recipe') {
    if (decl.of !== undefined) use(decl.of.text, walk);
    entries(decl.entries as never);
  } else {
    point(decl.of);
    if (decl.with !== undefined) use(decl.with.text, walk);
    for (const vary of decl.varies) {
      if (vary.kind === 'axis') expr(vary.values, own);
      else if (vary.kind === 'zip') for (const axis of vary.axes) expr(axis.values, own);
      else if (vary.kind === 'where') expr(vary.condition, own);
      else if (vary.kind === 'match-cost') {
        expr(vary.step, own);
        if (vary.to !== undefined) expr(vary.to, own);
      } else point(vary.to);
    }
  }
}
