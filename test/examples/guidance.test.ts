// limit: 300 s
/** Guidance: the same noise at several scales, side by side. */
import { decode } from 'fast-png';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runExample } from './example.ts';

const run = runExample('02-guidance', { STEPS: '30', COUNT: '20' });
const NAMES = ['none', 'scale-2', 'scale-5', 'interval'];

test('each scale has its picture and its figures, and the page shows them all', () => {
  assert.is(run.code, 0, run.said);
  const page = run.read('guidance.html').toString();
  for (const name of NAMES) {
    assert.ok(page.includes(`<img src="${name}.png"`), name);
    const figures = run.read(`${name}.txt`).toString();
    assert.ok(figures.startsWith('Fréchet distance '), figures);
    assert.match(figures, /^Fréchet distance +[\d.]+\n[\s\S]*^right class +[\d.]+ %/m);
  }
  assert.is(page.match(/<figure>/g)!.length, NAMES.length);
});

test('more guidance moves the same samples further from those without', () => {
  const [none, two, five, interval] = NAMES.map((name) => decode(run.read(`${name}.png`)).data);
  const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
    return sum;
  };
  const [near, far, part] = [two, five, interval].map((picture) => distance(none!, picture!));
  assert.ok(near! > 0 && far! > near! && part! < far!, `${near} ${far} ${part}`);
});

test.run();
