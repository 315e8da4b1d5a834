/** Names of specs as a person would write them in TypeScript. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { camelCase, kebabCase, pascalCase } from '../../../compiler/lower/typescript/names.ts';

for (const [name, camel, pascal, kebab] of [
  ['DiT', 'dit', 'DiT', 'dit'],
  ['DiTBlock', 'ditBlock', 'DiTBlock', 'dit-block'],
  ['DiT-XL/2', 'ditXL2', 'DiTXL2', 'dit-xl-2'],
  ['UViT', 'uViT', 'UViT', 'u-vit'],
  ['MMDiT', 'mmDiT', 'MMDiT', 'mm-dit'],
  ['RMSNorm', 'rmsNorm', 'RMSNorm', 'rms-norm'],
  ['MDTBlock', 'mdtBlock', 'MDTBlock', 'mdt-block'],
  ['AdaLNZeroBlock', 'adaLNZeroBlock', 'AdaLNZeroBlock', 'adaln-zero-block'],
  ['ToRGB', 'toRGB', 'ToRGB', 'torgb'],
  ['adaLN_modulation.1', 'adaLNModulation1', 'AdaLNModulation1', 'adaln-modulation-1'],
  ['1x1', '_1x1', '_1x1', '1x1'],
] as const) {
  test(`${name} is ${camel}, ${pascal} and ${kebab}`, () => {
    assert.is(camelCase(name), camel);
    assert.is(pascalCase(name), pascal);
    assert.is(kebabCase(name), kebab);
  });
}

test.run();
