/** preset "digits" as layers of TensorFlow.js */
import * as tfl from '@tensorflow/tfjs-layers';
import { adaLNZeroBlockBlock } from './gradients/adaln-zero-block.js';
import { add2Block, addBlock } from './gradients/add.js';
import { finalLayerBlock } from './gradients/final-layer.js';
import { labelEmbedderBlock } from './gradients/label-embedder.js';
import { patchEmbedBlock } from './gradients/patch-embed.js';
import { timestepEmbedderBlock } from './gradients/timestep-embedder.js';
import { unpatchifyBlock } from './gradients/unpatchify.js';
import { apply, type BlockConfig, CompiledLayer, register } from './support/block-layer.js';
import { WEIGHTS } from './weights.js';

export class PatchEmbedLayer extends CompiledLayer {
  static readonly className = 'ditc>PatchEmbed';

  constructor(config: BlockConfig) {
    super(config, {
      block: patchEmbedBlock,
      weights: WEIGHTS,
      path: 'x_embedder',
      inputs: [{ name: 'x', dtype: 'float32', shape: [{ n: 1 }, 28, 28, 1] }],
      outputs: [[null, 16, 60]],
      settings: 'patch: 7, width: 60, init: xavier_uniform, bias_init: 0',
    });
  }
}
register(PatchEmbedLayer);

export class AddLayer extends CompiledLayer {
  static readonly className = 'ditc>Add';

  constructor(config: BlockConfig) {
    super(config, {
      block: addBlock,
      weights: WEIGHTS,
      path: '',
      inputs: [{ name: 'x0', dtype: 'float32', shape: [{ n: 1 }, 16, 60] }],
      outputs: [[null, 16, 60]],
      settings: '',
    });
  }
}
register(AddLayer);

export class TimestepEmbedderLayer extends CompiledLayer {
  static readonly className = 'ditc>TimestepEmbedder';

  constructor(config: BlockConfig) {
    super(config, {
      block: timestepEmbedderBlock,
      weights: WEIGHTS,
      path: 't_embedder',
      inputs: [{ name: 't', dtype: 'float32', shape: [{ n: 1 }] }],
      outputs: [[null, 60]],
      settings: 'width: 60, frequencies: 256',
    });
  }
}
register(TimestepEmbedderLayer);

export class LabelEmbedderLayer extends CompiledLayer {
  static readonly className = 'ditc>LabelEmbedder';

  constructor(config: BlockConfig) {
    super(config, {
      block: labelEmbedderBlock,
      weights: WEIGHTS,
      path: 'y_embedder',
      inputs: [{ name: 'y', dtype: 'int32', shape: [{ n: 1 }], least: 0, most: 10 }],
      outputs: [[null, 60]],
      settings: 'classes: 10, width: 60',
    });
  }
}
register(LabelEmbedderLayer);

export class Add2Layer extends CompiledLayer {
  static readonly className = 'ditc>Add2';

  constructor(config: BlockConfig) {
    super(config, {
      block: add2Block,
      weights: WEIGHTS,
      path: '',
      inputs: [
        { name: 'x0', dtype: 'float32', shape: [{ n: 1 }, 60] },
        { name: 'x1', dtype: 'float32', shape: [{ n: 1 }, 60] },
      ],
      outputs: [[null, 60]],
      settings: '',
    });
  }
}
register(Add2Layer);

export class AdaLNZeroBlockLayer extends CompiledLayer {
  static readonly className = 'ditc>AdaLNZeroBlock';

  constructor(config: BlockConfig) {
    super(config, {
      block: adaLNZeroBlockBlock,
      weights: WEIGHTS,
      path: 'blocks.0',
      inputs: [
        { name: 'x', dtype: 'float32', shape: [{ n: 1 }, 16, 60] },
        { name: 'c', dtype: 'float32', shape: [{ n: 1 }, 60] },
      ],
      outputs: [[null, 16, 60]],
      settings: 'size.heads: 4, size.ratio: 4, attn: SelfAttention, mlp: Mlp',
    });
  }
}
register(AdaLNZeroBlockLayer);

export class FinalLayerLayer extends CompiledLayer {
  static readonly className = 'ditc>FinalLayer';

  constructor(config: BlockConfig) {
    super(config, {
      block: finalLayerBlock,
      weights: WEIGHTS,
      path: 'final_layer',
      inputs: [
        { name: 'x', dtype: 'float32', shape: [{ n: 1 }, 16, 60] },
        { name: 'c', dtype: 'float32', shape: [{ n: 1 }, 60] },
      ],
      outputs: [[null, 16, 49]],
      settings: 'out: 49',
    });
  }
}
register(FinalLayerLayer);

export class UnpatchifyLayer extends CompiledLayer {
  static readonly className = 'ditc>Unpatchify';

  constructor(config: BlockConfig) {
    super(config, {
      block: unpatchifyBlock,
      weights: WEIGHTS,
      path: '',
      inputs: [{ name: 'x', dtype: 'float32', shape: [{ n: 1 }, 16, 49] }],
      outputs: [[null, 28, 28, 1]],
      settings: 'h: 4, w: 4, patch: 7',
    });
  }
}
register(UnpatchifyLayer);

/** The model, with the initial values of the spec; its weights have the paths of `WEIGHTS`. */
export function buildModel(): tfl.LayersModel {
  const x = tfl.input({ name: 'x', batchShape: [null, 28, 28, 1] });
  const t = tfl.input({ name: 't', batchShape: [null, 1] });
  const y = tfl.input({ name: 'y', batchShape: [null, 1], dtype: 'int32' });
  const xEmbedder = apply(new PatchEmbedLayer({ name: 'x_embedder' }), x); // [N, 16, 60]
  const add = apply(new AddLayer({ name: 'add', path: { name: '' } }), xEmbedder); // [N, 16, 60]
  const tEmbedder = apply(new TimestepEmbedderLayer({ name: 't_embedder' }), t); // [N, 60]
  const yEmbedder = apply(new LabelEmbedderLayer({ name: 'y_embedder' }), y); // [N, 60]
  const add1 = apply(new Add2Layer({ name: 'add_1', path: { name: '' } }), tEmbedder, yEmbedder); // [N, 60]
  const blocks = apply(new AdaLNZeroBlockLayer({ name: 'blocks.0' }), add, add1); // [N, 16, 60]
  const blocks2 = apply(new AdaLNZeroBlockLayer({ name: 'blocks.1' }), blocks, add1); // [N, 16, 60]
  const blocks3 = apply(new AdaLNZeroBlockLayer({ name: 'blocks.2' }), blocks2, add1); // [N, 16, 60]
  const finalLayer = apply(new FinalLayerLayer({ name: 'final_layer' }), blocks3, add1); // [N, 16, 49]
  const unpatchify = apply(new UnpatchifyLayer({ name: 'unpatchify', path: { name: '' } }), finalLayer); // [N, 28, 28, 1]
  return tfl.model({ inputs: [x, t, y], outputs: [unpatchify], name: 'Digits' });
}
