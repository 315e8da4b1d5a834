/** `--where`: a condition from outside of the spec on the points of a plan, with the names that `where` of a grid sees. */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { parse } from '../../dsl/parse.ts';
import type { Source } from '../../dsl/span.ts';
import { report } from '../elaborate/codes.ts';
import { createSession } from '../elaborate/context.ts';
import { shifted } from '../elaborate/override.ts';
import { topFrame } from '../elaborate/point.ts';
import type { Spec } from '../elaborate/spec.ts';
import type { Scope } from '../elaborate/symbol.ts';
import { createConditions } from './condition.ts';
import { checkNames, tryCondition } from './condition-check.ts';
import type { Grid } from './grid.ts';
import type { PlanPoint } from './plan.ts';
import { trialsOf } from './trial.ts';

export interface Filter {
  fits(point: PlanPoint): boolean;
  /** for how many points the condition could not be evaluated, and why for the first of them */
  readonly unknown?: { readonly times: number; readonly reason: string };
}

/** what makes a file of a condition */
const BEFORE = 'dit 1 grid g of g { where ';

/** Of the grid around it, which nobody wrote, a message does not speak. */
function ofCondition(diagnostic: Diagnostic): Diagnostic {
  const { message, place, help } = diagnostic;
  if (/^expected `:`/.test(message))
    return report('D0305', place, { expected: 'one condition', given: 'more behind it' }, { help });
  return { ...diagnostic, message: message.replace(/^expected an axis or `}`/, 'expected `and`, `or` or the end') };
}

export function createFilter(spec: Spec, grid: Grid, text: string): Filter | readonly Diagnostic[] {
  const source: Source = { path: '--where', text: `${BEFORE}${text}\n}\n` };
  const shown: Source = { path: '--where', text };
  const parsed = parse(source);
  const [decl, ...others] = parsed.file.decls;
  const [vary, ...more] = decl?.kind === 'grid' ? decl.varies : [];
  const end = BEFORE.length + text.length;
  if (parsed.diagnostics.length > 0 || vary?.kind !== 'where' || others.length > 0 || more.length > 0) {
    const inside = parsed.diagnostics.find(({ place: { span } }) => span.start >= BEFORE.length && span.end <= end);
    // where it ends, there is a brace of ours
    const short = parsed.diagnostics.find(
      ({ place, message }) => place.span.start >= end && / found `}`$/.test(message),
    );
    if (inside !== undefined) return shifted([ofCondition(inside)], source, shown, -BEFORE.length);
    if (short !== undefined) {
      const message = short.message.replace(/`}`$/, 'the end');
      return shifted([ofCondition({ ...short, message })], source, shown, -BEFORE.length);
    }
    const place = { source: shown, span: { start: 0, end: text.length } };
    return [report('D0305', place, { expected: 'one condition', given: 'something else' })];
  }
  const { condition } = vary;
  const { model } = grid.base;
  const scope: Scope = { ...spec.entry, file: parsed.file };
  const session = createSession(spec.instances, '', false);
  const frame = topFrame(scope, session, '');
  checkNames(condition, model, frame);
  if (!session.failed) tryCondition(condition, frame, trialsOf(spec, grid.base, grid.groups));
  if (session.failed) return shifted(session.diagnostics, source, shown, -BEFORE.length);
  const conditions = createConditions([condition], model, scope);
  let unknown: Filter['unknown'];
  return {
    fits(point) {
      const why = conditions.early(point.model.settings, point.seed) ?? conditions.late(point.model, point.seed);
      if (why?.isMistake === true)
        unknown = { times: (unknown?.times ?? 0) + 1, reason: unknown?.reason ?? why.reason };
      return why === undefined;
    },
    get unknown() {
      return unknown;
    },
  };
}
