/** The values that `match` may give to `by`: from its own in steps, between a quarter and four times of it. */
import type { Match } from '../../dsl/tree.ts';
import type { Settings } from '../elaborate/model.ts';
import { add, compare, divide, isInteger, isNum, multiply, type Num, toNumber } from '../elaborate/number.ts';
import { signatureOf } from '../elaborate/signatures.ts';
import { fieldType } from '../elaborate/spec.ts';
import type { ModelSymbol } from '../elaborate/symbol.ts';
import type { Term } from '../elaborate/term.ts';

/** Finer steps are refused: nobody compares thousands of values of one parameter. */
const MOST_VALUES = 4096;

/** Ascending, its own among them, ints only where an int is wanted; or why there are none. */
export function valuesOf(model: ModelSymbol, match: Match, settings: Settings, step: Num): readonly Num[] | string {
  const path = match.by.map((name) => name.text);
  const by = path.join('.');
  let term: Term | undefined = settings.get(path[0]!);
  for (const name of path.slice(1)) term = term?.kind === 'record' ? term.fields.get(name) : undefined;
  if (term?.kind !== 'number') return `\`${by}\` has no number to move`;
  const own = term.value;
  const low = divide(own, 4);
  const high = multiply(own, 4);
  if (!isNum(low) || !isNum(high) || !(toNumber(own) > 0))
    return `\`${by}\` is ${toNumber(own)}, and must be positive to be moved`;
  const parameter = signatureOf(model).byName.get(path[0]!);
  const type = parameter?.kind === 'value' ? fieldType(parameter.type, path.slice(1))?.type : undefined;
  const whole = type?.kind === 'basic' && type.basic === 'int';
  const span = (toNumber(own) * 3.75) / toNumber(step);
  if (span > MOST_VALUES)
    return `the step is too fine: ${Math.floor(span)} values of \`${by}\`, and at most ${MOST_VALUES} are looked at`;
  const values: Num[] = [];
  const first = -Math.ceil((toNumber(own) * 0.75) / toNumber(step));
  for (let i = first; ; i++) {
    const shift = multiply(i, step);
    const value = isNum(shift) ? add(own, shift) : shift;
    if (!isNum(value) || compare(value, high) > 0) break;
    if (compare(value, low) >= 0 && (!whole || isInteger(value))) values.push(value);
  }
  return values;
}
