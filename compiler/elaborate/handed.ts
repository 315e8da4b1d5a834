/** What a call hands on of the caller's own parameters, and what the caller reads of them thereby. */
import type { Given } from './arguments.ts';
import type { Frame, Instance } from './context.ts';
import type { Term } from './term.ts';
import { type Read, watcherOf } from './watch.ts';

/** A number of the body that may be a count, where it is an argument as it stands. */
export function boundIn({ expr }: Given, { watch, names }: Frame): Read | undefined {
  if (watch === undefined || watch.bounds.size === 0 || expr?.kind !== 'name') return undefined;
  const { text } = expr.name;
  return watch.bounds.has(text) && names.get(text)?.kind === 'number' ? { name: text } : undefined;
}

/** The parameter of the caller that a count of the callee is handed from, if it is one. */
function ownName(
  { name, field }: Read,
  given: ReadonlyMap<string, Given>,
  values: ReadonlyMap<string, Term>,
  frame: Frame,
): string | undefined {
  if (field === undefined) {
    const argument = given.get(name);
    return argument && boundIn(argument, frame)?.name;
  }
  const term = values.get(name);
  const watcher = term && watcherOf(term);
  return watcher !== undefined && watcher.watch === frame.watch ? watcher.name : undefined;
}

/** What the callee reads of records that are the caller's own parameters, the caller reads. */
export function noteReads(
  instance: Instance,
  given: ReadonlyMap<string, Given>,
  values: ReadonlyMap<string, Term>,
  frame: Frame,
): void {
  const { nodes: node, owns: own } = frame.build.mark();
  const read = ({ name, field }: Read): void => {
    const term = values.get(name);
    if (term?.kind === 'record' && field !== undefined) term.fields.get(field);
  };
  for (const each of instance.reads) read(each);
  for (const count of instance.counts) {
    const { field, value } = count;
    const name = ownName(count, given, values, frame);
    if (name === undefined) read(count);
    else if (frame.turns > 0) frame.watch!.note({ name, field });
    else frame.watch!.count({ name, field, value, node, own, inner: { instance, read: count } });
  }
  if (frame.watch === undefined || frame.watch.bounds.size === 0) return;
  for (const [parameter, argument] of given) {
    const bound = boundIn(argument, frame);
    if (bound !== undefined && !instance.counts.some(({ name }) => name === parameter)) frame.watch.note(bound);
  }
}
