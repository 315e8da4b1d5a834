/** Checkpoints that PyTorch wrote (`.pt`, `.pth`), read without running anything that is in them. */
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { type FileSource, openFileSource } from './file-source.ts';
import { LARGEST_PICKLE_BYTES, unpickle } from './pickle.ts';
import type { Dict, Pickled } from './pickle-value.ts';
import { fail, type Problem, type Result, showName, succeed } from './problem.ts';
import { storedAs } from './stored-dtype.ts';
import { countOf, readNumbers, type TensorFile, unknownTensor } from './tensor-file.ts';
import { nameOf, parts, preferredPart } from './torch-part.ts';
import { isTensor, type TorchTensor, torchTensor } from './torch-tensor.ts';
import { type Range, readTorchZip } from './torch-zip.ts';

export interface TorchFile extends TensorFile {
  /** the dictionary that was opened: `ema`; empty for the outermost */
  readonly part: string;
  /** all that have tensors in them */
  readonly parts: readonly string[];
}

const ONLY_WEIGHTS = 'write the weights alone with PyTorch: torch.save(model.state_dict(), FILE)';

/** How many times its size a file may hold in tensors that share storages. */
const MOST_SHARING = 8;

/** `part` is the dictionary to open, `ema` or `opt/state/0`; without it `ema`, `model` or `state_dict`, the first there is. */
export async function openTorch(path: string, part?: string): Promise<Result<TorchFile>> {
  const source = openFileSource(path);
  if (!source.ok) return source;
  const file = await readTorch(source.value, part);
  if (!file.ok) source.value.close();
  return file;
}

export async function readTorch(source: FileSource, part?: string): Promise<Result<TorchFile>> {
  const ranges = await readTorchZip(source);
  if (!ranges.ok) return ranges;
  const root = readPickle(source, ranges.value);
  if (!root.ok) return root;
  const found = parts(root.value);
  const chosen = choose(source.file, found, part);
  if (!chosen.ok) return chosen;
  const tensors = tensorsOf(source, found.get(chosen.value)!, ranges.value);
  if (!tensors.ok) return tensors;
  return succeed({
    file: source.file,
    format: 'torch',
    tensors: tensors.value,
    metadata: new Map(),
    part: chosen.value,
    parts: [...found.keys()],
    read: (name) => {
      const tensor = tensors.value.get(name);
      return tensor === undefined ? fail(unknownTensor(source.file, name)) : readTensor(source, name, tensor);
    },
    close: source.close,
  });
}

function readPickle(source: FileSource, ranges: ReadonlyMap<string, Range>): Result<Pickled> {
  const { file } = source;
  const order = ranges.get('byteorder');
  if (order !== undefined && order.bytes <= 6) {
    const text = new Uint8Array(order.bytes);
    const problem = source.read(text, order.offset);
    if (problem) return fail(problem);
    if (String.fromCharCode(...text) === 'big') {
      return fail({
        kind: 'unsupported',
        file,
        message: 'its numbers are big-endian',
        remedy: 'save it again on an ordinary machine',
      });
    }
  }
  const { offset, bytes } = ranges.get('data.pkl')!;
  const pickle = new Uint8Array(Math.min(bytes, LARGEST_PICKLE_BYTES + 1));
  const problem = source.read(pickle, offset);
  if (problem) return fail(problem);
  const read = unpickle(pickle);
  return 'failure' in read ? fail({ ...read.failure, file, remedy: ONLY_WEIGHTS }) : succeed(read.value);
}

function choose(file: string, found: ReadonlyMap<string, Dict>, part: string | undefined): Result<string> {
  const names = [...found.keys()].filter((name) => name !== '').slice(0, 8);
  const list = names.map(showName).join(', ');
  if (found.size === 0) {
    return fail({ kind: 'missing', file, message: 'has no dictionary of tensors', remedy: ONLY_WEIGHTS });
  }
  if (part !== undefined) {
    if (found.has(part)) return succeed(part);
    const remedy =
      names.length > 0 ? `choose one of ${list}` : 'leave the part out: the tensors are in the outermost dictionary';
    return fail({ kind: 'missing', file, message: `has no part ${showName(part)} with tensors`, remedy });
  }
  const preferred = preferredPart(found);
  if (preferred !== undefined) return succeed(preferred);
  return fail({ kind: 'missing', file, message: 'has tensors in several parts', remedy: `choose one of ${list}` });
}

function tensorsOf(
  source: FileSource,
  dict: Dict,
  ranges: ReadonlyMap<string, Range>,
): Result<ReadonlyMap<string, TorchTensor>> {
  const { file } = source;
  const tensors = new Map<string, TorchTensor>();
  let bytes = 0;
  for (const [key, value] of dict.entries) {
    if (!isTensor(value)) continue;
    const name = nameOf(key);
    if (name === undefined) continue;
    const about: Omit<Problem, 'message'> = { kind: 'malformed', file, tensor: name, remedy: ONLY_WEIGHTS };
    if (tensors.has(name)) return fail({ ...about, message: 'is there twice' });
    const tensor = torchTensor(value, ranges);
    if (typeof tensor === 'string') return fail({ ...about, message: tensor });
    tensors.set(name, tensor);
    bytes += tensor.bytes;
  }
  if (bytes > MOST_SHARING * source.bytes) {
    const message = `its tensors share storages so that ${source.bytes} bytes become ${bytes}`;
    return fail({ kind: 'refused', file, message, remedy: ONLY_WEIGHTS });
  }
  return succeed(tensors);
}

function readTensor(source: FileSource, name: string, tensor: TorchTensor): Result<HostTensor> {
  const { dtype, shape, offset, strides } = tensor;
  const count = countOf(shape);
  if (strides === undefined || count === 0) {
    const data = readNumbers(source, name, dtype, offset, count);
    return data.ok ? succeed({ dtype: storedAs(dtype).dtype, shape, data: data.value }) : data;
  }
  const span = 1 + shape.reduce((sum, dim, axis) => sum + (dim - 1) * strides[axis]!, 0);
  const all = readNumbers(source, name, dtype, offset, span);
  if (!all.ok) return all;
  const data = storedAs(dtype).allocate(count);
  gather(all.value, data, shape, strides);
  return succeed({ dtype: storedAs(dtype).dtype, shape, data });
}

/** Numbers that stand in strides, row by row. */
function gather(
  from: HostTensor['data'],
  to: HostTensor['data'],
  shape: readonly number[],
  strides: readonly number[],
): void {
  const axes = shape.length;
  const index = new Array<number>(axes).fill(0);
  const length = shape[axes - 1]!;
  const step = strides[axes - 1]!;
  for (let at = 0, start = 0; at < to.length; ) {
    for (let i = 0; i < length; i++) to[at++] = from[start + i * step]!;
    for (let axis = axes - 2; axis >= 0; axis--) {
      start += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      start -= shape[axis]! * strides[axis]!;
      index[axis] = 0;
    }
  }
}
