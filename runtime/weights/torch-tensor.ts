/**
 * Tensors as a pickle of PyTorch describes them: a storage outside of the pickle, and where in it the numbers stand. What
 * a description claims is checked against the storage before anything is read.
 */
import { isKind, type Made, type Persistent, type Pickled } from './pickle-value.ts';
import { showName } from './problem.ts';
import { type StoredDtype, storedAs } from './stored-dtype.ts';
import { checkedCount } from './tensor-file.ts';
import type { Range } from './torch-zip.ts';

export interface TorchTensor {
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  /** of the first number in the file */
  readonly offset: number;
  /** of the numbers, without gaps */
  readonly bytes: number;
  /** in numbers; absent where they stand without gaps, the last axis fastest */
  readonly strides?: readonly number[];
}

const DTYPES: Readonly<Record<string, StoredDtype>> = {
  DoubleStorage: 'F64',
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
  float64: 'F64',
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
  float8_e4m3fn: 'F8_E4M3',
  float8_e5m2: 'F8_E5M2',
  int64: 'I64',
  int32: 'I32',
  int16: 'I16',
  int8: 'I8',
  uint64: 'U64',
  uint32: 'U32',
  uint16: 'U16',
  uint8: 'U8',
  bool: 'BOOL',
};

const dtypeNamed = (value: Pickled | undefined): StoredDtype | undefined =>
  isKind(value, 'global') ? DTYPES[value.name.replace(/^torch\./, '')] : undefined;

const V2 = 'torch._utils._rebuild_tensor_v2';
const V3 = 'torch._utils._rebuild_tensor_v3';
const PARAMETERS = ['torch._utils._rebuild_parameter', 'torch._utils._rebuild_parameter_with_state'];

const isPlain = (value: Pickled | undefined): value is Made =>
  isKind(value, 'made') && (value.of === V2 || value.of === V3);

/** The description of the tensor itself, out of that of a parameter where it is one. */
const plain = (value: Pickled | undefined): Made | undefined => {
  const inner = isKind(value, 'made') && PARAMETERS.includes(value.of) ? value.args[0] : value;
  return isPlain(inner) ? inner : undefined;
};

export const isTensor = (value: Pickled | undefined): boolean => plain(value) !== undefined;

const sizesOf = (value: Pickled | undefined): readonly number[] | undefined =>
  isKind(value, 'tuple') && checkedCount(value.items) !== undefined ? (value.items as number[]) : undefined;

/** The tensor that a description (for which `isTensor`) gives, or why it gives none. */
export function torchTensor(value: Pickled, storages: ReadonlyMap<string, Range>): TorchTensor | string {
  const made = plain(value);
  if (made === undefined) return 'is not a tensor';
  const [storage, offset, size, stride] = made.args;
  if (!isKind(storage, 'persistent')) return 'has no storage';
  const dtype = made.of === V3 ? dtypeNamed(made.args[6]) : storageDtype(storage);
  if (dtype === undefined) return 'has a dtype that is not read here';
  const range = storageRange(storage, storages);
  if (typeof range === 'string') return range;
  const shape = sizesOf(size);
  // strides have the axes of a shape, but their product means nothing
  const strides =
    isKind(stride, 'tuple') && stride.items.every((step) => checkedCount([step]) !== undefined)
      ? (stride.items as number[])
      : undefined;
  if (
    shape === undefined ||
    strides === undefined ||
    shape.length !== strides.length ||
    checkedCount([offset]) === undefined
  ) {
    return 'has a shape or strides that no tensor can have';
  }
  return place(dtype, shape, strides, offset as number, range);
}

function storageDtype(storage: Persistent): StoredDtype | undefined {
  return isKind(storage.id, 'tuple') ? dtypeNamed(storage.id.items[1]) : undefined;
}

function storageRange({ id }: Persistent, storages: ReadonlyMap<string, Range>): Range | string {
  if (!isKind(id, 'tuple') || id.items[0] !== 'storage') return 'has no storage';
  const key = id.items[2];
  const range = typeof key === 'string' ? storages.get(`data/${key}`) : undefined;
  return range ?? `refers to storage ${showName(String(key))}, which the file does not have`;
}

function place(
  dtype: StoredDtype,
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
  range: Range,
): TorchTensor | string {
  const width = storedAs(dtype).bytes;
  const count = checkedCount(shape)!;
  const held = Math.floor(range.bytes / width);
  const last = count === 0 ? offset - 1 : shape.reduce((sum, dim, axis) => sum + (dim - 1) * strides[axis]!, offset);
  if (last >= held) return `reaches number ${last} of a storage that has ${held}`;
  if (count > held) return `repeats the ${held} numbers of its storage to ${count}`;
  const at = { dtype, shape, offset: range.offset + offset * width, bytes: count * width };
  return isDense(shape, strides) ? at : { ...at, strides };
}

function isDense(shape: readonly number[], strides: readonly number[]): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== step) return false;
    step *= shape[axis]!;
  }
  return true;
}
