/** `--set path=value`: parameters of a point get other values. What is wrong with one is shown in its own text. */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { parse } from '../../dsl/parse.ts';
import type { Place, Source } from '../../dsl/span.ts';
import { nearest } from '../../dsl/suggest.ts';
import { coerce } from './coerce.ts';
import { fail, type Session } from './context.ts';
import { fieldsHelp, listed, pathsTo } from './fields.ts';
import { type Settings, settleSettings } from './model.ts';
import { type ResolvedPoint, setDotted, topFrame } from './point.ts';
import { signatureOf } from './signatures.ts';
import type { Scope } from './symbol.ts';

/** `path` is a parameter or a field of one, `value` an expression of the language. */
export interface Override {
  readonly path: string;
  readonly value: string;
}

/** what makes a file of an expression */
const BEFORE = 'dit 1 const value = ';

/** The settings with the overrides in place; none after a mistake, which was said. */
export function applyOverrides(
  entry: Scope,
  point: ResolvedPoint,
  overrides: readonly Override[],
  session: Session,
): Settings | undefined {
  let settings: Settings | undefined = point.settings;
  for (const override of overrides) {
    if (settings === undefined) return undefined;
    const { path, value } = override;
    const source: Source = { path: '--set', text: `${BEFORE}${value}\n` };
    const shown: Source = { path: '--set', text: `${path}=${value}` };
    const shift = path.length + 1 - BEFORE.length;
    const said = session.diagnostics.length;
    settings = applyOne(entry, point, settings, override, { source, shown }, session);
    const own = session.diagnostics.splice(said);
    session.diagnostics.push(...shifted(own, source, shown, shift));
  }
  return settings;
}

/** Diagnostics about a text that was put into a file of ours, as diagnostics about the text. */
export function shifted(
  diagnostics: readonly Diagnostic[],
  source: Source,
  shown: Source,
  shift: number,
): readonly Diagnostic[] {
  const move = (place: Place): Place => {
    if (place.source !== source) return place;
    const at = (offset: number): number => Math.min(Math.max(offset + shift, 0), shown.text.length);
    return { source: shown, span: { start: at(place.span.start), end: at(place.span.end) } };
  };
  return diagnostics.map((diagnostic) => ({
    ...diagnostic,
    place: move(diagnostic.place),
    labels: diagnostic.labels.map((label) => ({ ...label, place: move(label.place) })),
    // there is no file to change
    fixes: [],
  }));
}

function applyOne(
  entry: Scope,
  { model }: ResolvedPoint,
  settings: Settings,
  { path, value }: Override,
  { source, shown }: { readonly source: Source; readonly shown: Source },
  session: Session,
): Settings | undefined {
  const parsed = parse(source);
  const decl = parsed.file.decls[0];
  const scope: Scope = { ...entry, file: parsed.file };
  const frame = topFrame(scope, session, session.target);
  if (parsed.diagnostics.length > 0 || decl?.kind !== 'const' || parsed.file.decls.length !== 1) {
    session.failed = true;
    const end = source.text.length - 1;
    const first = parsed.diagnostics[0];
    if (first !== undefined && first.place.span.start > BEFORE.length) session.diagnostics.push(first);
    else
      fail(
        frame,
        'D0305',
        { start: BEFORE.length, end },
        { expected: 'a value', given: value.trim() === '' ? 'nothing' : `\`${value}\`` },
      );
    return undefined;
  }
  const [first, ...rest] = path.split('.');
  const { byName } = signatureOf(model);
  const parameter = byName.get(first!);
  const name = topFrame({ ...entry, file: { ...parsed.file, source: shown } }, session, session.target);
  const callee = model.decl.name.text;
  if (parameter?.kind !== 'value') {
    const close = nearest(first!, [...byName.keys()]);
    // the field is known better than what it is in
    const meant = close === undefined ? pathsTo(path.split('.').at(-1)!, model) : [close];
    const help = meant.length > 0 ? `did you mean ${listed(meant)}?` : `it has ${listed([...byName.keys()])}`;
    fail(name, 'D0322', { start: 0, end: first!.length }, { name: first!, callee }, { help });
    return undefined;
  }
  let full = settings;
  if (rest.length > 0 && !settings.has(first!)) {
    // a default may be made of the parameters before it
    const settled = settleSettings(model, settings, session.target, session.instances);
    const whole = settled.settings?.get(first!);
    if (whole === undefined) {
      session.failed = true;
      session.diagnostics.push(...settled.diagnostics);
      return undefined;
    }
    full = new Map([...settings, [first!, whole]]);
  }
  const type = fieldType(parameter.type, rest);
  if (type === undefined) {
    const { help } = missingField(parameter, rest);
    fail(name, 'D0322', { start: 0, end: path.length }, { name: path, callee }, { help });
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
  return term.kind === 'error' ? undefined : setDotted(full, [first!, ...rest], term);
}

/** Which name of a path into a parameter is no field, and what helps. */
export function missingField(
  { name, type }: { readonly name: string; readonly type: TypeOf },
  path: readonly string[],
): { readonly at: number; readonly help: string } {
  const at = path.findIndex((_, index) => fieldType(type, path.slice(0, index + 1)) === undefined);
  const before = path.slice(0, at);
  return { at, help: fieldsHelp(fieldType(type, before)?.type, [name, ...before], path[at]!) };
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
