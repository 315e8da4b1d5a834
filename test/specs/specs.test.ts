/** Every spec of this package checks without an error or warning, and is in canonical form. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkSpec } from '../../compiler/check/check.ts';
import { verify } from '../../compiler/ir/verify.ts';
import { format } from '../../dsl/format.ts';
import { specNamed, specsFolder } from './open.ts';

const names = readdirSync(specsFolder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.dit'))
  .map((name) => name.slice(0, -'.dit'.length))
  .sort();

test('the standard library and the papers are there', () => {
  for (const name of [
    'std/nn',
    'std/blocks',
    'std/embed',
    'dit',
    'sit',
    'uvit',
    'pixart',
    'mmdit',
    'flux',
    'lightningdit',
    'mdt',
    'latte',
    'vae_decoder',
    'mnist',
    'variants',
    'objectives',
    'optim',
  ]) {
    assert.ok(names.includes(name), name);
  }
});

for (const name of names) {
  test(name, () => {
    const spec = specNamed(name);
    const { diagnostics, models, presets } = checkSpec(spec);
    assert.equal(
      diagnostics.map(({ code, message }) => `${code} ${message}`),
      [],
    );
    assert.ok(models.length >= presets);
    for (const model of models) assert.equal([...verify(model.inference), ...verify(model.training)], [], model.target);
    const file = path.join(specsFolder, `${name}.dit`);
    assert.is(format(spec.entry.file), readFileSync(file, 'utf8'), 'canonical form');
  });
}

test.run();
