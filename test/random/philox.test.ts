import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Counter, fillWords, type Key, philox } from '../../runtime/random/philox.ts';

const words = (hex: string): number[] => hex.split(' ').map((word) => Number.parseInt(word, 16));

/** counter, key, result: the lines `philox4x32 10` of `kat_vectors` of Random123, by the authors of the paper */
const KNOWN = [
  ['00000000 00000000 00000000 00000000', '00000000 00000000', '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
  ['ffffffff ffffffff ffffffff ffffffff', 'ffffffff ffffffff', '408f276d 41c83b0e a20bc7c6 6d5451fd'],
  ['243f6a88 85a308d3 13198a2e 03707344', 'a4093822 299f31d0', 'd16cfe09 94fdcceb 5001e420 24126ea1'],
] as const;

test('known answers', () => {
  for (const [counter, key, result] of KNOWN) {
    assert.equal([...philox(words(key) as unknown as Key, words(counter) as unknown as Counter)], words(result));
  }
});

/** one block by exact integers, as in the paper */
function slow(key: Key, counter: Counter): number[] {
  let [a, b, c, d] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key.map(BigInt) as [bigint, bigint];
  const low = (x: bigint) => x & 0xffffffffn;
  for (let round = 0; round < 10; round++) {
    const first = a * 0xd2511f53n;
    const second = c * 0xcd9e8d57n;
    [a, b, c, d] = [(second >> 32n) ^ b ^ k0, low(second), (first >> 32n) ^ d ^ k1, low(first)];
    k0 = low(k0 + 0x9e3779b9n);
    k1 = low(k1 + 0xbb67ae85n);
  }
  return [a, b, c, d].map(Number);
}

test('the upper word of the product is exact, also at its edges', () => {
  const edges = [0, 1, 2, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];
  for (const a of edges) {
    for (const b of edges) assert.equal([...philox([a, b], [a, b, b, a])], slow([a, b], [a, b, b, a]));
  }
  for (let i = 0; i < 2000; i++) {
    const counter: Counter = [i, i * 7919, (i * 0x9e3779b1) >>> 0, (i * 0x85ebca6b) >>> 0];
    assert.equal([...philox([i, ~i >>> 0], counter)], slow([i, ~i >>> 0], counter));
  }
});

test('many blocks are the blocks one by one, past the end of the counter too', () => {
  const key: Key = [5, 6];
  for (const first of [0, 17, 0xfffffffe]) {
    const many = new Uint32Array(32);
    fillWords(many, key, [first, 7, 8, 9]);
    for (let block = 0; block < 8; block++) {
      assert.equal([...many.subarray(4 * block, 4 * block + 4)], slow(key, [(first + block) >>> 0, 7, 8, 9]));
    }
  }
});

test.run();
