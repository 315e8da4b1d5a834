/** Equal digests are equal work: what decides a digest, and what does not. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { format } from '../../dsl/format.ts';
import { parse } from '../../dsl/parse.ts';
import { planOf, toyGrid } from './planned.ts';

/** a loss of its own in the recipe, so that blocks of recipes are seen to count */
const TEXT = toyGrid('depth: [1, 2]\nseed: 0..2')
  .replace('{ ddpm, simple }', '{ ddpm, Objective, diffuse, per_sample }')
  .replace(
    'recipe quick {\n  objective: simple',
    `block halved(x: [N]) -> [N] = 0.5 * x

block mine(eps: [N, ...], noise: [N, ...]) -> (loss: [N]) = halved(per_sample((eps - noise)^2))

const own = Objective(noising: diffuse, loss: mine)

recipe quick {
  objective: own`,
  );

const digests = (text: string): readonly string[] => planOf(text).points.map(({ digest }) => digest);
const before = digests(TEXT);

test('there are four, all different', () => assert.is(new Set(before).size, 4));

const NOTHING: readonly [what: string, change: (text: string) => string][] = [
  ['comments', (text) => text.replaceAll(/\n(?=block|model|recipe|grid)/g, '\n/// a word\n// and another\n')],
  ['white space', (text) => text.replaceAll('\n  ', '\n\n      ').replaceAll(', ', ' ,   ')],
  ['the formatter', (text) => format(parse({ path: 'a.dit', text }).file)],
  ['the names of consts', (text) => text.replaceAll(/\bown\b/g, 'ours').replaceAll(/\bsmall\b/g, 'little')],
  ['the order of fields', (text) => text.replace('  lr: 1e-3\n  batch: 10\n', '  batch: 10\n  lr: 0.001\n')],
  ['the name of the preset', (text) => text.replaceAll('"toy"', '"doll"')],
  ['a block that nothing uses', (text) => `${text}block unused(x: [N]) -> [N] = x\n`],
];
for (const [what, change] of NOTHING) {
  test(`${what}: nothing changes`, () => {
    const changed = change(TEXT);
    assert.is.not(changed, TEXT);
    assert.equal(digests(changed), before);
  });
}

const ALL: readonly [what: string, change: (text: string) => string][] = [
  ['the rate', (text) => text.replace('lr: 1e-3', 'lr: 2e-3')],
  ['a field of the sampler', (text) => text.replace('scale: 2.0', 'scale: 3.0')],
  ['the body of the loss', (text) => text.replace('(eps - noise)^2', '(eps - noise)^4')],
  ['a block below the loss', (text) => text.replace('0.5 * x', '0.25 * x')],
  ['the start of a weight', (text) => text.replace('as down', 'as downwards')],
  [
    'the model',
    (text) => text.replace('act: block = gelu) ->', 'act: block = gelu) ->').replace('eps = x * t', 'eps = x + t'),
  ],
];
for (const [what, change] of ALL) {
  test(`${what}: everything changes`, () => {
    const changed = change(TEXT);
    assert.is.not(changed, TEXT);
    const after = digests(changed);
    assert.equal(
      after.map((digest, index) => digest === before[index]),
      [false, false, false, false],
    );
  });
}

test.run();
