/**
 * The .npy format (NumPy enhancement proposal 1): a magic, a version, the length of a header, the header, which is a
 * literal of Python with three keys, and the numbers. The literal is matched, never evaluated; arrays of Python objects,
 * which are pickles and so programs, are refused.
 */
import { type ByteSource, cutShort } from '../weights/byte-source.ts';
import { fail, type ProblemKind, type Result, showName, succeed } from '../weights/problem.ts';
import type { StoredDtype } from '../weights/stored-dtype.ts';
import { storedAs } from '../weights/stored-dtype.ts';
import { checkedCount } from '../weights/tensor-file.ts';

export interface NpyArray {
  readonly source: ByteSource;
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  /** of the first number in the source */
  readonly offset: number;
}

const DTYPES: Readonly<Record<string, StoredDtype>> = {
  '<f8': 'F64',
  '<f4': 'F32',
  '<f2': 'F16',
  '<i8': 'I64',
  '<i4': 'I32',
  '<i2': 'I16',
  '|i1': 'I8',
  '<u8': 'U64',
  '<u4': 'U32',
  '|u1': 'U8',
  '|b1': 'BOOL',
};

/** Headers of arrays of numbers are below 200 bytes. */
const MOST_HEADER_BYTES = 10_000;
const HEADER =
  /^\{'descr': (.{1,2000}?), 'fortran_order': (True|False), 'shape': \(((?:\d{1,15}(?:, ?\d{1,15}){0,15},?)?)\),? ?\}\s*$/;

export function openNpy(source: ByteSource): Result<NpyArray> {
  const { file } = source;
  const problem = (kind: ProblemKind, message: string, remedy = 'save it again with numpy.save') =>
    fail({ kind, file, message, remedy });
  const start = new Uint8Array(Math.min(12, source.bytes));
  const unread = source.read(start, 0);
  if (unread) return fail(unread);
  if (String.fromCharCode(...start.subarray(0, 6)) !== '\x93NUMPY') return problem('malformed', 'is no .npy file');
  if (start.length < 12) return fail(cutShort(file, `the file ends at byte ${source.bytes}, inside its header`));
  const version = start[6]!;
  if (version < 1 || version > 3)
    return problem('unsupported', `has version ${version} of the format; 1 to 3 are read`);
  const view = new DataView(start.buffer);
  const begin = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MOST_HEADER_BYTES)
    return problem('refused', `has a header of ${length} bytes; ${MOST_HEADER_BYTES} is the most`);
  if (begin + length > source.bytes)
    return fail(cutShort(file, `the file ends at byte ${source.bytes}, inside its header`));
  const header = new Uint8Array(length);
  const cut = source.read(header, begin);
  if (cut) return fail(cut);

  const text = new TextDecoder('latin1').decode(header);
  const parts = HEADER.exec(text);
  if (parts === null) return problem('malformed', 'has a header that numpy would not write');
  const [, descr, fortran, sizes] = parts as unknown as [string, string, string, string];
  const code = /^'([^']{1,20})'$/.exec(descr)?.[1];
  if (code?.includes('O')) {
    const remedy = 'save plain numbers: numpy.asarray(x, dtype="float32")';
    return problem('refused', 'holds Python objects, which may run code when they are read', remedy);
  }
  const dtype = code === undefined ? undefined : DTYPES[code];
  if (dtype === undefined) {
    const remedy = 'save it as float32, or as uint8 for pixels';
    return problem('unsupported', `holds numbers of the type ${showName(code ?? descr)}`, remedy);
  }
  if (fortran === 'True')
    return problem('unsupported', 'is stored column by column', 'save numpy.ascontiguousarray(x)');
  const shape = sizes.split(/, ?/).filter(Boolean).map(Number);
  const count = checkedCount(shape);
  const offset = begin + length;
  const promised = count === undefined ? Number.POSITIVE_INFINITY : count * storedAs(dtype).bytes;
  if (promised !== source.bytes - offset) {
    const message = `promises (${shape.join(', ')}) numbers and holds ${source.bytes - offset} bytes of them`;
    return promised > source.bytes - offset ? fail(cutShort(file, message)) : problem('malformed', message);
  }
  return succeed({ source, dtype, shape, offset });
}
