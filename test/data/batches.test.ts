import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createBatches } from '../../runtime/data/batches.ts';
import type { Dataset } from '../../runtime/data/dataset.ts';
import { createOrder } from '../../runtime/data/order.ts';
import { prefetch } from '../../runtime/data/prefetch.ts';
import { fail, succeed } from '../../runtime/weights/problem.ts';
import { must, said } from './scratch.ts';

/** Image i is [1, 3, 1]: i, i + 0.25, i + 0.5; its label is i mod 10. */
const numbers = (size: number): Dataset => ({
  name: 'numbers',
  size,
  classes: 10,
  image: [1, 3, 1],
  digest: '',
  read: async (places) =>
    succeed({
      images: Float32Array.from({ length: places.length * 3 }, (_, i) => places[Math.floor(i / 3)]! + (i % 3) / 4),
      labels: Int32Array.from(places, (place) => place % 10),
    }),
  close() {},
});

test('an epoch takes every image once, the next one in another order', () => {
  const order = createOrder(5, 100);
  const sorted = (from: number) => [...order.places(from, 100)].sort((a, b) => a - b);
  const all = Array.from({ length: 100 }, (_, i) => i);
  assert.equal(sorted(0), all);
  assert.equal(sorted(700), all);
  assert.not.equal([...order.places(0, 100)], all);
  assert.not.equal([...order.places(0, 100)], [...order.places(100, 100)]);
  // a batch across the border is the end of one and the start of the other
  assert.equal([...order.places(90, 30)], [...order.places(90, 10), ...order.places(100, 20)]);
});

test('what a step takes does not depend on what was taken before', () => {
  const [here, there] = [createOrder(5, 33), createOrder(5, 33)];
  for (const from of [640, 0, 96, 3]) here.places(from, 20);
  assert.equal([...here.places(320, 40)], [...there.places(320, 40)]);
  assert.not.equal([...here.places(320, 40)], [...createOrder(6, 33).places(320, 40)]);
});

test('a batch larger than the data goes round', () => {
  const places = [...createOrder(1, 3).places(0, 9)];
  for (const epoch of [0, 3, 6]) assert.equal(places.slice(epoch, epoch + 3).sort(), [0, 1, 2]);
});

test('images keep their labels; half are mirrored', async () => {
  const batches = createBatches(numbers(50), { seed: 3, batch: 4000, flip: true });
  const { images, labels, places, dropped } = must(await batches.at(2));
  let mirrored = 0;
  for (const [i, place] of places.entries()) {
    assert.is(labels[i], place % 10);
    const row = [...images.subarray(3 * i, 3 * i + 3)];
    const straight = [place, place + 0.25, place + 0.5];
    const isMirrored = row[0] !== straight[0];
    assert.equal(row, isMirrored ? straight.reverse() : straight);
    mirrored += Number(isMirrored);
  }
  // binomial: mean 2000, deviation 32
  assert.ok(Math.abs(mirrored - 2000) < 6 * 32, `${mirrored}`);
  assert.ok(dropped.every((drop) => drop === 0));
});

test('labels are dropped to the null label, at the given share', async () => {
  const batches = createBatches(numbers(50), { seed: 3, batch: 5000, dropLabel: 0.1, nullLabel: 10 });
  const { labels, places, dropped } = must(await batches.at(0));
  const count = dropped.reduce((sum, drop) => sum + drop, 0);
  // mean 500, deviation 21
  assert.ok(Math.abs(count - 500) < 6 * 21, `${count}`);
  for (const [i, place] of places.entries()) assert.is(labels[i], dropped[i] ? 10 : place % 10);
  assert.throws(() => createBatches(numbers(5), { seed: 0, batch: 1, dropLabel: 0.1 }), /no label says so/);
});

test('one purpose does not change another', async () => {
  const options = { seed: 3, batch: 64 } as const;
  const plain = must(await createBatches(numbers(500), options).at(9));
  const both = must(await createBatches(numbers(500), { ...options, flip: true, dropLabel: 0.5, nullLabel: 10 }).at(9));
  const drop = must(await createBatches(numbers(500), { ...options, dropLabel: 0.5, nullLabel: 10 }).at(9));
  assert.equal([...plain.places], [...both.places]);
  assert.equal([...both.dropped], [...drop.dropped]);
});

test('a problem of the data is that of the batch', async () => {
  const broken: Dataset = {
    ...numbers(5),
    read: async () => fail({ kind: 'truncated', file: 'x', message: 'became shorter', remedy: 'copy it again' }),
  };
  assert.is(said(await createBatches(broken, { seed: 0, batch: 2 }).at(0)), 'truncated: became shorter');
});

test('steps are made ahead, in order, and a mistake comes with its step', async () => {
  const made: number[] = [];
  const steps = prefetch(
    async (step) => {
      made.push(step);
      if (step === 9) throw new Error('step 9');
      return step;
    },
    7,
    2,
  );
  assert.is(await steps.next(), 7);
  assert.equal(made, [7, 8, 9]);
  assert.is(await steps.next(), 8);
  await steps.next().then(
    () => assert.unreachable(),
    (error) => assert.is(error.message, 'step 9'),
  );
  assert.is(await steps.next(), 10);
});

test.run();
