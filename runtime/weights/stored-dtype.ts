/**
 * How numbers stand in files, under the names of safetensors, and what they become in memory. f32 and f64 keep their
 * precision; 16- and 8-bit floats widen to float32; integers become int32, or fail where a value does not fit. Bytes in
 * files and in memory are little-endian.
 */
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import type { Dtype } from '../../compiler/ir/type.ts';
import { e4m3Values, e5m2Values, f16Values, toBf16, toF16 } from './half.ts';

type Data = HostTensor['data'];

interface Stored {
  /** of one number in the file */
  readonly bytes: number;
  readonly dtype: Dtype;
  readonly allocate: (count: number) => Data;
  /** `count` numbers of the file into `to`, from index `at`; absent where the bytes are the same. False: does not fit */
  readonly widen?: (from: ArrayBuffer, count: number, to: Data, at: number) => boolean;
  /** `count` numbers of memory, from index `at`, as they stand in the file; absent for what is read only */
  readonly narrow?: (from: Data, at: number, count: number) => Uint8Array;
  /** of integers in memory that can be written, where not all can */
  readonly range?: readonly [number, number];
}

const floats = (count: number): Data => new Float32Array(count);
const ints = (count: number): Data => new Int32Array(count);

const bytesOf = (view: ArrayBufferView): Uint8Array => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

const lookUp =
  (
    values: () => Float32Array,
    codes: (from: ArrayBuffer, count: number) => Uint8Array | Uint16Array,
  ): Stored['widen'] =>
  (from, count, to, at) => {
    const code = codes(from, count);
    const value = values();
    for (let i = 0; i < count; i++) to[at + i] = value[code[i]!]!;
    return true;
  };

const copy =
  (codes: (from: ArrayBuffer, count: number) => ArrayLike<number>): Stored['widen'] =>
  (from, count, to, at) => {
    const code = codes(from, count);
    for (let i = 0; i < count; i++) {
      to[at + i] = code[i]!;
      if (to[at + i] !== code[i]) return false;
    }
    return true;
  };

const bigs =
  (codes: (from: ArrayBuffer, count: number) => BigInt64Array | BigUint64Array): Stored['widen'] =>
  (from, count, to, at) => {
    const code = codes(from, count);
    for (let i = 0; i < count; i++) {
      to[at + i] = Number(code[i]!);
      if (BigInt(to[at + i]!) !== code[i]) return false;
    }
    return true;
  };

const each = <T extends ArrayBufferView & { [index: number]: number }>(
  make: (count: number) => T,
  value: (of: number) => number,
): Stored['narrow'] => {
  return (from, at, count) => {
    const to: { [index: number]: number } & ArrayBufferView = make(count);
    for (let i = 0; i < count; i++) to[i] = value(from[at + i]!);
    return bytesOf(to);
  };
};

const same = (value: number): number => value;

export const STORED = {
  F64: {
    bytes: 8,
    dtype: 'f32',
    allocate: (count) => new Float64Array(count),
    narrow: each((count) => new Float64Array(count), same),
  },
  F32: { bytes: 4, dtype: 'f32', allocate: floats, narrow: each((count) => new Float32Array(count), same) },
  F16: {
    bytes: 2,
    dtype: 'f32',
    allocate: floats,
    widen: lookUp(f16Values, (from, count) => new Uint16Array(from, 0, count)),
    narrow: each((count) => new Uint16Array(count), toF16),
  },
  BF16: {
    bytes: 2,
    dtype: 'f32',
    allocate: floats,
    widen: (from, count, to, at) => {
      const code = new Uint16Array(from, 0, count);
      const words = new Uint32Array(to.buffer, to.byteOffset, to.length);
      for (let i = 0; i < count; i++) words[at + i] = code[i]! << 16;
      return true;
    },
    narrow: each((count) => new Uint16Array(count), toBf16),
  },
  F8_E4M3: {
    bytes: 1,
    dtype: 'f32',
    allocate: floats,
    widen: lookUp(e4m3Values, (from, count) => new Uint8Array(from, 0, count)),
  },
  F8_E5M2: {
    bytes: 1,
    dtype: 'f32',
    allocate: floats,
    widen: lookUp(e5m2Values, (from, count) => new Uint8Array(from, 0, count)),
  },
  I64: {
    bytes: 8,
    dtype: 'int',
    allocate: ints,
    widen: bigs((from, count) => new BigInt64Array(from, 0, count)),
    narrow: (from, at, count) => bytesOf(BigInt64Array.from({ length: count }, (_, i) => BigInt(from[at + i]!))),
  },
  U64: {
    bytes: 8,
    dtype: 'int',
    range: [0, 2 ** 31],
    allocate: ints,
    widen: bigs((from, count) => new BigUint64Array(from, 0, count)),
  },
  I32: { bytes: 4, dtype: 'int', allocate: ints, narrow: each((count) => new Int32Array(count), same) },
  U32: {
    bytes: 4,
    dtype: 'int',
    range: [0, 2 ** 31],
    allocate: ints,
    widen: copy((from, count) => new Uint32Array(from, 0, count)),
    narrow: each((count) => new Uint32Array(count), same),
  },
  I16: {
    bytes: 2,
    dtype: 'int',
    range: [-32768, 32767],
    allocate: ints,
    widen: copy((from, count) => new Int16Array(from, 0, count)),
    narrow: each((count) => new Int16Array(count), same),
  },
  U16: {
    bytes: 2,
    dtype: 'int',
    range: [0, 65535],
    allocate: ints,
    widen: copy((from, count) => new Uint16Array(from, 0, count)),
    narrow: each((count) => new Uint16Array(count), same),
  },
  I8: {
    bytes: 1,
    dtype: 'int',
    range: [-128, 127],
    allocate: ints,
    widen: copy((from, count) => new Int8Array(from, 0, count)),
    narrow: each((count) => new Int8Array(count), same),
  },
  U8: {
    bytes: 1,
    dtype: 'int',
    range: [0, 255],
    allocate: ints,
    widen: copy((from, count) => new Uint8Array(from, 0, count)),
    narrow: each((count) => new Uint8Array(count), same),
  },
  BOOL: {
    bytes: 1,
    dtype: 'bool',
    allocate: (count) => new Uint8Array(count),
    widen: (from, count, to, at) => {
      const code = new Uint8Array(from, 0, count);
      for (let i = 0; i < count; i++) {
        if (code[i]! > 1) return false;
        to[at + i] = code[i]!;
      }
      return true;
    },
    narrow: each(
      (count) => new Uint8Array(count),
      (value) => (value === 0 ? 0 : 1),
    ),
  },
} as const satisfies Readonly<Record<string, Stored>>;

export type StoredDtype = keyof typeof STORED;

export const isStoredDtype = (name: string): name is StoredDtype => Object.hasOwn(STORED, name);

export const storedAs = (name: StoredDtype): Stored => STORED[name];

/** What a tensor in memory is stored as when nobody says otherwise. */
export const storedDtypeOf = ({ dtype, data }: HostTensor): StoredDtype =>
  dtype === 'bool' ? 'BOOL' : dtype === 'int' ? 'I32' : data instanceof Float64Array ? 'F64' : 'F32';
