/**
 * What the instructions of a pickle make: lists, dictionaries, and descriptions of objects. Here is decided what a pickle
 * may mention and call.
 */
import { GLOBALS } from './pickle-globals.ts';
import { type Machine, note, pop, popMany, push, top } from './pickle-machine.ts';
import { isKind, type List, type Pickled } from './pickle-value.ts';
import { showName } from './problem.ts';

const MOST_CONTAINERS = 400_000;

export function contain<T extends Pickled>(machine: Machine, value: T): T {
  if (++machine.containers > MOST_CONTAINERS)
    note(machine, 'refused', `its pickle makes more than ${MOST_CONTAINERS} objects`);
  return value;
}

export const pushList = (machine: Machine, kind: List['kind'], items: Pickled[]): undefined =>
  push(machine, contain(machine, { kind, items }));

export function append(machine: Machine, values: readonly Pickled[], kind: 'list' | 'set'): undefined {
  const list = top(machine);
  if (!isKind(list, kind)) return note(machine, 'malformed', 'its pickle appends to what is no list');
  for (const value of values) list.items.push(value);
}

export function setItems(machine: Machine, values: readonly Pickled[]): undefined {
  const dict = top(machine);
  if (!isKind(dict, 'dict')) return note(machine, 'malformed', 'its pickle sets items of what is no dictionary');
  if (values.length % 2 === 1) return note(machine, 'malformed', 'its pickle has a key without a value');
  for (let i = 0; i < values.length; i += 2) dict.entries.set(values[i]!, values[i + 1]!);
}

export function mention(machine: Machine, module: Pickled, member: Pickled): undefined {
  if (typeof module !== 'string' || typeof member !== 'string')
    return note(machine, 'malformed', 'its pickle names a function by what is no text');
  if (machine.failure) return;
  const name = `${module}.${member}`;
  if (!GLOBALS.has(name))
    return note(machine, 'refused', `its pickle wants to use ${showName(name)}, which weights do not need`);
  push(machine, contain(machine, { kind: 'global', name }));
}

export function call(machine: Machine): undefined {
  const [callee, args] = popMany(machine, 2);
  if (machine.failure) return;
  if (!isKind(callee, 'global')) return note(machine, 'refused', 'its pickle calls what is no function');
  if (!isKind(args, 'tuple'))
    return note(machine, 'malformed', 'its pickle calls a function without a list of arguments');
  const use = GLOBALS.get(callee.name);
  if (use === 'made') return push(machine, contain(machine, { kind: 'made', of: callee.name, args: args.items }));
  if (use !== 'dict') return note(machine, 'refused', `its pickle wants to call ${showName(callee.name)}`);
  const entries = new Map<Pickled, Pickled>();
  const pairs = args.items[0];
  if (isKind(pairs, 'list')) {
    for (const pair of pairs.items) {
      if ((isKind(pair, 'list') || isKind(pair, 'tuple')) && pair.items.length === 2)
        entries.set(pair.items[0]!, pair.items[1]!);
      else note(machine, 'malformed', 'its pickle makes a dictionary of what are no pairs');
    }
  } else if (args.items.length > 0)
    note(machine, 'unsupported', `its pickle calls ${showName(callee.name)} with unusual arguments`);
  push(machine, contain(machine, { kind: 'dict', entries }));
}

/** State of a description is kept; attributes of dictionaries (`_metadata` of a state_dict) are dropped. */
export function build(machine: Machine): undefined {
  const state = pop(machine);
  const object = top(machine);
  if (isKind(object, 'made')) object.state = state;
  else if (!isKind(object, 'dict')) note(machine, 'refused', 'its pickle sets the state of what has none');
}
