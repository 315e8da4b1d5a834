/** `match`: the first arm whose pattern the value has. A match over an enum covers it, whatever this value is. */
import type { MatchExpr, Pattern } from '../../dsl/tree.ts';
import { type Frame, fail, type Wanted } from './context.ts';
import { lookup } from './lookup.ts';
import { compare, type Num, parseNum } from './number.ts';
import { ERROR, showTerm, type Term } from './term.ts';

export function match(expr: MatchExpr, frame: Frame, wanted: Wanted): Term {
  const subject = frame.evaluate.expression(expr.subject, frame);
  if (subject.kind === 'error') return ERROR;
  const patterns = expr.arms.flatMap((arm) => arm.patterns);
  if (subject.kind === 'member' && !patterns.some((pattern) => pattern.kind === 'any')) {
    const covered = new Set(patterns.map((pattern) => (pattern.kind === 'name' ? pattern.name.text : '')));
    const open = subject.of.members.filter((each) => !covered.has(each.text)).map((each) => `\`${each.text}\``);
    if (open.length > 0)
      return fail(frame, 'D0315', expr.subject.span, { missing: open.join(', '), enum: subject.of.name.text });
  }
  for (const arm of expr.arms) {
    for (const pattern of arm.patterns)
      if (fits(pattern, subject, frame)) return frame.evaluate.expression(arm.value, frame, wanted);
  }
  return fail(frame, 'D0314', expr.subject.span, { value: showTerm(subject) });
}

function fits(pattern: Pattern, subject: Term, frame: Frame): boolean {
  switch (pattern.kind) {
    case 'any':
      return true;
    case 'name': {
      const text = pattern.name.text;
      if (subject.kind === 'member') return subject.name === text;
      // a const, or a record or block by name
      const term = lookup(frame, text, pattern.span);
      return (
        term !== undefined &&
        term.kind !== 'error' &&
        term.kind === subject.kind &&
        showTerm(term) === showTerm(subject)
      );
    }
    case 'number':
      return subject.kind === 'number' && compare(subject.value, parseNum(pattern.raw) as Num) === 0;
    case 'string':
      return subject.kind === 'string' && subject.value === pattern.value;
    case 'bool':
      return subject.kind === 'bool' && subject.value === pattern.value;
    case 'none':
      return subject.kind === 'none';
  }
}
