/** Presets and points: a model, or another preset, with some parameters set. */
import { nearest } from '../../dsl/suggest.ts';
import type { Arg, Point } from '../../dsl/tree.ts';
import { createFoldingBuilder } from '../ir/builder.ts';
import { coerce } from './coerce.ts';
import { type Frame, fail, placeOf, type Session } from './context.ts';
import { EVALUATOR } from './evaluator.ts';
import { createFrame } from './frame.ts';
import type { Settings } from './model.ts';
import { setField } from './set-field.ts';
import { signatureOf } from './signatures.ts';
import type { ModelSymbol, PresetSymbol, Scope } from './symbol.ts';
import type { Term } from './term.ts';

export interface ResolvedPoint {
  readonly model: ModelSymbol;
  /** only what presets and arguments set */
  readonly settings: Settings;
}

/** A frame for expressions of the top level of a file. */
export const topFrame = (scope: Scope, session: Session, what: string): Frame =>
  createFrame({ session, scope, build: createFoldingBuilder(), what, evaluate: EVALUATOR });

/** None when something was wrong; it was said. */
export function resolvePoint(
  point: Point,
  scope: Scope,
  session: Session,
  through: readonly PresetSymbol[] = [],
): ResolvedPoint | undefined {
  const frame = topFrame(scope, session, '');
  const name = point.of.text;
  let base: ResolvedPoint | undefined;
  if (point.ofPreset) {
    const preset = scope.presets.get(name);
    if (preset === undefined) {
      if (!scope.broken.has(`"${name}"`))
        unknown(
          frame,
          point,
          'preset',
          [...scope.presets.keys()].map((each) => `"${each}"`),
          `"${name}"`,
        );
      return undefined;
    }
    if (through.includes(preset)) {
      fail(frame, 'D0215', point.of.span, { name });
      return undefined;
    }
    base = resolvePoint(preset.decl.point, preset.scope, session, [...through, preset]);
  } else {
    const symbol = scope.names.get(name);
    if (symbol?.kind !== 'model') {
      const models = [...scope.names].flatMap(([each, { kind }]) => (kind === 'model' ? [each] : []));
      if (!scope.broken.has(name)) unknown(frame, point, 'model', models, name);
      return undefined;
    }
    base = { model: symbol, settings: new Map() };
  }
  if (base === undefined) return undefined;
  const settings = setArguments(base.model, base.settings, point.args, frame);
  return settings === undefined ? undefined : { model: base.model, settings };
}

function unknown(frame: Frame, point: Point, what: string, candidates: readonly string[], name: string): void {
  const close = nearest(name, candidates);
  fail(
    frame,
    'D0601',
    point.of.span,
    { what, name: point.of.text, where: 'this file' },
    {
      help: close === undefined ? undefined : `did you mean \`${close}\`?`,
      fixes:
        close === undefined
          ? []
          : [{ message: `write \`${close}\``, edits: [{ place: placeOf(frame, point.of.span), text: close }] }],
    },
  );
}

function setArguments(model: ModelSymbol, before: Settings, args: readonly Arg[], frame: Frame): Settings | undefined {
  const settings = new Map(before);
  const signature = signatureOf(model);
  const callee = model.decl.name.text;
  const here = new Map<string, Arg>();
  let sound = true;
  for (const arg of args) {
    if (arg.name === undefined) {
      fail(
        frame,
        'D0324',
        arg.span,
        { callee, takes: 0, given: 1 },
        { help: `arguments of a model go by name: \`${signature.parameters[0]?.name ?? 'name'}: …\`` },
      );
      sound = false;
      continue;
    }
    const name = arg.name.text;
    const parameter = signature.byName.get(name);
    const earlier = here.get(name);
    if (earlier !== undefined) {
      fail(
        frame,
        'D0323',
        arg.name.span,
        { name, callee },
        { labels: [{ place: placeOf(frame, earlier.span), text: 'first given here' }] },
      );
      sound = false;
    } else if (parameter?.kind !== 'value') {
      const close = nearest(name, [...signature.byName.keys()]);
      fail(
        frame,
        'D0322',
        arg.name.span,
        { name, callee },
        {
          help:
            close === undefined
              ? `it has ${[...signature.byName.keys()].map((each) => `\`${each}\``).join(', ')}`
              : `did you mean \`${close}\`?`,
          fixes:
            close === undefined
              ? []
              : [{ message: `write \`${close}\``, edits: [{ place: placeOf(frame, arg.name.span), text: close }] }],
        },
      );
      sound = false;
    } else {
      const value = coerce(
        frame.evaluate.expression(arg.value, frame, { type: parameter.type }),
        parameter.type,
        parameter.optional,
        `\`${name}\` of \`${callee}\``,
        arg.value.span,
        frame,
      );
      if (value.kind === 'error') sound = false;
      settings.set(name, value);
    }
    here.set(name, arg);
  }
  return sound ? settings : undefined;
}

/** A parameter or, through records, a field of one: `size.width`. The new settings, or none when there is no such thing. */
export function setDotted(settings: Settings, path: readonly string[], value: Term): Settings | undefined {
  const [first, ...rest] = path;
  if (first === undefined) return undefined;
  if (rest.length === 0) return new Map(settings).set(first, value);
  const record = settings.get(first);
  const changed = record === undefined ? undefined : setField(record, rest, value);
  return changed === undefined ? undefined : new Map(settings).set(first, changed);
}
