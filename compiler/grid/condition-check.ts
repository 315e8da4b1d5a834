/**
 * What is wrong with a condition for every point: names and fields that are not there, and what is no condition at all.
 * The former is read off the text; the latter shows when it is evaluated for some combinations, without their models.
 */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { nearest } from '../../dsl/suggest.ts';
import type { Expr, MemberExpr } from '../../dsl/tree.ts';
import { FACTS, isFactName } from '../cost/facts.ts';
import { BUILTIN_VALUES } from '../elaborate/builtin.ts';
import { createSession, type Frame, fail, markFailed, placeOf, say } from '../elaborate/context.ts';
import { fieldsHelp, kindText, pathsTo } from '../elaborate/fields.ts';
import { Instances } from '../elaborate/instances.ts';
import type { Settings } from '../elaborate/model.ts';
import { topFrame } from '../elaborate/point.ts';
import { showKind } from '../elaborate/signature.ts';
import { signatureOf } from '../elaborate/signatures.ts';
import { fieldType } from '../elaborate/spec.ts';
import type { ModelSymbol } from '../elaborate/symbol.ts';
import { describe, number, type Term } from '../elaborate/term.ts';
import { conjuncts, namesOf } from './condition.ts';
import type { Trial } from './trial.ts';

/** Names that neither the parameters nor the facts nor the file know, and fields that records do not have. */
export function checkNames(condition: Expr, model: ModelSymbol, frame: Frame): void {
  const { scope } = frame;
  const { names, byName } = signatureOf(model);
  const members = [...scope.names.values(), ...model.scope.names.values()].flatMap((symbol) =>
    symbol.kind === 'enum' ? symbol.decl.members.map((member) => member.text) : [],
  );
  const known = new Set([...names, ...FACTS, 'seed', ...members, ...Object.keys(BUILTIN_VALUES)]);
  for (const { text, span } of namesOf(condition)) {
    if (known.has(text) || scope.names.has(text) || scope.broken.has(text)) continue;
    const close = pathsTo(text, model)[0] ?? nearest(text, [...known, ...scope.names.keys()]);
    const help =
      close === undefined
        ? `a condition sees the parameters of \`${model.decl.name.text}\`, \`seed\`, and ${FACTS.map((fact) => `\`${fact}\``).join(', ')}`
        : `did you mean \`${close}\`?`;
    const fixes = close === undefined ? [] : [replace(frame, span, close)];
    fail(frame, 'D0201', span, { name: text }, { help, fixes });
  }
  for (const { of, name } of membersIn(condition)) {
    const path = pathOf(of);
    const parameter = path && byName.get(path[0]!);
    if (path === undefined) continue;
    const type = parameter?.kind === 'value' ? fieldType(parameter.type, path.slice(1))?.type : undefined;
    const isFact = path.length === 1 && parameter === undefined && (isFactName(path[0]!) || path[0] === 'seed');
    if (type === undefined && !isFact) continue;
    if (type?.kind === 'unknown' || (type !== undefined && fieldType(type, [name.text]) !== undefined)) continue;
    const shown = `\`${path.join('.')}\``;
    const what =
      type === undefined
        ? `${shown}, a number,`
        : type.kind === 'record'
          ? `\`${showKind(type)}\``
          : `${shown}, ${kindText(type)},`;
    fail(frame, 'D0214', name.span, { what, name: name.text }, { help: fieldsHelp(type, [], name.text) });
  }
}

const replace = (frame: Frame, span: Expr['span'], text: string) => ({
  message: `write \`${text}\``,
  edits: [{ place: placeOf(frame, span), text }],
});

/** `a.b.c`, the outermost of a chain last. */
function membersIn(expr: Expr): readonly MemberExpr[] {
  const found: MemberExpr[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    else if (typeof value === 'object' && value !== null) {
      for (const inner of Object.values(value)) visit(inner);
      if ((value as Expr).kind === 'member') found.push(value as MemberExpr);
    }
  };
  visit(expr);
  return found;
}

function pathOf(expr: Expr): readonly string[] | undefined {
  if (expr.kind === 'name') return [expr.name.text];
  const before = expr.kind === 'member' ? pathOf(expr.of) : undefined;
  return before && [...before, (expr as MemberExpr).name.text];
}

/** Evaluates each part of a condition for combinations, until one goes well. */
export function tryCondition(condition: Expr, frame: Frame, trials: readonly Trial[]): void {
  for (const part of conjuncts(condition)) {
    let first: Diagnostic | undefined;
    for (const { settings, seed } of trials) {
      const all = settings();
      const fault = all && faultOf(part, all, seed, frame);
      if (fault === undefined) {
        first = undefined;
        break;
      }
      first ??= fault;
    }
    if (first === undefined) continue;
    markFailed(frame);
    say(frame.session, first);
  }
}

/** Facts are not known before a model is built: any number will do. */
const ANY = FACTS.map((fact, index) => [fact, 100003 + 2310 * index] as const);

function faultOf(part: Expr, settings: Settings, seed: number, { scope, session }: Frame): Diagnostic | undefined {
  const frame = topFrame(scope, createSession(new Instances(), session.target, false), '');
  frame.names.set('seed', number(seed));
  for (const [fact, value] of ANY) frame.names.set(fact, number(value));
  for (const [name, term] of settings) frame.names.set(name, term);
  const term = frame.evaluate.expression(part, frame);
  if (term.kind === 'bool') sidesAgree(part, frame);
  else if (term.kind !== 'error') {
    const help = term.kind === 'number' ? 'compare it: `macs < 6G`' : undefined;
    fail(frame, 'D0305', part.span, { expected: 'a condition', given: kindOf(term) }, { help });
  }
  const [fault] = frame.session.diagnostics;
  return fault && { ...fault, message: withoutFacts(fault.message) };
}

const kindOf = (term: Term): string => (term.kind === 'number' ? 'a number' : describe(term));

const withoutFacts = (message: string): string =>
  ANY.reduce((text, [, value]) => text.replaceAll(`the number ${value}`, 'a number'), message);

/** `==` of a number and a string is false for every point. */
function sidesAgree(part: Expr, frame: Frame): void {
  if (part.kind !== 'binary' || (part.op !== '==' && part.op !== '!=')) return;
  const { failed } = frame.session;
  const [left, right] = [part.left, part.right].map((side) => frame.evaluate.expression(side, frame)) as [Term, Term];
  if (left.kind === 'error' || right.kind === 'error') {
    // a member of an enum is known beside one of its type only, where it was found
    frame.session.diagnostics.length = 0;
    frame.session.failed = failed;
    return;
  }
  const plain = (term: Term): boolean => term.kind === 'number' || term.kind === 'string' || term.kind === 'bool';
  if (left.kind === right.kind || !plain(left) || !plain(right)) return;
  const given = frame.scope.file.source.text.slice(part.left.span.start, part.left.span.end);
  const expected = `${left.kind === 'number' ? 'a number' : `a ${left.kind}`} beside \`${given}\``;
  fail(frame, 'D0305', part.right.span, { expected, given: kindOf(right) });
}
