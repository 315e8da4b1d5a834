/** `--where`: a condition from outside of the spec on the points of a plan, with the names that `where` of a grid sees. */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { parse } from '../../dsl/parse.ts';
import { createSession } from '../elaborate/context.ts';
import { topFrame } from '../elaborate/point.ts';
import type { Spec } from '../elaborate/spec.ts';
import type { Scope } from '../elaborate/symbol.ts';
import { createConditions } from './condition.ts';
import { checkCondition } from './constraint-check.ts';
import type { Grid } from './grid.ts';
import type { PlanPoint } from './plan.ts';

export type Filter = (point: PlanPoint) => boolean;

export function createFilter(spec: Spec, grid: Grid, text: string): Filter | readonly Diagnostic[] {
  const parsed = parse({ path: '--where', text: `dit 1\nconst where_ = ${text}\n` });
  const [decl] = parsed.file.decls;
  if (parsed.diagnostics.length > 0 || decl?.kind !== 'const' || parsed.file.decls.length !== 1)
    return parsed.diagnostics.slice(0, 1);
  const { model } = grid.base;
  const scope: Scope = { ...spec.entry, file: parsed.file };
  const session = createSession(spec.instances, '', false);
  checkCondition({ kind: 'where', condition: decl.value, span: decl.span }, model, topFrame(scope, session, ''));
  if (session.failed) return session.diagnostics;
  const conditions = createConditions([decl.value], model, scope);
  return (point) =>
    conditions.early(point.model.settings, point.seed) === undefined &&
    conditions.late(point.model, point.seed) === undefined;
}
