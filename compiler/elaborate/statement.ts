/** The walk over statements: names get values, weights and outputs are made, `if`, `for` and `require` are settled. */
import type { Assign, For, Output, Require, Stmt } from '../../dsl/tree.ts';
import { sameType, showType } from '../ir/type.ts';
import { binary } from './arithmetic.ts';
import { type Frame, fail, placeOf, spend, type Wanted } from './context.ts';
import { condition } from './expression.ts';
import { takeApart } from './indexing.ts';
import { isReadAfter } from './loop-names.ts';
import { input } from './model-input.ts';
import { describe, ERROR, number, type Term } from './term.ts';
import { createTurns } from './turns.ts';
import { fieldOf, type Read, watcherOf } from './watch.ts';
import { weight } from './weight.ts';

export function statements(stmts: readonly Stmt[], frame: Frame): void {
  for (const stmt of stmts) {
    if (frame.halted || !spend(frame, stmt.span)) return;
    statement(stmt, frame);
  }
}

function statement(stmt: Stmt, frame: Frame): void {
  switch (stmt.kind) {
    case 'assign':
      return assign(stmt, frame);
    case 'weight':
      return weight(stmt, frame);
    case 'input':
      return input(stmt, frame);
    case 'output':
      return output(stmt, frame);
    case 'require':
      return require_(stmt, frame);
    case 'if': {
      const holds = condition(stmt.condition, frame);
      if (holds === undefined) return poison(stmt, frame);
      return statements(holds ? stmt.then : (stmt.else ?? []), frame);
    }
    case 'for':
      return loop(stmt, frame);
  }
}

/** After a condition that could not be settled, nobody knows what the names inside stand for. */
function poison(stmt: Stmt, frame: Frame): void {
  if (stmt.kind === 'if') for (const inner of [...stmt.then, ...(stmt.else ?? [])]) poison(inner, frame);
  else if (stmt.kind === 'for') for (const inner of stmt.body) poison(inner, frame);
  else if (stmt.kind === 'assign' || stmt.kind === 'output')
    for (const target of stmt.targets) frame.names.set(target.text, ERROR);
  else if (stmt.kind === 'weight' || stmt.kind === 'input') frame.names.set(stmt.name.text, ERROR);
}

function assign(stmt: Assign, frame: Frame): void {
  const [first] = stmt.targets;
  if (stmt.op === '+=') return grow(stmt, frame);
  const wanted: Wanted =
    stmt.targets.length === 1 && first!.text !== '_' && frame.turns === 0 && !frame.names.has(first!.text)
      ? { prefix: { path: first!.text, shared: false, span: first!.span } }
      : {};
  const term = frame.evaluate.expression(stmt.value, frame, wanted);
  bindTargets(stmt, term, frame);
}

function bindTargets(stmt: Assign | Output, term: Term, frame: Frame): readonly Term[] {
  const { targets } = stmt;
  const terms =
    targets.length === 1
      ? [term]
      : (takeApart(term, targets.length, stmt.value.span, frame) ?? targets.map(() => ERROR));
  for (let index = 0; index < targets.length; index++) {
    const target = targets[index]!;
    if (target.text === '_') continue;
    const part = terms[index]!;
    frame.names.set(target.text, part);
    if (part.kind === 'tensor') frame.build.nameValue(part.value, target.text);
  }
  return terms;
}

function grow(stmt: Assign, frame: Frame): void {
  const [target] = stmt.targets;
  const term = frame.evaluate.expression(stmt.value, frame);
  if (stmt.targets.length !== 1 || target!.text === '_') {
    fail(frame, 'D0305', target!.span, { expected: 'one name before `+=`', given: `${stmt.targets.length}` });
    return;
  }
  const name = target!.text;
  const before = frame.names.get(name);
  if (before === undefined) {
    fail(frame, 'D0201', target!.span, { name }, { help: '`+=` needs a name that has a value; `=` gives it one' });
    frame.names.set(name, ERROR);
    return;
  }
  const left = { kind: 'name', name: target!, span: target!.span } as const;
  const sum = binary(
    {
      kind: 'binary',
      op: '+',
      at: { start: target!.span.end, end: stmt.value.span.start },
      left,
      right: stmt.value,
      span: stmt.span,
    },
    before,
    term,
    frame,
  );
  if (
    before.kind === 'tensor' &&
    sum.kind === 'tensor' &&
    !sameType({ ...sum.type, dtype: 'f32' }, { ...before.type, dtype: 'f32' })
  ) {
    fail(frame, 'D0309', stmt.span, { name, before: showType(before.type), after: showType(sum.type) });
    frame.names.set(name, ERROR);
    return;
  }
  frame.names.set(name, sum);
  if (sum.kind === 'tensor') frame.build.nameValue(sum.value, name);
}

function output(stmt: Output, frame: Frame): void {
  const { model } = frame;
  if (model === undefined) {
    fail(frame, 'D0503', stmt.span, { what: 'an output' }, { help: '`return` gives the results of a block' });
    return;
  }
  const terms = bindTargets(stmt, frame.evaluate.expression(stmt.value, frame), frame);
  for (const [index, target] of stmt.targets.entries()) {
    const term = terms[index]!;
    if (target.text === '_' || term.kind === 'error') continue;
    const earlier = model.outputs.find((each) => each.name === target.text)?.place ?? model.inputs.get(target.text);
    if (earlier !== undefined) {
      fail(
        frame,
        'D0502',
        target.span,
        { what: model.inputs.has(target.text) ? 'the input' : 'the output', name: target.text },
        { labels: [{ place: earlier, text: 'first made here' }] },
      );
      continue;
    }
    if (term.kind !== 'tensor') {
      fail(frame, 'D0305', stmt.value.span, { expected: 'a tensor to put out', given: describe(term) });
      continue;
    }
    model.outputs.push({ name: target.text, value: term.value, place: placeOf(frame, target.span) });
  }
}

function require_(stmt: Require, frame: Frame): void {
  if (condition(stmt.condition, frame) !== false) return;
  fail(frame, 'D0304', stmt.condition.span, { message: stmt.message.value }, { notes: detailsOf(stmt, frame) });
  frame.halted = true;
}

/** What the names in the condition stand for: "D is 384, heads is 7" */
function detailsOf(stmt: Require, frame: Frame): readonly string[] {
  const text = frame.scope.file.source.text.slice(stmt.condition.span.start, stmt.condition.span.end);
  const names = [...new Set(text.match(/[A-Za-z_][A-Za-z_0-9]*/g) ?? [])];
  const known = names.flatMap((name) => {
    const term = frame.names.get(name);
    return term?.kind === 'number' || term?.kind === 'batch'
      ? [`${name} is ${describe(term).replace('the number ', '')}`]
      : [];
  });
  return known.length > 0 ? [known.join(', ')] : [];
}

/** The parameter, or field of one, that a range ends at, and that decides nothing else if the loop becomes a run. */
function boundOf(stmt: For, frame: Frame): { readonly read: Read; readonly value: number } | undefined {
  const { over } = stmt;
  if (frame.watch === undefined || frame.turns > 0 || over.kind !== 'range' || over.from.kind !== 'number')
    return undefined;
  if (isReadAfter(stmt, frame.watch.symbol)) return undefined;
  const { to } = over;
  let read: Read | undefined;
  let end: Term | undefined;
  if (to.kind === 'name' && frame.watch.bounds.has(to.name.text)) {
    read = { name: to.name.text };
    end = frame.names.get(to.name.text);
  }
  if (to.kind === 'member' && to.of.kind === 'name') {
    const record = frame.names.get(to.of.name.text);
    const watcher = record && watcherOf(record);
    if (watcher?.watch === frame.watch) {
      read = { name: watcher.name, field: to.name.text };
      end = fieldOf(record!, to.name.text);
    }
  }
  if (read === undefined || end?.kind !== 'number' || typeof end.value !== 'number') return undefined;
  return { read, value: end.value };
}

function loop(stmt: For, frame: Frame): void {
  const bound = boundOf(stmt, frame);
  const evaluateOver = (): Term => frame.evaluate.expression(stmt.over, frame);
  // what a bound reads is noted below
  const over = bound === undefined ? evaluateOver() : frame.watch!.aside(evaluateOver).result;
  if (over.kind !== 'list') {
    if (over.kind !== 'error')
      fail(frame, 'D0305', stmt.over.span, { expected: 'a range or a list to go over', given: describe(over) });
    return poison(stmt, frame);
  }
  const item = stmt.names.at(-1)!.text;
  const counter = stmt.names.length > 1 ? stmt.names[0]!.text : '_';
  frame.turns++;
  const turns = createTurns(stmt, frame);
  const evaluate = (): void => statements(stmt.body, frame);
  const { items } = over;
  const begin = (turn: number): void => {
    if (counter !== '_') frame.names.set(counter, number(turn));
    if (item !== '_') frame.names.set(item, items[turn]!);
  };
  const passes = frame.watch?.passes ?? 0;
  let folded = false;
  let copied = false;
  for (let turn = 0; turn < items.length && !frame.stopped && !folded; turn++) {
    begin(turn);
    if (turns === undefined) evaluate();
    else if (turns.fold(items, turn)) folded = true;
    else if (turns.again()) copied = true;
    else turns.observe(evaluate);
  }
  if (copied) frame.watch?.keepPasses(passes);
  if (folded) begin(items.length - 1);
  frame.turns--;
  if (bound === undefined) return;
  const { read, value } = bound;
  const { nodes, owns } = frame.build.mark();
  if (folded) frame.watch!.count({ ...read, value, node: nodes - 1, own: owns - 1 });
  else frame.watch!.note(read);
}
