/**
 * The official code of each family, counted by PyTorch itself on the meta device: every MAC and every trained parameter
 * of the full-size presets is there, and nothing more. What other counters say of the same code, and what papers print,
 * differs by what they leave out or add, which is worked out here.
 */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type TargetCost, targetCost, workByScope } from '../../compiler/cost/target-cost.ts';
import type { Override } from '../../compiler/elaborate/spec.ts';
import { modelOf, specFile } from './model.ts';

const golden = (name: string) =>
  JSON.parse(readFileSync(new URL(`../golden/flop-counter/${name}.json`, import.meta.url), 'utf8'));

const families: Record<string, { spec: string; macs: number; bmm: number; trained: number }> = golden('families');
const others: {
  fvcore: Record<string, { total: number; layer_norm: number; einsum?: number }>;
  'thop, batch 3': Record<string, number>;
} = golden('others');

const costOf = (file: string, preset: string, overrides?: readonly Override[]): TargetCost =>
  targetCost(preset, modelOf(specFile(file), preset, overrides));
const familyCost = (preset: string): TargetCost => costOf(families[preset]!.spec, preset);
const scores = (cost: TargetCost): number => workByScope(cost).attention;
/** elements that norms work on */
const normed = ({ rows }: TargetCost): number =>
  rows.reduce((sum, { op, written }) => (op === 'layernorm' ? sum + written / 4 : sum), 0);

for (const [preset, { macs, bmm, trained }] of Object.entries(families)) {
  test(`${preset}: to the last MAC and the last parameter`, () => {
    const found = familyCost(preset);
    assert.equal([found.work.macs, scores(found), found.params.trainable], [macs, bmm, trained]);
  });
}

for (const [preset, { total, layer_norm, einsum = 0 }] of Object.entries(others.fvcore)) {
  test(`${preset}: fvcore has norms besides, five an element with affine weights and four without`, () => {
    const found = familyCost(preset);
    assert.is(found.work.macs, total - layer_norm - einsum);
    assert.is(layer_norm, (preset.startsWith('U-ViT') ? 5 : 4) * normed(found));
  });
}

/** thop sees no products between activations, and counts two for each element of a norm */
const byThop = (cost: TargetCost): number => cost.work.macs - scores(cost) + 2 * normed(cost);

for (const [preset, total] of Object.entries(others['thop, batch 3'])) {
  test(`${preset}: thop has no attention scores, and norms besides`, () => {
    assert.is(3 * byThop(familyCost(preset)), total);
  });
}

/** What is printed, and how ours gives it. `off`: relative, where it is not within the printed digits. */
const PRINTED: readonly { what: string; printed: number; digits: number; ours: () => number; off?: number }[] = [
  {
    what: 'U-ViT-L/2, 77 G (fvcore, rounded)',
    printed: 77,
    digits: 0,
    ours: () => (familyCost('U-ViT-L/2').work.macs + 5 * normed(familyCost('U-ViT-L/2'))) / 1e9,
  },
  { what: 'U-ViT-H/2, 133 G', printed: 133, digits: 0, ours: () => familyCost('U-ViT-H/2').work.macs / 1e9 },
  {
    what: 'Latte-XL/2, 5572.69 G: thop, three videos',
    printed: 5572.69,
    digits: 2,
    ours: () => (3 * byThop(familyCost('Latte-XL/2'))) / 1e9,
    off: 1e-5,
  },
  {
    what: 'Latte-XL/2, 3786 GFLOP a forward pass',
    printed: 3786,
    digits: 0,
    ours: () => (2 * familyCost('Latte-XL/2').work.macs) / 1e9,
  },
  {
    what: 'PixArt-alpha at 1024, 107.031 T MACs in 25 guided steps: no attention scores',
    printed: 107.031,
    digits: 3,
    ours: () => {
      const cost = familyCost('PixArt-XL/2-1024-MS');
      return (50 * (cost.work.macs - scores(cost))) / 1e12;
    },
    off: 5e-5,
  },
  {
    what: 'PixArt-Sigma at 1024, 107.766 T MACs in 25 guided steps: no attention scores',
    printed: 107.766,
    digits: 3,
    ours: () => {
      const cost = familyCost('PixArt-Sigma-XL/2-1024');
      return (50 * (cost.work.macs - scores(cost))) / 1e12;
    },
    off: 1e-4,
  },
  {
    what: 'PixArt-alpha LCM, 8.563 T MACs in 4 steps: no attention scores',
    printed: 8.563,
    digits: 3,
    ours: () => {
      const cost = familyCost('PixArt-XL/2-1024-MS');
      return (4 * (cost.work.macs - scores(cost))) / 1e12;
    },
  },
  {
    what: 'FLUX.1-dev, 3719.50 TFLOPs in 50 steps',
    printed: 3719.5,
    digits: 2,
    ours: () => (2 * 50 * familyCost('FLUX.1-dev').work.macs) / 1e12,
    off: 1e-4,
  },
  {
    what: 'DiT-XL/2, 23.74 TFLOPs in 50 guided steps: fvcore, twice',
    printed: 23.74,
    digits: 2,
    ours: () => {
      const cost = costOf('dit.dit', 'DiT-XL/2');
      return (2 * 2 * 50 * (cost.work.macs + 4 * normed(cost))) / 1e12;
    },
  },
  {
    what: 'DiT-XL/4, 28.8 G: thop',
    printed: 28.8,
    digits: 1,
    ours: () => byThop(costOf('dit.dit', 'DiT-XL/4')) / 1e9,
  },
  {
    what: 'LightningDiT-1p0B/1 at 512, 12.88 GFLOPs: the scores of one block, guided',
    printed: 12.88,
    digits: 2,
    ours: () => {
      const cost = costOf('lightningdit.dit', 'LightningDiT-1p0B/1', [{ path: 'side', value: '32' }]);
      return (2 * 2 * scores(cost)) / 24 / 1e9;
    },
  },
];

for (const { what, printed, digits, ours, off } of PRINTED) {
  test(what, () => {
    const found = ours();
    if (off === undefined) assert.is(found.toFixed(digits), printed.toFixed(digits));
    else assert.ok(Math.abs(found / printed - 1) < off, `${found}`);
  });
}

test.run();
