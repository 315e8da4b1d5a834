/**
 * Pickles read as data. A pickle is a program for a stack machine that can call any function; this reader has only the
 * instructions that build data, and `GLOBALS` of what may be mentioned. Time and memory are bounded by the limits below,
 * whatever the bytes say. Instructions: https://docs.python.org/3/library/pickletools.html
 */
import { append, build, call, contain, mention, pushList, setItems } from './pickle-build.ts';
import {
  createMachine,
  type Failure,
  type Machine,
  note,
  pop,
  popMany,
  popMark,
  push,
  take,
  takeFloat,
  takeLine,
  takeLong,
  takeText,
  takeUint,
  top,
} from './pickle-machine.ts';
import type { Pickled } from './pickle-value.ts';

export const LARGEST_PICKLE_BYTES = 2 ** 25;
const MOST_INSTRUCTIONS = 4_000_000;

type Instruction = (machine: Machine) => void;

function recall(machine: Machine, index: number): undefined {
  const value = machine.memo.get(index);
  if (value === undefined) note(machine, 'malformed', `its pickle refers to value ${index}, which it does not have`);
  else push(machine, value);
}

const remember = (machine: Machine, index: number): void => {
  machine.memo.set(index, top(machine));
};

function protocol(machine: Machine): undefined {
  const version = takeUint(machine, 1);
  if (version > 5) note(machine, 'unsupported', `its pickle has protocol ${version}; 2 to 5 are read`);
}

const INSTRUCTIONS: Readonly<Record<number, Instruction>> = {
  128: protocol,
  149: (m) => void takeUint(m, 8), // FRAME
  40: (m) => void m.marks.push(m.stack.length), // MARK
  48: (m) => void pop(m), // POP
  49: (m) => void popMark(m), // POP_MARK
  50: (m) => push(m, top(m)), // DUP
  78: (m) => push(m, null), // NONE
  136: (m) => push(m, true),
  137: (m) => push(m, false),
  74: (m) => push(m, takeUint(m, 4) | 0), // BININT
  75: (m) => push(m, takeUint(m, 1)), // BININT1
  77: (m) => push(m, takeUint(m, 2)), // BININT2
  138: (m) => push(m, takeLong(m, takeUint(m, 1))), // LONG1
  139: (m) => push(m, takeLong(m, takeUint(m, 4))), // LONG4
  71: (m) => push(m, takeFloat(m)), // BINFLOAT
  140: (m) => push(m, takeText(m, takeUint(m, 1))), // SHORT_BINUNICODE
  88: (m) => push(m, takeText(m, takeUint(m, 4))), // BINUNICODE
  141: (m) => push(m, takeText(m, takeUint(m, 8))), // BINUNICODE8
  67: (m) => push(m, take(m, takeUint(m, 1))), // SHORT_BINBYTES
  66: (m) => push(m, take(m, takeUint(m, 4))), // BINBYTES
  142: (m) => push(m, take(m, takeUint(m, 8))), // BINBYTES8
  85: (m) => push(m, take(m, takeUint(m, 1))), // SHORT_BINSTRING
  84: (m) => push(m, take(m, takeUint(m, 4))), // BINSTRING
  41: (m) => pushList(m, 'tuple', []), // EMPTY_TUPLE
  133: (m) => pushList(m, 'tuple', popMany(m, 1)), // TUPLE1
  134: (m) => pushList(m, 'tuple', popMany(m, 2)), // TUPLE2
  135: (m) => pushList(m, 'tuple', popMany(m, 3)), // TUPLE3
  116: (m) => pushList(m, 'tuple', popMark(m)), // TUPLE
  93: (m) => pushList(m, 'list', []), // EMPTY_LIST
  108: (m) => pushList(m, 'list', popMark(m)), // LIST
  97: (m) => append(m, [pop(m)], 'list'), // APPEND
  101: (m) => append(m, popMark(m), 'list'), // APPENDS
  143: (m) => pushList(m, 'set', []), // EMPTY_SET
  144: (m) => append(m, popMark(m), 'set'), // ADDITEMS
  145: (m) => pushList(m, 'set', popMark(m)), // FROZENSET
  125: (m) => push(m, contain(m, { kind: 'dict', entries: new Map() })), // EMPTY_DICT
  115: (m) => setItems(m, popMany(m, 2)), // SETITEM
  117: (m) => setItems(m, popMark(m)), // SETITEMS
  104: (m) => recall(m, takeUint(m, 1)), // BINGET
  106: (m) => recall(m, takeUint(m, 4)), // LONG_BINGET
  113: (m) => remember(m, takeUint(m, 1)), // BINPUT
  114: (m) => remember(m, takeUint(m, 4)), // LONG_BINPUT
  148: (m) => remember(m, m.memo.size), // MEMOIZE
  99: (m) => mention(m, takeLine(m), takeLine(m)), // GLOBAL
  147: (m) => mention(m, ...(popMany(m, 2) as [Pickled, Pickled])), // STACK_GLOBAL
  81: (m) => push(m, contain(m, { kind: 'persistent', id: pop(m) })), // BINPERSID
  82: call, // REDUCE
  129: call, // NEWOBJ
  98: build, // BUILD
};

/** Known, and not for weights: they call things, or belong to protocols that PyTorch never wrote. */
const OTHERS: Readonly<Record<number, string>> = Object.fromEntries(
  (
    '69 INST 6f OBJ 82 EXT1 83 EXT2 84 EXT4 92 NEWOBJ_EX 50 PERSID 97 NEXT_BUFFER 98 READONLY_BUFFER 96 BYTEARRAY8 49 INT 4c LONG ' +
    '46 FLOAT 53 STRING 56 UNICODE 67 GET 70 PUT 64 DICT'
  )
    .match(/\S+ \S+/g)!
    .map((pair) => pair.split(' '))
    .map(([code, name]) => [Number.parseInt(code!, 16), name!]),
);

const STOP = 0x2e;

export function unpickle(bytes: Uint8Array): { readonly value: Pickled } | { readonly failure: Failure } {
  const machine = createMachine(bytes);
  if (bytes.length > LARGEST_PICKLE_BYTES)
    note(machine, 'refused', `its pickle has ${bytes.length} bytes; ${LARGEST_PICKLE_BYTES} is the most`);
  for (let count = 1; machine.failure === undefined; count++) {
    const code = take(machine, 1)[0];
    if (code === undefined) break;
    if (code === STOP) {
      const value = pop(machine);
      if (machine.stack.length > 0 || machine.marks.length > 0)
        note(machine, 'malformed', 'its pickle leaves values over');
      return machine.failure ? { failure: machine.failure } : { value };
    }
    const instruction = INSTRUCTIONS[code];
    if (count > MOST_INSTRUCTIONS)
      note(machine, 'refused', `its pickle has more than ${MOST_INSTRUCTIONS} instructions`);
    else if (instruction) instruction(machine);
    else if (OTHERS[code])
      note(machine, 'refused', `its pickle has the instruction ${OTHERS[code]}, which weights do not need`);
    else note(machine, 'malformed', `its pickle has the byte ${code}, which is no instruction`);
  }
  return { failure: machine.failure! };
}
