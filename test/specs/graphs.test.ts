/** The graph of every spec after all passes, as people read it: a change of a spec or of the compiler shows here. */
import { test } from 'uvu';
import { printGraph } from '../../compiler/ir/print.ts';
import { runPasses } from '../../compiler/passes/pipeline.ts';
import { goldensIn } from '../golden-text.ts';
import { modelOf } from './open.ts';

const MODELS: readonly (readonly [spec: string, preset: string, training?: boolean])[] = [
  ['dit', 'DiT-S/2'],
  ['dit', 'DiT-XL/2-in-context'],
  ['dit', 'DiT-XL/2-cross-attention'],
  ['dit', 'DiT-XL/2-adaLN'],
  ['dit', 'DiT-XL/2-512'],
  ['sit', 'SiT-XL/2'],
  ['uvit', 'U-ViT-L/2'],
  ['uvit', 'U-ViT-S/2-coco'],
  ['pixart', 'PixArt-XL/2-256'],
  ['pixart', 'PixArt-XL/2-1024-MS'],
  ['mmdit', 'SD3.5-medium'],
  ['flux', 'FLUX.1-dev'],
  ['lightningdit', 'LightningDiT-XL/1'],
  ['lightningdit', 'LightningDiT-B/1-plain'],
  ['mdt', 'MDTv2-S/2', true],
  ['latte', 'Latte-XL/2-ucf101'],
  ['vae_decoder', 'sd-vae-256'],
  ['mnist', 'mnist'],
  ['variants', 'DiT-S/2-scale-gate'],
];

const goldens = goldensIn('graphs');

for (const [spec, preset, training = false] of MODELS) {
  test(preset, () => {
    const model = modelOf(spec, preset);
    goldens.check(
      `${preset.replaceAll('/', '-')}.txt`,
      printGraph(runPasses(training ? model.training : model.inference, undefined)),
    );
  });
}

test('no golden is left over', () => goldens.noOrphans());

test.run();
