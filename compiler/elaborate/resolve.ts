/**
 * Names, before anything is instantiated: every name of every body is found, or reported where it stands, whether or not
 * a preset ever reaches it. What each name means is kept, for editors. Imports, parameters and values that nothing uses
 * are found here too. The walk goes with the text, since a name may get new values on the way; a name that is given a
 * value in one branch only counts as known after it.
 */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import type { Arg, Block, Expr, Model, Name, Param, Record_, Stmt, Type } from '../../dsl/tree.ts';
import { isOpName } from '../ops/registry.ts';
import { report } from './codes.ts';
import { hiddenDivisions } from './hidden-division.ts';
import { ROLES } from './model-input.ts';
import { type Local, markUsed, type Walk, walkArgs, walkExpr, walkName, walkPath } from './name-walk.ts';
import { isBasic } from './signature.ts';
import { type BlockSymbol, placeIn, type Scope } from './symbol.ts';
import { unknownName } from './unknown-name.ts';
import { unusedImports } from './unused-import.ts';

/** Names, and which blocks are used as values (their parameters may be there for the others called alike). */
export interface Resolution {
  readonly diagnostics: readonly Diagnostic[];
}

/** Resolves all files of a spec; warnings are for the entry file, where its writer can mend them. */
export function resolveNames(
  scopes: ReadonlyMap<string, Scope>,
  entry: Scope,
  standard: () => readonly Scope[],
): Resolution {
  const values = new Set<BlockSymbol>();
  const members = new Set<string>();
  for (const scope of scopes.values())
    for (const symbol of scope.names.values())
      if (symbol.kind === 'enum') for (const member of symbol.decl.members) members.add(member.text);
  const said: Diagnostic[] = [];
  const later: (() => void)[] = [];
  for (const scope of scopes.values()) {
    const walk: Walk = { scope, standard, said: [], values, members, lenient: false };
    for (const decl of scope.file.decls) {
      switch (decl.kind) {
        case 'const':
          walkExpr(decl.value, walk);
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
  if (entry.file.decls.length > 0) said.push(...unusedImports(entry), ...hiddenDivisions(entry));
  return { diagnostics: said };
}

function record(decl: Record_, walk: Walk): void {
  const before = new Map<string, Local>();
  for (const field of decl.fields) {
    declare(field.name, before, 'other', walk, decl.fields);
    type(field.type, walk);
    walk.locals = before;
    if (field.default !== undefined) walkExpr(field.default, walk);
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
    if (param.default !== undefined) walkExpr(param.default, walk);
    declare(param.name, locals, 'parameter', walk, decl.params);
  }
  // dims that are expressions may name any parameter
  for (const param of decl.params)
    for (const dim of param.type.shape ?? []) if (dim.kind === 'dim') walkExpr(dim.expr, walk);
  if (decl.kind === 'model') locals.set('N', { span: decl.name.span, kind: 'dim', read: true });
  const signature = new Map(locals);
  statements(decl.body, walk);
  if (decl.kind === 'block') {
    for (const value of decl.returns) walkExpr(value, walk);
    const after = walk.locals;
    walk.locals = signature;
    resultTypes(decl, walk);
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

/** Dims of results are known from the signature; a name that is not is said once. */
function resultTypes(decl: Block, walk: Walk): void {
  const said = new Set<string>();
  const inner: Walk = { ...walk, said: [] };
  inner.hint = 'dims of a result are made of the dims and parameters of the block: `[N, heads, T, D / heads]`';
  for (const result of decl.results) type(result.type, inner, true);
  for (const diagnostic of inner.said) {
    if (said.has(diagnostic.message)) continue;
    said.add(diagnostic.message);
    walk.said.push(diagnostic);
  }
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
    if (symbol !== undefined) markUsed(name.text, walk);
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
  for (const arg of written.args ?? []) walkExpr(arg.value, walk);
  if (dims) for (const dim of written.shape ?? []) if (dim.kind === 'dim') walkExpr(dim.expr, walk);
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
      walkExpr(stmt.value, walk);
      if (stmt.op === '+=') for (const target of stmt.targets) walkName(target, walk, false);
      for (const target of stmt.targets) bind(target, walk, 'value');
      return;
    }
    case 'output':
      walkExpr(stmt.value, walk);
      for (const target of stmt.targets) bind(target, walk, 'other');
      return;
    case 'weight':
      walkExpr(stmt.init, walk);
      if (stmt.path !== undefined) walkPath(stmt.path, walk);
      type(stmt.type, walk, true);
      bind(stmt.name, walk, 'other');
      return;
    case 'input':
      weightlessType(stmt.type, walk);
      bind(stmt.name, walk, 'value');
      return;
    case 'require':
      walkExpr(stmt.condition, walk);
      return;
    case 'if':
      walkExpr(stmt.condition, walk);
      statements(stmt.then, walk);
      statements(stmt.else ?? [], walk);
      return;
    case 'for':
      walkExpr(stmt.over, walk);
      for (const each of stmt.names) bind(each, walk, 'other');
      statements(stmt.body, walk);
  }
}

/** Roles of inputs are checked where they are settled, with what they take. */
function weightlessType(written: Type, walk: Walk): void {
  for (const arg of written.args ?? []) walkExpr(arg.value, walk);
  for (const dim of written.shape ?? []) if (dim.kind === 'dim') walkExpr(dim.expr, walk);
}

/** Marks what a preset, recipe or grid uses. Their own checks say what is unknown. */
function lenient(
  decl: Extract<Scope['file']['decls'][number], { kind: 'preset' | 'recipe' | 'grid' }>,
  walk: Walk,
): void {
  const own: Walk = { ...walk, lenient: true };
  const point = (of: { readonly of: Name; readonly ofPreset: boolean; readonly args: readonly Arg[] }): void => {
    markUsed(of.ofPreset ? `"${of.of.text}"` : of.of.text, walk);
    walkArgs(of.args, own);
  };
  const entries = (
    list: readonly { readonly value: Expr | { readonly kind: 'entries'; readonly entries: readonly never[] } }[],
  ): void => {
    for (const { value } of list) {
      if (value.kind === 'entries') entries(value.entries);
      else walkExpr(value, own);
    }
  };
  if (decl.kind === 'preset') {
    point(decl.point);
    for (const fact of decl.expect) walkExpr(fact.value, own);
  } else if (decl.kind === 'recipe') {
    if (decl.of !== undefined) markUsed(decl.of.text, walk);
    entries(decl.entries as never);
  } else {
    point(decl.of);
    if (decl.with !== undefined) markUsed(decl.with.text, walk);
    for (const vary of decl.varies) {
      if (vary.kind === 'axis') walkExpr(vary.values, own);
      else if (vary.kind === 'zip') for (const axis of vary.axes) walkExpr(axis.values, own);
      else if (vary.kind === 'where') walkExpr(vary.condition, own);
      else if (vary.kind === 'match-cost') {
        walkExpr(vary.step, own);
        if (vary.to !== undefined) walkExpr(vary.to, own);
      } else point(vary.to);
    }
  }
}
