/**
 * A spec: a file with all that it imports, its names resolved, ready to be instantiated. Instances of blocks are kept
 * here, so that presets and grid points that share blocks share their graphs.
 */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { parse } from '../../dsl/parse.ts';
import { nearest } from '../../dsl/suggest.ts';
import { report } from './codes.ts';
import { coerce } from './coerce.ts';
import { createSession, fail, type Instance, type Session } from './context.ts';
import { type Loaded, type Loader, loadFiles } from './load.ts';
import { type Instantiation, instantiateModel, type Settings } from './model.ts';
import { type ResolvedPoint, resolvePoint, setDotted, topFrame } from './point.ts';
import { resolveNames } from './resolve.ts';
import { signatureOf } from './signatures.ts';
import { type ModelSymbol, placeIn, type Scope } from './symbol.ts';

export interface Spec {
  readonly entry: Scope;
  readonly scopes: ReadonlyMap<string, Scope>;
  /** of parsing, imports and names */
  readonly diagnostics: readonly Diagnostic[];
  readonly instances: Map<string, Instance>;
}

/** `--set path=value`: `path` is a parameter or a field of one, `value` an expression of the language. */
export interface Override {
  readonly path: string;
  readonly value: string;
}

export function openSpec(entry: Loaded, loader: Loader): Spec {
  const loading = loadFiles(entry, loader);
  const resolution = resolveNames(loading.scopes, loading.entry);
  return {
    entry: loading.entry,
    scopes: loading.scopes,
    diagnostics: [...loading.diagnostics, ...resolution.diagnostics],
    instances: new Map(),
  };
}

/** The models that the file defines itself. */
export const modelsOf = (spec: Spec): readonly ModelSymbol[] =>
  spec.entry.file.decls.flatMap((decl) => {
    const symbol = decl.kind === 'model' ? spec.entry.names.get(decl.name.text) : undefined;
    return symbol?.kind === 'model' && symbol.decl === decl ? [symbol] : [];
  });

/** Whether all parameters of a model have values without a preset. */
export const needsNothing = (symbol: ModelSymbol): boolean =>
  signatureOf(symbol).parameters.every(
    (parameter) => parameter.kind === 'value' && (parameter.default !== undefined || parameter.optional),
  );

/**
 * The preset or model of that name, as seen from the entry file; without a name, the only preset or model, or else what
 * is wrong with asking so.
 */
export function pointNamed(spec: Spec, name: string | undefined, session: Session): ResolvedPoint | undefined {
  const { entry } = spec;
  const own = entry.file.decls
    .filter((decl) => decl.kind === 'preset' || decl.kind === 'model')
    .map((decl) => decl.name.text);
  const wanted =
    name ?? (own.length === 1 ? own[0] : modelsOf(spec).length === 1 ? modelsOf(spec)[0]!.decl.name.text : undefined);
  const preset = wanted === undefined ? undefined : entry.presets.get(wanted);
  if (preset !== undefined) {
    return resolvePoint(
      { of: preset.decl.name, ofPreset: true, args: [], span: preset.decl.name.span },
      { ...preset.scope, presets: new Map([[preset.decl.name.text, preset]]) },
      session,
    );
  }
  const symbol = wanted === undefined ? undefined : entry.names.get(wanted);
  if (symbol?.kind === 'model') return { model: symbol, settings: new Map() };
  const candidates = [
    ...entry.presets.keys(),
    ...[...entry.names].flatMap(([each, { kind }]) => (kind === 'model' ? [each] : [])),
  ];
  const close = wanted === undefined ? undefined : nearest(wanted, candidates);
  session.diagnostics.push(
    report(
      'D0601',
      placeIn(entry, entry.file.version),
      { what: 'preset or model', name: wanted ?? '?', where: entry.file.source.path },
      {
        help:
          close !== undefined
            ? `did you mean \`${close}\`?`
            : candidates.length > 0
              ? `it has ${candidates
                  .slice(0, 8)
                  .map((each) => `\`${each}\``)
                  .join(', ')}${candidates.length > 8 ? ' …' : ''}`
              : 'it defines no model and no preset',
      },
    ),
  );
  session.failed = true;
  return undefined;
}

export const targetText = (spec: Spec, name: string | undefined): string =>
  name !== undefined && spec.entry.presets.has(name) ? `preset "${name}"` : (name ?? '');

/** A model for a name and overrides. */
export function instantiate(spec: Spec, name?: string, overrides: readonly Override[] = []): Instantiation {
  const session = createSession(spec.instances, targetText(spec, name), false);
  const point = pointNamed(spec, name, session);
  const settings = point === undefined ? undefined : applyOverrides(spec, point, overrides, session);
  if (point === undefined || settings === undefined) return { diagnostics: session.diagnostics };
  return instantiatePoint(spec, { model: point.model, settings }, session.target || point.model.decl.name.text);
}

export const instantiatePoint = (spec: Spec, point: ResolvedPoint, target: string): Instantiation =>
  instantiateModel(point.model, point.settings, target, spec.instances);

/** `--set` values are expressions in the scope of the entry file, typed like arguments. */
function applyOverrides(
  spec: Spec,
  point: ResolvedPoint,
  overrides: readonly Override[],
  session: Session,
): Settings | undefined {
  let { settings } = point;
  for (const { path, value } of overrides) {
    const source = { path: `--set ${path}`, text: `dit 1\nconst value = ${value}\n` };
    const parsed = parse(source);
    const decl = parsed.file.decls[0];
    if (parsed.diagnostics.length > 0 || decl?.kind !== 'const' || parsed.file.decls.length !== 1) {
      session.diagnostics.push(...parsed.diagnostics.slice(0, 1));
      return undefined;
    }
    const scope: Scope = { ...spec.entry, file: parsed.file };
    const frame = topFrame(scope, session, '');
    const [first, ...rest] = path.split('.');
    const parameter = signatureOf(point.model).byName.get(first!);
    const span = { start: 0, end: 0 };
    if (parameter?.kind !== 'value') {
      const close = nearest(first!, [...signatureOf(point.model).byName.keys()]);
      fail(
        frame,
        'D0322',
        span,
        { name: first!, callee: point.model.decl.name.text },
        { help: close === undefined ? undefined : `did you mean \`${close}\`?` },
      );
      return undefined;
    }
    const full: Settings =
      settings.has(first!) || parameter.default === undefined
        ? settings
        : new Map([
            ...settings,
            [
              first!,
              topFrame(point.model.scope, session, '').evaluate.expression(
                parameter.default,
                topFrame(point.model.scope, session, ''),
                { type: parameter.type },
              ),
            ],
          ]);
    const type = fieldType(parameter.type, rest);
    if (type === undefined) {
      fail(frame, 'D0322', span, { name: path, callee: point.model.decl.name.text });
      return undefined;
    }
    const term = coerce(
      frame.evaluate.expression(decl.value, frame, { type: type.type }),
      type.type,
      type.optional || parameter.optional,
      `\`${path}\``,
      decl.value.span,
      frame,
    );
    const changed = term.kind === 'error' ? undefined : setDotted(full, [first!, ...rest], term);
    if (changed === undefined) return undefined;
    settings = changed;
  }
  return settings;
}

type TypeOf = Extract<ReturnType<typeof signatureOf>['parameters'][number], { kind: 'value' }>['type'];

/** The type of a field of a parameter. */
export function fieldType(
  type: TypeOf,
  path: readonly string[],
): { readonly type: TypeOf; readonly optional: boolean } | undefined {
  let found: { readonly type: TypeOf; readonly optional: boolean } = { type, optional: false };
  for (const name of path) {
    if (found.type.kind !== 'record') return undefined;
    const field = signatureOf(found.type.record).byName.get(name);
    if (field?.kind !== 'value') return undefined;
    found = { type: field.type, optional: field.optional };
  }
  return found;
}
