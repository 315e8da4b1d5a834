/** Makes zip archives and pickles for tests, right ones and hostile ones. */

export interface Part {
  readonly name: string;
  readonly data: Uint8Array;
  /** 0 stored, 8 deflated */
  readonly method?: number;
  readonly flags?: number;
  /** as the central directory claims it */
  readonly size?: number;
  readonly compressedSize?: number;
  /** where the central directory says the entry begins */
  readonly offset?: number;
}

/** A zip archive of `parts`; `count` is the number of entries that its end claims. */
export function zip(parts: readonly Part[], count = parts.length): Uint8Array {
  const pieces: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const {
    name,
    data,
    method = 0,
    flags = 0,
    size = data.length,
    compressedSize = data.length,
    offset = at,
  } of parts) {
    const title = Buffer.from(name);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(flags, 2);
    shared.writeUInt16LE(method, 4);
    shared.writeUInt32LE(compressedSize, 14);
    shared.writeUInt32LE(size, 18);
    shared.writeUInt16LE(title.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), shared, tail, title);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), shared, title, data]);
    pieces.push(local);
    at += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...pieces, central, end]);
}

/** A checkpoint with this pickle and these storages. */
export const checkpoint = (pickle: Uint8Array, storages: Readonly<Record<string, Uint8Array>> = {}): Uint8Array =>
  zip([
    { name: 'x/data.pkl', data: pickle },
    ...Object.entries(storages).map(([key, data]) => ({ name: `x/data/${key}`, data })),
  ]);

type Piece = Uint8Array | string | number;

/** Pickle of protocol 2 out of instructions: bytes as they are, texts in Latin-1, numbers as single bytes. */
export const pickle = (...pieces: readonly Piece[]): Uint8Array =>
  Buffer.concat([Buffer.from([0x80, 2]), ...pieces.map(piece), Buffer.from('.')]);

const piece = (from: Piece): Uint8Array =>
  typeof from === 'string' ? Buffer.from(from, 'latin1') : typeof from === 'number' ? Buffer.from([from]) : from;

export const join = (...pieces: readonly Piece[]): Uint8Array => Buffer.concat(pieces.map(piece));

export const text = (of: string): Uint8Array => {
  const bytes = Buffer.from(of);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return join('X', length, bytes);
};

/** `LONG1` of 8 bytes */
export const integer = (value: number): Uint8Array => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return join(0x8a, 8, bytes);
};

export const global = (module: string, name: string): Uint8Array => join('c', module, '\n', name, '\n');

export const tuple = (...items: readonly Piece[]): Uint8Array => join('(', ...items, 't');

export const dict = (...entries: readonly Piece[]): Uint8Array => join('}(', ...entries, 'u');

export interface Claim {
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset?: number;
  readonly key?: string;
  readonly storage?: string;
}

/** `torch._utils._rebuild_tensor_v2(…)` */
export const tensor = ({ shape, strides, offset = 0, key = '0', storage = 'FloatStorage' }: Claim): Uint8Array =>
  join(
    global('torch._utils', '_rebuild_tensor_v2'),
    tuple(
      tuple(text('storage'), global('torch', storage), text(key), text('cpu'), integer(1)),
      'Q',
      integer(offset),
      tuple(...shape.map(integer)),
      tuple(...strides.map(integer)),
      0x89,
      join('}'),
    ),
    'R',
  );
