/** The weights that the compiler derives have the names, shapes and trainability of the reference code's state_dict. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { modelOf } from './open.ts';

interface Golden {
  readonly params: number;
  readonly state_dict: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly trainable: boolean;
    readonly buffer?: boolean;
  }[];
}

const golden = (name: string): Golden =>
  JSON.parse(readFileSync(path.join(import.meta.dirname, '..', 'golden', 'names', `${name}.json`), 'utf8'));

/** Golden, spec, preset. */
const MODELS = [
  ['DiT-S-2', 'dit', 'DiT-S/2'],
  ['DiT-XL-2', 'dit', 'DiT-XL/2'],
  ['SiT-XL-2', 'sit', 'SiT-XL/2'],
  ['U-ViT-L-2', 'uvit', 'U-ViT-L/2'],
  ['U-ViT-H-2', 'uvit', 'U-ViT-H/2'],
  ['U-ViT-S-2-t2i', 'uvit', 'U-ViT-S/2-coco'],
  ['PixArt-XL-2-256', 'pixart', 'PixArt-XL/2-256'],
  ['PixArtMS-XL-2-1024', 'pixart', 'PixArt-XL/2-1024-MS'],
  ['SD3-medium', 'mmdit', 'SD3-medium'],
  ['SD3.5-medium', 'mmdit', 'SD3.5-medium'],
  ['SD3.5-large', 'mmdit', 'SD3.5-large'],
  ['FLUX.1-dev', 'flux', 'FLUX.1-dev'],
  ['FLUX.1-schnell', 'flux', 'FLUX.1-schnell'],
  ['LightningDiT-XL-1', 'lightningdit', 'LightningDiT-XL/1'],
  ['MDTv2-XL-2', 'mdt', 'MDTv2-XL/2'],
  ['Latte-XL-2', 'latte', 'Latte-XL/2'],
  ['Latte-XL-2-ucf101', 'latte', 'Latte-XL/2-ucf101'],
] as const;

const line = (name: string, shape: readonly unknown[], trained: boolean): string =>
  `${name} [${shape.join(', ')}] ${trained ? 'trained' : 'frozen'}`;

for (const [file, spec, preset] of MODELS) {
  test(`${preset} has the weights of ${file}`, () => {
    const expected = golden(file).state_dict.map(({ name, shape, trainable, buffer }) =>
      line(name, shape, trainable && buffer !== true),
    );
    const given = weightsOf(modelOf(spec, preset).training).map(({ path: name, weight }) =>
      line(name, weight.type.shape, weight.trained),
    );
    assert.equal([...given].sort(), [...expected].sort());
  });
}

/** diffusers gives the weights other names, and its attention is linear where CompVis has 1 × 1 convolutions. */
test('the VAE decoder has the weights of AutoencoderKL, but for names', () => {
  const shapeOf = (shape: readonly number[]): string => shape.filter((size) => size !== 1).join(' × ');
  const expected = golden('diffusers.AutoencoderKL-SD1-decoder');
  const given = weightsOf(modelOf('vae_decoder', 'sd-vae-256').inference);
  assert.is(
    given.reduce(
      (sum, { weight }) => sum + weight.type.shape.reduce<number>((product, dim) => product * (dim as number), 1),
      0,
    ),
    expected.params,
  );
  assert.equal(
    given.map(({ weight }) => shapeOf(weight.type.shape as readonly number[])).sort(),
    expected.state_dict.map(({ shape }) => shapeOf(shape)).sort(),
  );
});

test.run();
