/** What can be said of `match` before any point is looked at: facts and parameters that are not there, steps that go nowhere. */
import { nearest } from '../../dsl/suggest.ts';
import type { Match, Name } from '../../dsl/tree.ts';
import { FACTS, isFactName } from '../cost/facts.ts';
import { type Frame, fail } from '../elaborate/context.ts';
import { fieldPaths, isNumber, kindText, listed, pathsTo } from '../elaborate/fields.ts';
import { toNumber } from '../elaborate/number.ts';
import { signatureOf } from '../elaborate/signatures.ts';
import { fieldType } from '../elaborate/spec.ts';
import type { ModelSymbol } from '../elaborate/symbol.ts';
import { describe, type Term } from '../elaborate/term.ts';

export function checkMatch(match: Match, model: ModelSymbol, frame: Frame): void {
  const { fact, by, step, to } = match;
  if (!isFactName(fact.text)) {
    const close = nearest(fact.text, FACTS);
    const help =
      close === undefined
        ? `the facts are ${FACTS.map((each) => `\`${each}\``).join(', ')}`
        : `did you mean \`${close}\`?`;
    fail(frame, 'D0603', fact.span, { name: fact.text, target: 'a point of this grid' }, { help });
  }
  checkBy(by, model, frame);
  for (const expr of to === undefined ? [step] : [step, to]) {
    const term: Term = frame.evaluate.expression(expr, frame);
    if (term.kind === 'error' || (term.kind === 'number' && toNumber(term.value) > 0)) continue;
    const help =
      expr === to && term.kind === 'string'
        ? 'without `to` the goal is the base: make the grid one of that preset, or write its number: `to 5G`'
        : undefined;
    fail(frame, 'D0305', expr.span, { expected: 'a number above 0', given: describe(term) }, { help });
  }
}

function checkBy(by: readonly Name[], model: ModelSymbol, frame: Frame): void {
  const { byName } = signatureOf(model);
  const [head, ...rest] = by as [Name, ...Name[]];
  const parameter = byName.get(head.text);
  const path = rest.map(({ text }) => text);
  const type = parameter?.kind === 'value' ? fieldType(parameter.type, path)?.type : undefined;
  if (type !== undefined && isNumber(type)) return;
  const axis = by.map(({ text }) => text).join('.');
  const span = { start: head.span.start, end: by.at(-1)!.span.end };
  const numbers = [...byName.values()].flatMap((each) =>
    each.kind !== 'value'
      ? []
      : isNumber(each.type)
        ? [each.name]
        : fieldPaths(each.type, isNumber).map((field) => `${each.name}.${field}`),
  );
  const wanted = '`by` names an int or float parameter, or such a field of one';
  if (type !== undefined) {
    const own = numbers.filter((each) => each.startsWith(`${axis}.`));
    const given = type.kind === 'record' ? `the record \`${axis}\`` : `\`${axis}\`, ${kindText(type)}`;
    const help = own.length > 0 ? `its numbers are ${listed(own)}` : wanted;
    fail(frame, 'D0305', span, { expected: 'a number for `by`', given }, { help });
    return;
  }
  const close = pathsTo(axis, model, isNumber)[0] ?? nearest(axis, numbers);
  const help =
    close !== undefined ? `did you mean \`${close}\`?` : numbers.length > 0 ? `${wanted}: ${listed(numbers)}` : wanted;
  fail(frame, 'D0606', span, { axis, of: model.decl.name.text }, { help });
}
