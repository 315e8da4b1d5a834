/**
 * A spec: a file with all that it imports, its names resolved, ready to be instantiated. Instances of blocks are kept
 * here, so that presets and grid points that share blocks share their graphs.
 */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { nearest } from '../../dsl/suggest.ts';
import { report } from './codes.ts';
import { createSession, type Session } from './context.ts';
import { Instances } from './instances.ts';
import { type Loaded, type Loader, loadFiles } from './load.ts';
import { type Instantiation, instantiateModel } from './model.ts';
import { applyOverrides, type Override } from './override.ts';
import { type ResolvedPoint, resolvePoint } from './point.ts';
import { resolveNames } from './resolve.ts';
import { signatureOf } from './signatures.ts';
import { standardLibrary } from './standard.ts';
import { type ModelSymbol, placeIn, type Scope } from './symbol.ts';

export { fieldType, missingField, type Override } from './override.ts';

export interface Spec {
  readonly entry: Scope;
  readonly scopes: ReadonlyMap<string, Scope>;
  /** of parsing, imports and names */
  readonly diagnostics: readonly Diagnostic[];
  readonly instances: Instances;
}

export function openSpec(entry: Loaded, loader: Loader): Spec {
  const loading = loadFiles(entry, loader);
  // of a file that was not read whole, nobody knows what is used
  const whole = loading.diagnostics.every(({ severity }) => severity !== 'error');
  const relevant = ({ severity }: Diagnostic): boolean => whole || severity === 'error';
  const resolution = resolveNames(loading.scopes, loading.entry, standardLibrary(loader));
  return {
    entry: loading.entry,
    scopes: loading.scopes,
    diagnostics: [...loading.diagnostics, ...resolution.diagnostics.filter(relevant)],
    instances: new Instances(),
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
/** For a grid where something else is wanted. */
export const gridHelp = (name: string, file: string): string =>
  `\`${name}\` is a grid: \`ditc grid plan ${file}#${name}\` shows its points`;

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
  const place = placeIn(entry, entry.file.version);
  const where = entry.file.source.path;
  const has =
    candidates.length > 0
      ? `it has ${candidates
          .slice(0, 8)
          .map((each) => `\`${each}\``)
          .join(', ')}${candidates.length > 8 ? ' …' : ''}`
      : 'it defines no model and no preset';
  session.diagnostics.push(
    wanted === undefined
      ? report('D0305', place, { expected: `a preset or model of ${where} by its name`, given: 'none' }, { help: has })
      : report(
          'D0601',
          place,
          { what: 'preset or model', name: wanted, where },
          {
            help: entry.grids.has(wanted)
              ? gridHelp(wanted, where)
              : close !== undefined
                ? `did you mean \`${close}\`?`
                : has,
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
  const settings = point === undefined ? undefined : applyOverrides(spec.entry, point, overrides, session);
  if (point === undefined || settings === undefined) return { diagnostics: session.diagnostics };
  return instantiatePoint(spec, { model: point.model, settings }, session.target || point.model.decl.name.text);
}

export const instantiatePoint = (spec: Spec, point: ResolvedPoint, target: string): Instantiation =>
  instantiateModel(point.model, point.settings, target, spec.instances);
