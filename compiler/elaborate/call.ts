/** What a call calls: a block, an op, a function of compile time, or a record; and whether it is one, or fills in parameters. */
import { nearest } from '../../dsl/suggest.ts';
import { isOpName } from '../ops/registry.ts';
import { matchArguments } from './arguments.ts';
import { applyOp } from './arithmetic.ts';
import { callBlock } from './block-call.ts';
import { BUILTINS } from './builtin.ts';
import { coerce } from './coerce.ts';
import { type CallSite, type Frame, fail, placeOf, spend, type Wanted } from './context.ts';
import { foreignHelp } from './foreign-name.ts';
import { lookup, visibleNames } from './lookup.ts';
import { callOp, parametersOfOp, tensorsOfOp } from './op-call.ts';
import { buildRecord } from './record.ts';
import { signatureOf } from './signatures.ts';
import { type BlockTerm, describe, ERROR, type OpTerm, type Term } from './term.ts';

export function call(site: CallSite, frame: Frame, wanted: Wanted = {}): Term {
  if (!spend(frame, site.span)) return ERROR;
  const name = site.callee.text;
  const local = frame.names.get(name);
  const symbol = local === undefined ? frame.scope.names.get(name) : undefined;
  if (symbol?.kind === 'record') return buildRecord(symbol, site, frame);
  if (symbol?.kind === 'model')
    return fail(frame, 'D0211', site.callee.span, { name }, { help: 'put what they share into a block' });
  if (local === undefined && symbol === undefined && Object.hasOwn(BUILTINS, name)) {
    const result = callBuiltin(site, frame);
    if (result !== undefined) return result;
  }
  const callee = local ?? lookup(frame, name, site.callee.span) ?? guess(site, frame);
  if (callee.kind === 'error') return ERROR;
  if (callee.kind !== 'block' && callee.kind !== 'op')
    return fail(frame, 'D0210', site.callee.span, { name, what: describe(callee) });
  if (fillsIn(callee, site, wanted)) return fill(callee, site, frame);
  return callee.kind === 'op' ? callOp(callee, site, frame) : callBlock(callee, site, frame, wanted);
}

/** Says that nothing has this name, and goes on with what was probably meant, so that other mistakes are found too. */
function guess(site: CallSite, frame: Frame): Term {
  const name = site.callee.text;
  // what a name of PyTorch is here is no op of a similar name
  const close = foreignHelp(name) === undefined ? nearest(name, visibleNames(frame)) : undefined;
  fail(
    frame,
    'D0201',
    site.callee.span,
    { name },
    {
      help: close === undefined ? undefined : `did you mean \`${close}\`?`,
      fixes:
        close === undefined
          ? []
          : [{ message: `write \`${close}\``, edits: [{ place: placeOf(frame, site.callee.span), text: close }] }],
    },
  );
  const meant = close === undefined ? undefined : lookup(frame, close, site.callee.span);
  return meant?.kind === 'block' || meant?.kind === 'op' ? meant : ERROR;
}

/** `F(k: v)` where a block is wanted, or where all of its tensors stay open, is F with k filled in. */
function fillsIn(callee: BlockTerm | OpTerm, site: CallSite, wanted: Wanted): boolean {
  if (site.piped !== undefined || site.args.some((arg) => arg.name === undefined)) return false;
  if (wanted.type?.kind === 'basic' && wanted.type.basic === 'block') return true;
  const tensors =
    callee.kind === 'op'
      ? tensorsOfOp(callee.op)
      : signatureOf(callee.block).parameters.flatMap((parameter) =>
          parameter.kind === 'tensor' && !parameter.optional ? [parameter.name] : [],
        );
  return tensors.length > 0 && site.args.length > 0 && !site.args.some((arg) => tensors.includes(arg.name!.text));
}

function fill(callee: BlockTerm | OpTerm, site: CallSite, frame: Frame): Term {
  const signature = callee.kind === 'block' ? signatureOf(callee.block) : undefined;
  const names =
    signature?.parameters.flatMap((parameter) => (parameter.kind === 'value' ? [parameter.name] : [])) ??
    parametersOfOp((callee as OpTerm).op);
  const { given, sound } = matchArguments(site, names, frame);
  if (!sound) return ERROR;
  const filled = new Map(callee.filled);
  for (const name of names) {
    const argument = given.get(name);
    if (argument === undefined) continue;
    const parameter = signature?.byName.get(name);
    const type = parameter?.kind === 'value' ? parameter.type : undefined;
    const value = frame.evaluate.expression(argument.expr!, frame, type === undefined ? {} : { type });
    const settled =
      type === undefined ? value : coerce(value, type, parameter!.optional, `\`${name}\``, argument.span, frame);
    if (settled.kind === 'error') return ERROR;
    filled.set(name, settled);
  }
  return { ...callee, filled };
}

/** None where the arguments are tensors and an op has the same name (`exp`, `min` …). */
function callBuiltin(site: CallSite, frame: Frame): Term | undefined {
  const builtin = BUILTINS[site.callee.text]!;
  const { given, sound } = matchArguments(site, builtin.parameters, frame);
  if (!sound) return ERROR;
  const missing = builtin.parameters.slice(0, builtin.required).find((name) => !given.has(name));
  if (missing !== undefined) return fail(frame, 'D0321', site.callee.span, { name: missing, callee: site.callee.text });
  const args = builtin.parameters.map((name) => {
    const argument = given.get(name);
    return argument === undefined ? undefined : (argument.term ?? frame.evaluate.expression(argument.expr!, frame));
  });
  if (args.some((arg) => arg?.kind === 'error')) return ERROR;
  const spans = builtin.parameters.map((name) => given.get(name)?.span);
  if (isOpName(site.callee.text) && args.some((arg) => arg?.kind === 'tensor')) {
    return applyOp(
      frame,
      site.callee.text,
      args as Term[],
      spans.map((span) => span ?? site.span),
      site.span,
    );
  }
  return builtin.run(args, spans, site.span, frame);
}
