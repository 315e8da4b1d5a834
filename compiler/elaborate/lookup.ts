/** What a name stands for: the body, then the file, then the built-ins. */
import type { Span } from '../../dsl/span.ts';
import { createFoldingBuilder } from '../ir/builder.ts';
import { isOpName, OPS } from '../ops/registry.ts';
import { BUILTIN_VALUES, BUILTINS } from './builtin.ts';
import { type Frame, fail, markFailed } from './context.ts';
import { createFrame } from './frame.ts';
import type { ConstSymbol } from './symbol.ts';
import { blockTerm, describe, ERROR, opTerm, type Term, truth } from './term.ts';

/** The term of a name, or none when nothing has that name. Records, enums and models are no terms. */
export function lookup(frame: Frame, name: string, span: Span): Term | undefined {
  const local = frame.names.get(name);
  if (local !== undefined) return local;
  const symbol = frame.scope.names.get(name);
  if (symbol !== undefined) {
    switch (symbol.kind) {
      case 'const':
        return constant(symbol, frame, span);
      case 'block':
        return blockTerm(symbol);
      default:
        return fail(frame, 'D0305', span, { expected: 'a value', given: `the ${symbol.kind} \`${name}\`` });
    }
  }
  if (frame.scope.broken.has(name)) {
    markFailed(frame);
    return ERROR;
  }
  if (name === 'training') {
    if (!isInBody(frame))
      return fail(
        frame,
        'D0305',
        span,
        { expected: 'a value that is settled once', given: '`training`' },
        { help: 'the bodies of blocks and models know it: write the condition there' },
      );
    for (let at: Frame | undefined = frame; at !== undefined && !at.readsTraining; at = at.parent)
      at.readsTraining = true;
    return truth(frame.session.training);
  }
  if (Object.hasOwn(BUILTIN_VALUES, name)) return BUILTIN_VALUES[name];
  return isOpName(name) ? opTerm(name) : undefined;
}

/** Whether a block or a model is being evaluated, and not what is settled once for both of its graphs. */
function isInBody(frame: Frame): boolean {
  let at: Frame | undefined = frame;
  while (at !== undefined && at.block === undefined && at.model === undefined) at = at.parent;
  return at !== undefined;
}

/** The value of a const, settled once, in the scope of its own file. */
function constant(symbol: ConstSymbol, frame: Frame, span: Span): Term {
  if (symbol.value === 'settling') return fail(frame, 'D0215', span, { name: symbol.decl.name.text });
  if (symbol.value === undefined) {
    symbol.value = 'settling';
    const own = createFrame({
      session: frame.session,
      scope: symbol.scope,
      build: createFoldingBuilder(),
      what: `const ${symbol.decl.name.text}`,
      evaluate: frame.evaluate,
    });
    const value = frame.evaluate.expression(symbol.decl.value, own);
    if (value.kind === 'tensor')
      symbol.value = fail(own, 'D0305', symbol.decl.value.span, {
        expected: 'a value of compile time',
        given: describe(value),
      });
    else
      symbol.value =
        value.kind === 'record' && value.called === undefined ? { ...value, called: symbol.decl.name.text } : value;
  }
  if (symbol.value.kind === 'error') {
    markFailed(frame);
    return ERROR;
  }
  return symbol.value;
}

/** All names that could have been meant, for suggestions. */
export const visibleNames = (frame: Frame): readonly string[] => [
  ...frame.names.keys(),
  ...frame.scope.names.keys(),
  ...Object.keys(BUILTINS),
  ...Object.keys(BUILTIN_VALUES),
  ...Object.keys(OPS),
];
