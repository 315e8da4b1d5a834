/**
 * The state of a reader of pickles. A failure sticks: whoever finds one notes it, everything after it gives harmless
 * values, and the loop over the instructions stops. So no reader of operands needs a way out of its own.
 */
import type { Pickled } from './pickle-value.ts';

export interface Machine {
  readonly bytes: Uint8Array;
  at: number;
  readonly stack: Pickled[];
  /** heights of the stack where a MARK was put */
  readonly marks: number[];
  readonly memo: Map<number, Pickled>;
  /** lists, dictionaries and objects made so far */
  containers: number;
  failure: Failure | undefined;
}

export interface Failure {
  readonly kind: 'malformed' | 'truncated' | 'refused' | 'unsupported';
  readonly message: string;
}

export const createMachine = (bytes: Uint8Array): Machine => ({
  bytes,
  at: 0,
  stack: [],
  marks: [],
  memo: new Map(),
  containers: 0,
  failure: undefined,
});

export function note(machine: Machine, kind: Failure['kind'], message: string): undefined {
  machine.failure ??= { kind, message };
  return undefined;
}

const NOTHING = new Uint8Array(0);

export function take(machine: Machine, length: number): Uint8Array {
  const end = machine.at + length;
  if (end > machine.bytes.length) {
    note(machine, 'truncated', 'its pickle ends inside an instruction');
    return NOTHING;
  }
  const taken = machine.bytes.subarray(machine.at, end);
  machine.at = end;
  return taken;
}

/** little-endian, without a sign */
export function takeUint(machine: Machine, length: 1 | 2 | 4 | 8): number {
  return take(machine, length).reduceRight((value, byte) => value * 256 + byte, 0);
}

export function takeFloat(machine: Machine): number {
  const bytes = take(machine, 8);
  return bytes.length === 8 ? new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, false) : 0;
}

/** A two's complement integer of `length` bytes. */
export function takeLong(machine: Machine, length: number): number | bigint {
  if (length > 8) {
    note(machine, 'unsupported', `its pickle has an integer of ${length} bytes`);
    return 0;
  }
  const raw = take(machine, length).reduceRight((value, byte) => value * 256n + BigInt(byte), 0n);
  const value = BigInt.asIntN(length * 8, raw);
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function takeText(machine: Machine, length: number): string {
  try {
    return utf8.decode(take(machine, length));
  } catch {
    note(machine, 'malformed', 'its pickle has a text that is not UTF-8');
    return '';
  }
}

export function takeLine(machine: Machine): string {
  const end = machine.bytes.indexOf(0x0a, machine.at);
  if (end < 0) {
    note(machine, 'truncated', 'its pickle ends inside a name');
    return '';
  }
  const line = takeText(machine, end - machine.at);
  machine.at = end + 1;
  return line;
}

export function push(machine: Machine, value: Pickled): undefined {
  machine.stack.push(value);
}

export function pop(machine: Machine): Pickled {
  const { stack, marks } = machine;
  if (stack.length > (marks.at(-1) ?? 0)) return stack.pop()!;
  note(machine, 'malformed', 'its pickle takes a value where there is none');
  return null;
}

/** `count` values, in the order in which they were pushed. */
export function popMany(machine: Machine, count: number): Pickled[] {
  const values: Pickled[] = [];
  for (let i = 0; i < count; i++) values.push(pop(machine));
  return values.reverse();
}

/** The value on top, which stays. */
export function top(machine: Machine): Pickled {
  const value = pop(machine);
  if (!machine.failure) push(machine, value);
  return value;
}

/** Everything above the last mark, which goes too. */
export function popMark(machine: Machine): Pickled[] {
  const height = machine.marks.pop();
  if (height !== undefined) return machine.stack.splice(height);
  note(machine, 'malformed', 'its pickle closes a list that it did not open');
  return [];
}
