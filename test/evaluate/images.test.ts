import { decode } from 'fast-png';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openMnist } from '../../runtime/data/idx-dataset.ts';
import { encodePng, imageGrid, levelOf } from '../../runtime/evaluate/image-grid.ts';
import { nearestTraining } from '../../runtime/evaluate/nearest-training.ts';
import { must } from '../data/scratch.ts';

test('levels: rounded, cut off, never NaN', () => {
  assert.equal([-1, 1, 0, -2, 7, Number.NaN, Number.POSITIVE_INFINITY].map(levelOf), [0, 255, 128, 0, 255, 0, 255]);
});

test('a grid pixel by pixel', () => {
  // three images of 1 x 2 in two columns, pixels twice as wide, one pixel between
  const images = Float32Array.of(-1, 1, 1, -1, 0, 0);
  const picture = imageGrid(images, [1, 2, 1], { columns: 2, gap: 1, zoom: 2 });
  assert.equal([picture.width, picture.height, picture.channels], [9, 5, 1]);
  const [black, white, grey] = [0, 255, 128];
  const upper = [black, black, white, white, white, white, white, black, black];
  const lower = [grey, grey, grey, grey, white, white, white, white, white];
  const gap = Array.from({ length: 9 }, () => white);
  assert.equal([...picture.data], [upper, upper, gap, lower, lower].flat());
});

test('a PNG reads back', () => {
  const picture = imageGrid(Float32Array.of(-1, 0, 1, 1, 0, -1), [1, 2, 3], { columns: 1 });
  const { width, height, channels, data } = decode(encodePng(picture));
  assert.equal([width, height, channels, [...data]], [2, 1, 3, [0, 128, 255, 255, 128, 0]]);
  assert.throws(() => imageGrid(new Float32Array(4), [1, 1, 4], { columns: 1 }), /4 channels cannot be shown/);
});

test('a training image is found again, a noisy one too', async () => {
  const train = must(openMnist('train'));
  const { images } = must(await train.read([1234, 4321]));
  const noisy = images.map((value, i) => (i < 784 ? value : value + (i % 2 ? 0.1 : -0.1)));
  const [same, near] = must(await nearestTraining(noisy, train, 5000));
  assert.equal([same!.place, same!.distance], [1234, 0]);
  assert.is(near!.place, 4321);
  assert.ok(Math.abs(near!.distance - 0.1) < 1e-6);
  assert.ok(near!.second > 0.2 && same!.second > 0.1);
});

test('the second nearest by hand', async () => {
  const data = {
    name: 'points',
    size: 3,
    classes: 0,
    image: [1, 1, 1] as const,
    digest: '',
    read: async (places: ArrayLike<number>) => ({
      ok: true as const,
      value: {
        images: Float32Array.from(places, (place) => [0, 5, 3][place]!),
        labels: new Int32Array(places.length),
      },
    }),
    close() {},
  };
  assert.equal(must(await nearestTraining(Float32Array.of(4.5, -1), data)), [
    { place: 1, distance: 0.5, second: 1.5 },
    { place: 0, distance: 1, second: 4 },
  ]);
});

test.run();
