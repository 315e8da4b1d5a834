/** The models of a plan, made from one another, are those that a spec makes that has seen no other. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { instantiate } from '../../compiler/elaborate/spec.ts';
import { digestOf } from '../../compiler/ir/digest.ts';
import { printGraph } from '../../compiler/ir/print.ts';
import { verify } from '../../compiler/ir/verify.ts';
import { modelOf, specOf } from '../specs/open.ts';
import { planOf } from './planned.ts';

const GRIDS: readonly (readonly [spec: string, name: string, preset: string, axes: string])[] = [
  [
    'dit',
    'DiT-S/2',
    '"DiT-S/2"',
    'conditioning: [adaln, in_context, cross_attention]\npatch: [8, 16]\nsize.depth: [1, 4]',
  ],
  ['dit', 'DiT-S/2', '"DiT-S/2"', 'learn_sigma: [true, false]\nside: [32, 16]\nsize.heads: [2, 6]\nclasses: [10, 11]'],
  ['mdt', 'MDTv2-S/2', '"MDTv2-S/2"', 'classes: [10, 11]\ndecode: [6, 2]'],
  ['uvit', 'U-ViT-L/2', '"U-ViT-L/2"', 'depth: [20, 4]'],
];

const IMPORTS: Readonly<Record<string, string>> = { dit: 'adaln, in_context, cross_attention' };

for (const [file, name, preset, axes] of GRIDS)
  test(`${preset}: ${axes.replaceAll('\n', '; ')}`, () => {
    const names = [preset, ...(IMPORTS[file] ?? '').split(', ')].filter(
      (each) => each !== '' && axes.concat(preset).includes(each),
    );
    const { points, rejected } = planOf(
      `dit 1\nuse "./${file}.dit" { ${names.join(', ')} }\ngrid g of ${preset} {\n${axes}\n}\n`,
    );
    assert.equal(rejected, []);
    for (const { model, set } of points) {
      // a spec of its own, in which nothing was made before
      const alone = instantiate(
        specOf(`dit 1\nuse "./${file}.dit" { ${names.join(', ')} }\npreset "p" = ${preset}()\n`),
        'p',
        [...[...set].map(([path, value]) => ({ path, value }))],
      );
      assert.equal(alone.diagnostics, []);
      for (const graph of ['inference', 'training'] as const) {
        assert.equal(verify(model[graph]), []);
        assert.is(printGraph(model[graph]), printGraph(alone.model![graph]), [...set].join('; '));
        assert.is(digestOf(model[graph]), digestOf(alone.model![graph]));
      }
    }
    assert.ok(points.length > 1 && modelOf(file, name));
  });

test.run();
