import { encode } from 'fast-png';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openDataset } from '../../runtime/data/open-dataset.ts';
import { must, said, scratchFolder, write } from './scratch.ts';

const folder = scratchFolder();

/** A PNG of one colour, or with the given pixels. */
const png = (width: number, height: number, colour: readonly number[]): Uint8Array => {
  const channels = colour.length as 1 | 3 | 4;
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => colour[i % channels]!);
  return encode({ width, height, data, channels, depth: 8 });
};

const about = (mine: Float32Array, expected: readonly number[], tolerance = 0.02): void => {
  assert.is(mine.length, expected.length);
  for (const [i, value] of expected.entries()) assert.ok(Math.abs(mine[i]! - value) <= tolerance, `${mine}`);
};

test('classes are the sub-folders, by name', async () => {
  write(folder, 'rgb/cat/2.png', png(2, 1, [255, 0, 51]));
  write(folder, 'rgb/ant/1.png', png(2, 1, [0, 255, 204]));
  write(folder, 'rgb/cat/1.png', png(2, 1, [255, 255, 255]));
  write(folder, 'rgb/cat/notes.txt', Buffer.from('no image'));
  write(folder, 'rgb/.hidden/1.png', png(2, 1, [9, 9, 9]));
  write(folder, 'rgb/empty/notes.txt', Buffer.from('no image'));
  const data = must(await openDataset(`${folder}/rgb`));
  assert.equal([data.size, data.classes, data.classNames, data.image], [3, 2, ['ant', 'cat'], [1, 2, 3]]);
  for (let round = 0; round < 2; round++) {
    const { images, labels } = must(await data.read([2, 0]));
    assert.equal([...labels], [1, 0]);
    about(images, [1, -1, -0.6, 1, -1, -0.6, -1, 1, 0.6, -1, 1, 0.6]);
  }
});

test('images are cut to the middle square and scaled', async () => {
  // 6 x 2: two columns of black, two of white, two of black: the middle is white
  const data = Uint8Array.from({ length: 12 }, (_, i) => (i % 6 === 2 || i % 6 === 3 ? 255 : 0));
  write(folder, 'wide/a/1.png', encode({ width: 6, height: 2, data, channels: 1, depth: 8 }));
  const wide = must(await openDataset(`${folder}/wide`, { side: 2, channels: 1 }));
  assert.equal(wide.image, [2, 2, 1]);
  about(must(await wide.read([0])).images, [1, 1, 1, 1]);
});

test('grey of colours, colours of grey, transparency over white', async () => {
  write(folder, 'kinds/a/1.png', png(1, 1, [128, 128, 128]));
  write(folder, 'kinds/a/2.png', png(1, 1, [128]));
  write(folder, 'kinds/a/3.png', png(1, 1, [0, 0, 0, 0]));
  const grey = must(await openDataset(`${folder}/kinds`, { channels: 1 }));
  about(must(await grey.read([0, 1, 2])).images, [0.004, 0.004, 1]);
  const colour = must(await openDataset(`${folder}/kinds`));
  about(must(await colour.read([1, 2])).images, [0.004, 0.004, 0.004, 1, 1, 1]);
});

test('what cannot be read says so', async () => {
  write(folder, 'none/readme.txt', Buffer.from('x'));
  assert.match(said(await openDataset(`${folder}/none`)), /missing: has no sub-folder with images/);
  write(folder, 'sizes/a/1.png', png(2, 2, [1, 2, 3]));
  write(folder, 'sizes/a/2.png', png(3, 2, [1, 2, 3]));
  const sizes = must(await openDataset(`${folder}/sizes`));
  assert.match(said(await sizes.read([0, 1])), /mismatch: is 3 x 2, and the first image 2 x 2/);
  write(folder, 'cut/a/1.png', png(40, 40, [1, 2, 3]).subarray(0, 60));
  assert.match(said(await openDataset(`${folder}/cut`)), /malformed: cannot be decoded as an image/);
  write(
    folder,
    'text/a/1.png',
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9999999" height="99999"/>'),
  );
  assert.match(said(await openDataset(`${folder}/text`)), /malformed: cannot be decoded/);
});

test.run();
