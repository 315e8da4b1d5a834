/**
 * The header of a safetensors file: 8 bytes length, that many bytes of JSON, then the numbers of all tensors without gaps.
 * Everything it claims is checked against the length of the file before anything is allocated for it.
 * Format: https://huggingface.co/docs/safetensors#format
 */
import { type ByteSource, cutShort } from './byte-source.ts';
import { duplicateKey } from './json-keys.ts';
import { fail, type Problem, type Result, showName, succeed } from './problem.ts';
import { isStoredDtype, STORED, type StoredDtype } from './stored-dtype.ts';
import { checkedCount, type StoredTensor } from './tensor-file.ts';

/** About 300,000 tensors; more is an attack on the memory of the reader. */
export const LARGEST_HEADER_BYTES = 2 ** 25;
const MOST_AXES = 32;

export interface Header {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

export function readHeader(source: ByteSource): Result<Header> {
  const { file } = source;
  if (source.bytes < 8)
    return fail(cutShort(file, `the file has ${source.bytes} bytes: too few for a safetensors file`));
  const prefix = new Uint8Array(8);
  const unread = source.read(prefix, 0);
  if (unread) return fail(unread);
  const length = new DataView(prefix.buffer).getBigUint64(0, true);
  if (length > LARGEST_HEADER_BYTES) {
    const message = `its header claims ${length} bytes; ${LARGEST_HEADER_BYTES} is the most`;
    return fail({ kind: 'refused', file, message, remedy: 'check that it is a safetensors file' });
  }
  const start = 8 + Number(length);
  if (start > source.bytes)
    return fail(cutShort(file, `the file ends at byte ${source.bytes}, inside its header, which ends at ${start}`));
  const bytes = new Uint8Array(Number(length));
  const cut = source.read(bytes, 8);
  if (cut) return fail(cut);
  const json = parseJson(bytes);
  if (json === undefined) return fail(malformed(file, 'its header is not a JSON object in UTF-8'));
  return checkHeader(file, json, start, source.bytes);
}

const malformed = (file: string, message: string, tensor?: string): Problem => ({
  kind: 'malformed',
  file,
  tensor,
  message,
  remedy: 'it is damaged, or was written by a faulty program: download or write it again',
});

function parseJson(bytes: Uint8Array): { readonly object: object; readonly twice?: string } | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const object: unknown = JSON.parse(text);
    if (typeof object !== 'object' || object === null || Array.isArray(object)) return undefined;
    return { object, twice: duplicateKey(text) };
  } catch {
    return undefined;
  }
}

function checkHeader(
  file: string,
  { object, twice }: { object: object; twice?: string },
  start: number,
  end: number,
): Result<Header> {
  if (twice !== undefined) return fail(malformed(file, `its header has the key ${showName(twice)} twice`));
  const metadata = new Map<string, string>();
  const tensors = new Map<string, StoredTensor>();
  for (const [name, entry] of Object.entries(object)) {
    if (name === '__metadata__') {
      if (typeof entry !== 'object' || entry === null) return fail(malformed(file, 'its metadata are not an object'));
      for (const [key, value] of Object.entries(entry)) {
        if (typeof value !== 'string') return fail(malformed(file, `its metadata ${showName(key)} are not a text`));
        metadata.set(key, value);
      }
      continue;
    }
    const tensor = checkTensor(file, name, entry, start, end);
    if (!tensor.ok) return tensor;
    tensors.set(name, tensor.value);
  }
  const problem = checkLayout(file, tensors, start, end);
  return problem ? fail(problem) : succeed({ tensors, metadata });
}

function checkTensor(file: string, name: string, entry: unknown, start: number, end: number): Result<StoredTensor> {
  if (typeof entry !== 'object' || entry === null) return fail(malformed(file, 'its entry is not an object', name));
  const { dtype, shape, data_offsets: range } = entry as Record<string, unknown>;
  if (typeof dtype !== 'string') return fail(malformed(file, 'has no dtype', name));
  if (!isStoredDtype(dtype)) {
    const message = `its dtype ${showName(dtype)} is not one that is read here (${Object.keys(STORED).join(', ')})`;
    return fail({ kind: 'unsupported', file, tensor: name, message, remedy: 'store it in another dtype' });
  }
  const count = Array.isArray(shape) && shape.length <= MOST_AXES ? checkedCount(shape) : undefined;
  if (count === undefined)
    return fail(malformed(file, 'its shape is not a list of sizes that a tensor can have', name));
  if (
    !Array.isArray(range) ||
    range.length !== 2 ||
    !range.every((at) => Number.isSafeInteger(at) && at >= 0) ||
    range[0] > range[1]
  ) {
    return fail(malformed(file, 'its data_offsets are not a range of bytes', name));
  }
  const [from, to]: number[] = range;
  const bytes = count * STORED[dtype as StoredDtype].bytes;
  if (to! - from! !== bytes) {
    return fail(malformed(file, `its shape needs ${bytes} bytes, and its data_offsets give it ${to! - from!}`, name));
  }
  if (start + to! > end) {
    return fail({ ...cutShort(file, `ends at byte ${start + to!}, and the file at ${end}`), tensor: name });
  }
  return succeed({ dtype, shape: shape as number[], offset: start + from!, bytes });
}

/** The tensors in the order of their bytes must meet end to end, from the header to the end of the file. */
function checkLayout(
  file: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  start: number,
  end: number,
): Problem | undefined {
  const ordered = [...tensors].sort(([, a], [, b]) => a.offset - b.offset || a.bytes - b.bytes);
  let at = start;
  let before = '';
  for (const [name, tensor] of ordered) {
    if (tensor.offset < at) return malformed(file, `overlaps tensor ${showName(before)} in the file`, name);
    if (tensor.offset > at)
      return malformed(file, `the ${tensor.offset - at} bytes before it belong to no tensor`, name);
    at = tensor.offset + tensor.bytes;
    before = name;
  }
  return at < end ? malformed(file, `its last ${end - at} bytes belong to no tensor`) : undefined;
}

/** The order of the numbers in a file, as the reference writer has it: the widest dtypes first, so that all are aligned. */
const ORDER: readonly StoredDtype[] = [
  'U64',
  'I64',
  'F64',
  'F32',
  'U32',
  'I32',
  'BF16',
  'F16',
  'U16',
  'I16',
  'F8_E4M3',
  'F8_E5M2',
  'I8',
  'U8',
  'BOOL',
];

export interface Planned {
  readonly name: string;
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
}

/** In the order in which their numbers stand in the file. */
export const inFileOrder = <T extends Planned>(tensors: readonly T[]): T[] =>
  [...tensors].sort(
    (a, b) => ORDER.indexOf(a.dtype) - ORDER.indexOf(b.dtype) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );

/** Length and JSON of a file whose tensors follow in this order; padded so that the numbers start at a multiple of 8. */
export function encodeHeader(tensors: readonly Planned[], metadata: Iterable<readonly [string, string]>): Uint8Array {
  const entries: [string, unknown][] = [];
  const texts = [...metadata];
  if (texts.length > 0) entries.push(['__metadata__', Object.fromEntries(texts)]);
  let at = 0;
  for (const { name, dtype, shape } of tensors) {
    const bytes = checkedCount(shape)! * STORED[dtype].bytes;
    entries.push([name, { dtype, shape, data_offsets: [at, at + bytes] }]);
    at += bytes;
  }
  const members = entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  const json = new TextEncoder().encode(`{${members.join(',')}}`);
  const length = Math.ceil(json.length / 8) * 8;
  const header = new Uint8Array(8 + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(json, 8);
  return header;
}
