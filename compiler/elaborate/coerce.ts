/** Whether a value of compile time has the type of the parameter, field or axis that it is for. */

import type { Extras } from '../../dsl/diagnostic.ts';
import type { Span } from '../../dsl/span.ts';
import { type Frame, fail, markFailed, placeOf } from './context.ts';
import { constantInit } from './initial.ts';
import { isInteger, toNumber } from './number.ts';
import { type Kind, showKind } from './signature.ts';
import { describe, ERROR, showTerm, type Term } from './term.ts';

const WORDS: Readonly<Record<string, string>> = {
  int: 'an int',
  float: 'a number',
  bool: 'a bool',
  string: 'a string',
  list: 'a list',
  block: 'a block',
  init: 'an initial value',
};

/** Whether a term is of the type as it stands: most are, and then nothing needs to be said or changed. */
export function isOf(term: Term, type: Kind): boolean {
  if (type.kind === 'record') return term.kind === 'record' && term.record === type.record;
  if (type.kind === 'enum') return term.kind === 'member' && term.of === type.enum.decl;
  if (type.kind === 'unknown') return false;
  switch (type.basic) {
    case 'int':
      return term.kind === 'number' && isInteger(term.value);
    case 'float':
      return term.kind === 'number';
    case 'block':
      return term.kind === 'block' || term.kind === 'op';
    default:
      return term.kind === type.basic;
  }
}

/** The term as the type wants it, or the mistake that was said. */
export function coerce(term: Term, type: Kind, optional: boolean, what: string, span: Span, frame: Frame): Term {
  if (term.kind === 'error' || (optional && term.kind === 'none')) return term;
  if (type.kind === 'unknown') {
    markFailed(frame);
    return ERROR;
  }
  const wrong = (extras?: Extras): Term =>
    fail(
      frame,
      'D0305',
      span,
      {
        expected: `${type.kind === 'basic' ? WORDS[type.basic] : `a \`${showKind(type)}\``} for ${what}`,
        given: describe(term),
      },
      extras ?? withoutQuotes(term, type, span, frame),
    );
  if (type.kind === 'record') return term.kind === 'record' && term.record === type.record ? term : wrong();
  if (type.kind === 'enum') {
    if (term.kind === 'member' && term.of === type.enum.decl) return term;
    const help = `it has ${type.enum.decl.members.map((member) => `\`${member.text}\``).join(', ')}`;
    return wrong({ help, ...withoutQuotes(term, type, span, frame) });
  }
  switch (type.basic) {
    case 'int':
      if (term.kind !== 'number') return wrong();
      return isInteger(term.value)
        ? term
        : fail(frame, 'D0306', span, { value: showTerm(term), what }, { help: '`floor` and `ceil` round' });
    case 'float':
      return term.kind === 'number' ? term : wrong();
    case 'block':
      return term.kind === 'block' || term.kind === 'op' ? term : wrong();
    case 'list':
      return term.kind === 'list' ? term : wrong();
    case 'init': {
      if (term.kind === 'init') return term;
      if (term.kind === 'number') return { kind: 'init', init: { kind: 'fill', value: toNumber(term.value) } };
      return term.kind === 'tensor' ? constantInit(term, span, frame) : wrong();
    }
    default:
      return term.kind === type.basic ? term : wrong();
  }
}

/** What other configurations write as strings, by what is wanted. */
const BARE: Readonly<Record<string, RegExp>> = {
  int: /^-?\d+$/,
  float: /^-?\d+(\.\d+)?(e-?\d+)?$/,
  bool: /^(true|false)$/,
  name: /^[A-Za-z_]\w*$/,
};

function withoutQuotes(term: Term, type: Kind, span: Span, frame: Frame): Extras | undefined {
  const kind = type.kind === 'basic' && type.basic in BARE ? type.basic : 'name';
  if (term.kind !== 'string' || !BARE[kind]!.test(term.value)) return undefined;
  const place = placeOf(frame, span);
  const isWritten = place.source.text.slice(span.start, span.end) === JSON.stringify(term.value);
  const fixes = isWritten ? [{ message: `write \`${term.value}\``, edits: [{ place, text: term.value }] }] : [];
  return { help: `without quotes: \`${term.value}\``, fixes };
}
