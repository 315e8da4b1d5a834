/** The facts that a preset says it has: `expect { macs: 118.64G +- 0.02G, params: 675M +- 0.5M, eps: [N, 32, 32, 4] }` */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { nearest } from '../../dsl/suggest.ts';
import type { Fact } from '../../dsl/tree.ts';
import { FACTS, type FactName, factOf, isFactName } from '../cost/facts.ts';
import { report } from '../elaborate/codes.ts';
import { createSession } from '../elaborate/context.ts';
import { dimOf } from '../elaborate/dims.ts';
import { Instances } from '../elaborate/instances.ts';
import type { ModelInstance } from '../elaborate/model.ts';
import { isNum, parseNum, toNumber } from '../elaborate/number.ts';
import { topFrame } from '../elaborate/point.ts';
import { placeIn, type Scope } from '../elaborate/symbol.ts';
import { type Dim, sameShape, showShape } from '../ir/type.ts';
import { contribution } from './contribution.ts';
import { showDifference, showQuantity } from './quantity.ts';

/** What does not hold of a model. `error` facts are about presets that have no model; they are checked elsewhere. */
export function checkFacts(
  facts: readonly Fact[],
  model: ModelInstance,
  scope: Scope,
  /** the model of the preset that this one is made from, to say what differs */
  base: () => ModelInstance | undefined = () => undefined,
): readonly Diagnostic[] {
  const session = createSession(new Instances(), model.target, false);
  for (const fact of facts) {
    if (fact.name.text === 'error') continue;
    const diagnostic = isFactName(fact.name.text)
      ? checkNumber(fact, model, scope, session, base)
      : checkOutput(fact, model, scope, session);
    if (diagnostic !== undefined) session.diagnostics.push(diagnostic);
  }
  return session.diagnostics;
}

function checkNumber(
  fact: Fact,
  model: ModelInstance,
  scope: Scope,
  session: ReturnType<typeof createSession>,
  base: () => ModelInstance | undefined,
): Diagnostic | undefined {
  const term = termOf(fact, scope, session);
  if (term.kind === 'error') return undefined;
  if (term.kind !== 'number')
    return report('D0305', placeIn(scope, fact.value.span), { expected: 'a number', given: 'something else' });
  const expected = toNumber(term.value);
  const slack = slackOf(fact, expected);
  const name = fact.name.text as (typeof FACTS)[number];
  const given = factOf(model.folded.inference, model.folded.training, name);
  // half a unit in the last place of the arithmetic above must not decide
  if (Math.abs(given - expected) <= slack * (1 + 1e-12)) return undefined;
  const around = fact.tolerance === undefined ? '' : ` ± ${showQuantity(slack)}`;
  // rounded, they may be equal
  const show = showQuantity(expected) === showQuantity(given) ? String : (number: number) => showQuantity(number);
  return report(
    'D0602',
    placeIn(scope, fact.span),
    {
      fact: name,
      expected: show(expected) + around,
      given: `${show(given)} (${showDifference(given, expected)})`,
    },
    { notes: [`of ${model.target}`, ...contribution(name, given - expected, model, base())] },
  );
}

function termOf(fact: Fact, scope: Scope, session: ReturnType<typeof createSession>) {
  const frame = topFrame(scope, session, '');
  return frame.evaluate.expression(fact.value, frame);
}

/** The numbers that are expected, as written: what a paper prints. */
export function expectedNumbers(
  facts: readonly Fact[],
  scope: Scope,
  instances: Instances,
): Partial<Record<FactName, number>> {
  const session = createSession(instances, '', false);
  const numbers: Partial<Record<FactName, number>> = {};
  for (const fact of facts) {
    if (!isFactName(fact.name.text)) continue;
    const term = termOf(fact, scope, session);
    if (term.kind === 'number') numbers[fact.name.text] = toNumber(term.value);
  }
  return numbers;
}

/** How far the fact may be from what is expected. */
function slackOf(fact: Fact, expected: number): number {
  if (fact.tolerance === undefined) return 0;
  const value = parseNum(fact.tolerance.value.raw);
  const number = isNum(value) ? toNumber(value) : 0;
  return fact.tolerance.percent ? (Math.abs(expected) * number) / 100 : number;
}

function checkOutput(
  fact: Fact,
  model: ModelInstance,
  scope: Scope,
  session: ReturnType<typeof createSession>,
): Diagnostic | undefined {
  const name = fact.name.text;
  const graph = model.training.results.some((result) => result.name === name) ? model.training : model.inference;
  const output = graph.results.find((result) => result.name === name);
  if (output === undefined) {
    const names = [...FACTS, ...model.training.results.flatMap((result) => result.name ?? [])];
    const close = nearest(name, names);
    return report(
      'D0603',
      placeIn(scope, fact.name.span),
      { name, target: model.target },
      {
        help:
          close === undefined
            ? `it has ${names.map((each) => `\`${each}\``).join(', ')}`
            : `did you mean \`${close}\`?`,
      },
    );
  }
  if (fact.value.kind !== 'list')
    return report('D0305', placeIn(scope, fact.value.span), {
      expected: 'the shape of an output: `[N, 32, 32, 4]`',
      given: 'something else',
    });
  const frame = topFrame(scope, session, '');
  frame.names.set('N', { kind: 'batch', times: 1 });
  const dims: Dim[] = [];
  for (const item of fact.value.items) {
    const dim = dimOf(frame.evaluate.expression(item, frame), item.span, frame);
    if (dim === undefined) return undefined;
    dims.push(dim);
  }
  const given = graph.values[output.value]!.type.shape;
  if (sameShape(dims, given)) return undefined;
  return report(
    'D0602',
    placeIn(scope, fact.span),
    { fact: name, expected: showShape(dims), given: showShape(given) },
    { notes: [`of ${model.target}`] },
  );
}
