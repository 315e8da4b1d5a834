/** `Size(depth: 28, width: 1152, heads: 16)`: a record from its fields. */
import { createFoldingBuilder } from '../ir/builder.ts';
import { matchArguments } from './arguments.ts';
import { coerce } from './coerce.ts';
import { type CallSite, type Frame, fail, placeOf } from './context.ts';
import { createFrame } from './frame.ts';
import { signatureOf } from './signatures.ts';
import type { RecordSymbol } from './symbol.ts';
import { ERROR, NONE, type Term } from './term.ts';

export function buildRecord(symbol: RecordSymbol, site: CallSite, frame: Frame): Term {
  const { parameters, names } = signatureOf(symbol);
  const { given, sound } = matchArguments(site, names, frame);
  let failed = !sound;
  const fields = new Map<string, Term>();
  // defaults are settled in the file of the record and may use the fields before
  const own = createFrame({
    session: frame.session,
    scope: symbol.scope,
    names: fields,
    build: createFoldingBuilder(),
    what: symbol.decl.name.text,
    parent: frame,
    from: { place: placeOf(frame, site.span), path: '' },
    depth: frame.depth + 1,
    evaluate: frame.evaluate,
  });
  for (const parameter of parameters) {
    if (parameter.kind !== 'value') continue;
    const { name, type, optional } = parameter;
    const argument = given.get(name);
    let value: Term;
    if (argument !== undefined) value = argument.term ?? frame.evaluate.expression(argument.expr!, frame, { type });
    else if (parameter.default !== undefined) value = frame.evaluate.expression(parameter.default, own, { type });
    else if (optional) value = NONE;
    else {
      if (sound) fail(frame, 'D0321', site.callee.span, { name, callee: symbol.decl.name.text });
      failed = true;
      continue;
    }
    const settled = coerce(
      value,
      type,
      optional,
      `\`${name}\` of \`${symbol.decl.name.text}\``,
      argument?.span ?? parameter.param.span,
      argument === undefined ? own : frame,
    );
    if (settled.kind === 'error') failed = true;
    fields.set(name, settled);
  }
  return failed ? ERROR : { kind: 'record', record: symbol, fields: new Map(fields) };
}
