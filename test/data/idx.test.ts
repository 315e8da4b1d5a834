import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseIdx } from '../../runtime/data/idx.ts';
import { openIdxFolder, openMnist } from '../../runtime/data/idx-dataset.ts';
import { openDataset } from '../../runtime/data/open-dataset.ts';
import { idx, must, said, scratchFolder, write } from './scratch.ts';

test('the MNIST of the package is the real one', async () => {
  const train = must(openMnist('train'));
  const test = must(openMnist('test'));
  assert.equal([train.size, train.classes, train.image], [60000, 10, [28, 28, 1]]);
  assert.equal([test.size, test.classes, test.image], [10000, 10, [28, 28, 1]]);
  const { images, labels } = must(await train.read([0, 1, 59999]));
  // LeCun's first training labels are 5, 0, 4, 1, 9 …; the last is 8
  assert.equal([...labels], [5, 0, 8]);
  assert.is(images.length, 3 * 784);
  assert.is(Math.min(...images), -1);
  assert.is(Math.max(...images), 1);
  assert.equal([...must(await test.read([0, 1, 2])).labels], [7, 2, 1]);
  // the mean of all training pixels is 0.1307 of 1, known to everyone who normalises MNIST; that of these is near it
  const all = must(await train.read(Array.from({ length: 6000 }, (_, i) => i * 7))).images;
  const mean = all.reduce((sum, value) => sum + (value + 1) / 2, 0) / all.length;
  assert.ok(Math.abs(mean - 0.1307) < 0.001, `${mean}`);
});

test('a folder of idx files, plain or gzipped', async () => {
  const folder = scratchFolder();
  const pixels = idx([2, 1, 3], [0, 51, 255, 255, 204, 0]);
  const labels = idx([2], [3, 1]);
  write(folder, 'plain/train-images-idx3-ubyte', pixels);
  write(folder, 'plain/train-labels-idx1-ubyte', labels);
  write(folder, 'zipped/train-images-idx3-ubyte.gz', gzipSync(pixels));
  write(folder, 'zipped/train-labels.idx1-ubyte', labels);
  const digest = `sha256:${createHash('sha256').update(pixels.subarray(16)).update(labels.subarray(8)).digest('hex')}`;
  for (const kind of ['plain', 'zipped']) {
    const data = must(await openDataset(`${folder}/${kind}`));
    assert.equal([data.name, data.size, data.classes, data.image], [kind, 2, 4, [1, 3, 1]]);
    const { images, labels } = must(await data.read([1, 0]));
    // 51 / 127.5 - 1 = -0.6, 204 / 127.5 - 1 = 0.6
    assert.equal([...images], [...Float32Array.of(1, 0.6, -1, -1, -0.6, 1)]);
    assert.equal([...labels], [1, 3]);
    assert.is(data.digest, digest);
  }
  assert.match(
    said(await openDataset(`${folder}/plain`, { split: 'test' })),
    /missing: holds no t10k-images-idx3-ubyte/,
  );
});

test('hostile idx files give problems', () => {
  const good = idx([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
  const huge = idx([0xffffffff, 0xffffffff, 0xffffffff], [1]);
  const cases: [string, Uint8Array, RegExp][] = [
    ['empty', new Uint8Array(0), /malformed: is no idx file/],
    ['text', Buffer.from('hello there'), /malformed: is no idx file/],
    ['floats', idx([1], [1], 0x0d), /unsupported: holds numbers of kind 0xd/],
    ['no axes', Buffer.from([0, 0, 8, 0]), /malformed: says that it has 0 axes/],
    ['many axes', Buffer.from([0, 0, 8, 255, ...new Uint8Array(99)]), /malformed: says that it has 255 axes/],
    ['a cut header', good.subarray(0, 9), /malformed: ends at byte 9/],
    ['cut pixels', good.subarray(0, -1), /malformed: promises 2 x 2 x 2 bytes and holds 7/],
    ['more pixels', Buffer.concat([good, Buffer.of(1)]), /malformed: promises 2 x 2 x 2 bytes and holds 9/],
    ['huge sizes', huge, /malformed: promises 4294967295 x/],
  ];
  for (const [name, bytes, expected] of cases) assert.match(said(parseIdx('x', bytes)), expected, name);
  assert.is(said(parseIdx('x', good)), 'fine');
});

test('images and labels that do not belong together', () => {
  const folder = scratchFolder();
  const pair = (name: string, images: Uint8Array, labels: Uint8Array): string => {
    write(folder, `${name}/train-images-idx3-ubyte`, images);
    write(folder, `${name}/train-labels-idx1-ubyte`, labels);
    return said(openIdxFolder(`${folder}/${name}`, 'train'));
  };
  const two = idx([2, 1, 1], [1, 2]);
  assert.match(pair('fewer', two, idx([1], [0])), /mismatch: holds 1 labels for 2 images/);
  assert.match(pair('square', two, idx([1, 2], [0, 1])), /mismatch: holds 1 x 2 labels/);
  assert.match(pair('none', idx([0, 28, 28], []), idx([0], [])), /mismatch: holds 0 x 28 x 28 numbers, not images/);
  assert.match(pair('line', idx([2], [1, 2]), idx([2], [0, 1])), /not images/);
  write(folder, 'bad/train-images-idx3-ubyte.gz', gzipSync(two).subarray(0, -6));
  write(folder, 'bad/train-labels-idx1-ubyte', idx([2], [0, 1]));
  assert.match(said(openIdxFolder(`${folder}/bad`, 'train')), /malformed: is gzipped, and the archive is damaged/);
});

test.run();
