/** What can be said of `match` and `where` before any point is looked at: facts, parameters and names that are not there. */
import { nearest } from '../../dsl/suggest.ts';
import type { Match, Where } from '../../dsl/tree.ts';
import { FACTS, isFactName } from '../cost/facts.ts';
import { BUILTIN_VALUES } from '../elaborate/builtin.ts';
import { type Frame, fail } from '../elaborate/context.ts';
import { toNumber } from '../elaborate/number.ts';
import type { Signature } from '../elaborate/signature.ts';
import { signatureOf } from '../elaborate/signatures.ts';
import { fieldType } from '../elaborate/spec.ts';
import type { ModelSymbol } from '../elaborate/symbol.ts';
import { describe, type Term } from '../elaborate/term.ts';
import { namesIn } from './condition.ts';

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
  const parameter = signatureOf(model).byName.get(by[0]!.text);
  const path = by.slice(1).map((name) => name.text);
  const type = parameter?.kind === 'value' ? fieldType(parameter.type, path)?.type : undefined;
  if (type?.kind !== 'basic' || (type.basic !== 'int' && type.basic !== 'float'))
    fail(
      frame,
      'D0606',
      by[0]!.span,
      { axis: by.map((name) => name.text).join('.'), of: model.decl.name.text },
      { help: '`by` names an int or float parameter, or such a field of one' },
    );
  for (const expr of to === undefined ? [step] : [step, to]) {
    const term: Term = frame.evaluate.expression(expr, frame);
    if (term.kind === 'error' || (term.kind === 'number' && toNumber(term.value) > 0)) continue;
    fail(frame, 'D0305', expr.span, { expected: 'a number above 0', given: describe(term) });
  }
}

/** Names that neither the parameters nor the facts nor the file know. */
export function checkCondition({ condition }: Where, model: ModelSymbol, frame: Frame): void {
  const { scope } = frame;
  const signature = signatureOf(model);
  const members = [...scope.names.values(), ...model.scope.names.values()].flatMap((symbol) =>
    symbol.kind === 'enum' ? symbol.decl.members.map((member) => member.text) : [],
  );
  const known = new Set([...namesOf(signature), ...FACTS, 'seed', ...members, ...Object.keys(BUILTIN_VALUES)]);
  for (const name of new Set(namesIn(condition))) {
    if (known.has(name) || scope.names.has(name) || scope.broken.has(name)) continue;
    const close = nearest(name, [...known, ...scope.names.keys()]);
    const help =
      close === undefined
        ? `a condition sees the parameters of \`${model.decl.name.text}\`, \`seed\`, and ${FACTS.map((fact) => `\`${fact}\``).join(', ')}`
        : `did you mean \`${close}\`?`;
    fail(frame, 'D0201', condition.span, { name }, { help });
  }
}

const namesOf = (signature: Signature): readonly string[] => signature.names;
