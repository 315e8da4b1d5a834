import { crc32, deflateRawSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openDataset } from '../../runtime/data/open-dataset.ts';
import { must, npy, npyWith, said, scratchFolder, write } from './scratch.ts';

const folder = scratchFolder();

/** A zip as numpy writes it: `method` 0 stored, 8 deflated; `size` is what it says it unpacks to. */
function zip(entries: readonly { name: string; data: Uint8Array; method?: 0 | 8; size?: number }[]): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, data, method = 0, size = data.length } of entries) {
    const stored = method === 8 ? deflateRawSync(data) : Buffer.from(data);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(20, 4);
    local.writeUInt16LE(method, 8);
    local.writeUInt32LE(crc32(data), 14);
    local.writeUInt32LE(stored.length, 18);
    local.writeUInt32LE(size, 22);
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    local.copy(central, 6, 4, 30);
    central.writeUInt32LE(at, 42);
    parts.push(local, Buffer.from(name), stored);
    directory.push(central, Buffer.from(name));
    at += 30 + name.length + stored.length;
  }
  const tail = Buffer.alloc(22);
  tail.writeUInt32LE(0x06054b50, 0);
  tail.writeUInt16LE(entries.length, 8);
  tail.writeUInt16LE(entries.length, 10);
  tail.writeUInt32LE(Buffer.concat(directory).length, 12);
  tail.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, ...directory, tail]);
}

// two latents of 2 channels, 1 x 3: channel 0 is 0 1 2, channel 1 is 10 11 12, and 100 more in the second
const latents = npy('<f4', [2, 2, 1, 3], Float32Array.of(0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112));
const labels = npy('<i8', [2], BigInt64Array.of(4n, 1n));

test('latents of a .npz: channels last, shifted and scaled', async () => {
  for (const method of [0, 8] as const) {
    const file = write(
      folder,
      `latents${method}.npz`,
      zip([
        { name: 'arr_0.npy', data: latents, method },
        { name: 'arr_1.npy', data: labels, method },
      ]),
    );
    const data = must(await openDataset(file, { shift: 1, scale: 0.5 }));
    assert.equal([data.size, data.classes, data.image], [2, 5, [1, 3, 2]]);
    const read = must(await data.read([1, 0]));
    assert.equal([...read.labels], [1, 4]);
    assert.equal([...read.images], [49.5, 54.5, 50, 55, 50.5, 55.5, -0.5, 4.5, 0, 5, 0.5, 5.5]);
    data.close();
  }
});

test('latents of a .npy have no labels; other floats and layouts', async () => {
  const half = write(folder, 'half.npy', npy('<f2', [1, 1, 2, 1], Uint16Array.of(0x3c00, 0xc000)));
  assert.equal([...must(await must(await openDataset(half)).read([0])).images], [1, -2]);
  const last = write(folder, 'last.npy', npy('<f8', [1, 1, 2, 3], Float64Array.of(1, 2, 3, 4, 5, 6)));
  const data = must(await openDataset(last, { layout: 'hwc' }));
  assert.equal([data.image, data.classes], [[1, 2, 3], 0]);
  const { images, labels } = must(await data.read([0]));
  assert.equal([[...images], [...labels]], [[1, 2, 3, 4, 5, 6], [0]]);
});

test('bytes are pixels, channels last', async () => {
  const file = write(
    folder,
    'pixels.npz',
    zip([{ name: 'arr_0.npy', data: npy('|u1', [1, 1, 2, 3], Uint8Array.of(0, 255, 51, 204, 0, 255)) }]),
  );
  const data = must(await openDataset(file, { scale: 7 }));
  assert.equal(data.image, [1, 2, 3]);
  assert.equal([...must(await data.read([0])).images], [...Float32Array.of(-1, 1, -0.6, 0.6, -1, 1)]);
});

test("fast-DiT's folders: a file for each image, in the order of their numbers", async () => {
  for (const place of [0, 2, 10]) {
    write(folder, `fast/imagenet256_features/${place}.npy`, npy('<f4', [1, 1, 1, 2], Float32Array.of(place, -place)));
    write(folder, `fast/imagenet256_labels/${place}.npy`, npy('<i8', [1], BigInt64Array.of(BigInt(place))));
  }
  for (const classes of [undefined, 1000]) {
    const data = must(await openDataset(`${folder}/fast`, { classes }));
    assert.equal([data.size, data.classes, data.image], [3, classes ?? 11, [1, 2, 1]]);
    const read = must(await data.read([2, 0, 1]));
    assert.equal(
      [[...read.images], [...read.labels]],
      [
        [10, -10, 0, -0, 2, -2],
        [10, 0, 2],
      ],
    );
  }
  const few = must(await openDataset(`${folder}/fast`, { classes: 5 }));
  assert.match(said(await few.read([2])), /mismatch: has the label 10, and 5 classes/);

  write(folder, 'fast/imagenet256_features/2.npy', npy('<f4', [1, 1, 1, 3], Float32Array.of(1, 2, 3)));
  const data = must(await openDataset(`${folder}/fast`, { classes: 11 }));
  assert.match(said(await data.read([0, 1])), /mismatch: is \(1, 1, 1, 3\), and the first \(1, 1, 1, 2\)/);
});

test('digests follow the content', async () => {
  const digest = async (name: string, data: Uint8Array): Promise<string> =>
    must(await openDataset(write(folder, name, data))).digest;
  const one = npy('<f4', [1, 1, 1, 1], Float32Array.of(1));
  assert.is(await digest('a/x.npy', one), await digest('b/x.npy', one));
  assert.is.not(await digest('a/x.npy', one), await digest('b/x.npy', npy('<f4', [1, 1, 1, 1], Float32Array.of(2))));
  assert.match(await digest('a/x.npy', one), /^sha256:[0-9a-f]{64}$/);
});

test('hostile .npy files give problems', async () => {
  const body = new Uint8Array(16);
  const header = (descr: string, shape: string, order = 'False'): string =>
    `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`;
  const good = npyWith(header("'<f4'", '(1, 1, 2, 2)'), body);
  const cases: [string, Uint8Array, RegExp][] = [
    ['empty', new Uint8Array(0), /malformed: is no \.npy file/],
    ['text', Buffer.from('x = 1\n'), /malformed: is no \.npy file/],
    ['cut in the magic', good.subarray(0, 8), /truncated: the file ends at byte 8/],
    ['cut in the header', good.subarray(0, 40), /truncated: the file ends at byte 40, inside its header/],
    ['cut in the numbers', good.subarray(0, -1), /truncated: promises \(1, 1, 2, 2\) numbers and holds 15 bytes/],
    ['more numbers', Buffer.concat([good, body]), /malformed: promises/],
    ['version 9', npyWith(header("'<f4'", '(1, 1, 2, 2)'), body, 9), /unsupported: has version 9/],
    ['objects', npyWith(header("'|O'", '(1, 1, 2, 2)'), body), /refused: holds Python objects/],
    ['big-endian', npyWith(header("'>f4'", '(1, 1, 2, 2)'), body), /unsupported: holds numbers of the type `>f4`/],
    ['complex', npyWith(header("'<c8'", '(1, 1, 1, 2)'), body), /unsupported/],
    ['a structure', npyWith(header("[('a', '<f4')]", '(1, 1, 2, 2)'), body), /unsupported/],
    ['columns', npyWith(header("'<f4'", '(1, 1, 2, 2)', 'True'), body), /unsupported: is stored column by column/],
    ['code', npyWith(header("__import__('os').getpid()", '(1, 1, 2, 2)'), body), /unsupported|malformed/],
    ['huge sizes', npyWith(header("'<f4'", '(99999999999, 99999999999, 1, 1)'), body), /truncated: promises/],
    ['negative sizes', npyWith(header("'<f4'", '(-1, 1, 2, 2)'), body), /malformed: has a header/],
    ['many sizes', npyWith(header("'<f4'", `(${'1, '.repeat(500)})`), body), /malformed: has a header/],
    ['two axes', npyWith(header("'<f4'", '(2, 2)'), body), /mismatch: should hold one array of images/],
    ['no image', npyWith(header("'<f4'", '(0, 4, 4, 4)'), new Uint8Array(0)), /mismatch: holds no image/],
  ];
  for (const [name, bytes, expected] of cases) {
    const file = write(folder, `hostile/${name}.npy`, bytes);
    assert.match(said(await openDataset(file)), expected, name);
  }
  const long = Buffer.alloc(4_000_012, 0x20);
  long.set(good.subarray(0, 6));
  long.set([2, 0, 0, 9, 61, 0], 6);
  assert.match(said(await openDataset(write(folder, 'long.npy', long))), /refused: has a header of 4000000|4\d* bytes/);
});

test('hostile .npz files give problems', async () => {
  const entry = { name: 'x.npy', data: latents };
  const good = zip([entry]);
  const cases: [string, Uint8Array, RegExp][] = [
    ['empty', new Uint8Array(0), /truncated/],
    ['cut', good.subarray(0, good.length - 30), /truncated/],
    ['no arrays', zip([{ name: 'readme.txt', data: labels }]), /mismatch: should hold .* its arrays are none/],
    ['two arrays of images', zip([entry, { name: 'y.npy', data: latents }]), /mismatch: should hold one array/],
    ['the same twice', zip([entry, entry]), /refused: has the entry `x\.npy` twice/],
    [
      'other labels',
      zip([entry, { name: 'y.npy', data: npy('<i4', [3], Int32Array.of(1, 2, 3)) }]),
      /mismatch: holds 3 labels for 2/,
    ],
    [
      'negative labels',
      zip([entry, { name: 'y.npy', data: npy('<i4', [2], Int32Array.of(1, -2)) }]),
      /mismatch: has the label -2/,
    ],
    [
      'fractional labels',
      zip([entry, { name: 'y.npy', data: npy('<f4', [2], Float32Array.of(1, 2)) }]),
      /mismatch: holds labels of the type F32/,
    ],
    ['a bomb', zip([{ name: 'x.npy', data: new Uint8Array(4096), method: 8, size: 2 ** 32 - 2 }]), /refused/],
    ['a liar', zip([{ name: 'x.npy', data: latents, method: 8, size: latents.length + 40 }]), /truncated/],
    [
      'an object',
      zip([
        { name: 'x.npy', data: npyWith("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", new Uint8Array(8)) },
      ]),
      /refused: holds Python objects/,
    ],
  ];
  for (const [name, bytes, expected] of cases) {
    const file = write(folder, `hostile/${name}.npz`, bytes);
    assert.match(said(await openDataset(file)), expected, name);
  }
});

test('what is no data says so', async () => {
  assert.match(said(await openDataset(`${folder}/nowhere`)), /missing: there is no such file/);
  assert.match(said(await openDataset(write(folder, 'x.csv', new Uint8Array(3)))), /unsupported: is no data/);
});

test.run();
