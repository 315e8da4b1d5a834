/** Every spec in miniature, with weights and inputs for it: what engines are compared on. */
import * as assert from 'uvu/assert';
import { diskLoader, entryOf } from '../../cli/loader.ts';
import type { ModelInstance } from '../../compiler/elaborate/model.ts';
import { instantiate, openSpec } from '../../compiler/elaborate/spec.ts';
import type { Graph, GraphInput } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { bindShape, countElements } from '../../compiler/ir/type.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { randomNumbers } from './random-numbers.ts';

/** by name: a file, what is taken from it, and a model in a few thousand numbers */
const MODELS = {
  DiT: ['dit', 'DiT, Size', 'DiT(size: Size(depth: 2, width: 16, heads: 2), side: 4, classes: 3)'],
  'DiT, in context': [
    'dit',
    'DiT, Size, in_context',
    'DiT(size: Size(depth: 2, width: 16, heads: 2), side: 4, classes: 3, conditioning: in_context)',
  ],
  'DiT, cross attention': [
    'dit',
    'DiT, Size, cross_attention',
    'DiT(size: Size(depth: 2, width: 16, heads: 2), side: 4, classes: 3, conditioning: cross_attention)',
  ],
  'DiT, one head, odd': [
    'dit',
    'DiT, Size, adaln',
    'DiT(size: Size(depth: 1, width: 20, heads: 1), side: 3, patch: 1, channels: 1, classes: 1, conditioning: adaln)',
  ],
  SiT: ['sit', 'SiT', 'SiT(size: Size(depth: 2, width: 16, heads: 2), side: 4, classes: 3)'],
  UViT: ['uvit', 'UViT', 'UViT(width: 16, depth: 2, heads: 2, side: 4, classes: 3)'],
  Flux: [
    'flux',
    'Flux',
    'Flux(width: 16, heads: 2, double: 2, single: 2, axes: [2, 2, 4], side: 4, channels: 2, words: 3, text_width: 5, pooled_width: 6)',
  ],
  Latte: ['latte', 'Latte', 'Latte(size: Size(depth: 2, width: 16, heads: 2), frames: 3, side: 4, classes: 3)'],
  LightningDiT: [
    'lightningdit',
    'LightningDiT',
    'LightningDiT(size: Size(depth: 2, width: 16, heads: 2), side: 4, channels: 3, classes: 3)',
  ],
  MDT: ['mdt', 'MDT', 'MDT(size: Size(depth: 4, width: 16, heads: 2), side: 8, classes: 3, decode: 2, mask: 0.5)'],
  MMDiT: [
    'mmdit',
    'MMDiT',
    'MMDiT(depth: 2, side: 4, channels: 2, words: 3, text_width: 5, pooled_width: 6, max_grid: 3)',
  ],
  PixArt: ['pixart', 'PixArt', 'PixArt(width: 16, depth: 2, heads: 2, side: 4, words: 3, text_width: 5)'],
  VaeDecoder: [
    'vae_decoder',
    'VaeDecoder',
    'VaeDecoder(side: 2, latent: 2, width: 32, factors: [1, 1], blocks: 1, channels: 2)',
  ],
} as const satisfies Readonly<Record<string, readonly [file: string, names: string, model: string]>>;

export type SmallModel = keyof typeof MODELS;
export const SMALL_MODELS = Object.keys(MODELS) as readonly SmallModel[];

export function smallModel(name: SmallModel): ModelInstance {
  const [file, names, model] = MODELS[name];
  return modelOf(file, names, model);
}

/** A model as it would be written in a preset, with what is taken from its file. */
export function modelOf(file: string, names: string, model: string): ModelInstance {
  const size = model.includes('Size(') && file !== 'dit' ? 'use "./dit.dit" { Size }\n' : '';
  const text = `dit 1\n${size}use "./${file}.dit" { ${names} }\npreset "small" = ${model}\n`;
  const entry = entryOf('specs/small.dit', text);
  const spec = openSpec(entry, diskLoader(entry));
  const { model: instance, diagnostics } = instantiate(spec, 'small');
  const errors = [...spec.diagnostics, ...diagnostics].filter(({ severity }) => severity === 'error');
  assert.equal(
    errors.map(({ message }) => message),
    [],
  );
  return instance!;
}

/** Weights of up to 0.35 everywhere, so that nothing hides behind a weight that starts at zero. */
export function randomWeights(graph: Graph): Map<string, HostTensor> {
  const random = randomNumbers(1);
  return new Map(
    weightsOf(graph).map(({ path, weight: { type } }) => {
      const length = countElements(type.shape, 1);
      const shape = bindShape(type.shape, 1);
      const data =
        type.dtype === 'int'
          ? Int32Array.from({ length }, (_, at) => at % 2)
          : Float32Array.from({ length }, () => 0.7 * (random() - 0.5));
      return [path, { dtype: type.dtype, shape, data }];
    }),
  );
}

function randomInput(graph: Graph, { value, role }: GraphInput, batch: number, random: () => number): HostTensor {
  const { dtype, shape } = graph.values[value]!.type;
  const length = countElements(shape, batch);
  const bound = bindShape(shape, batch);
  const below = role?.kind === 'label' ? role.classes : 2;
  if (dtype === 'int') return { dtype, shape: bound, data: Int32Array.from({ length }, (_, at) => at % below) };
  // a mask whose first word is real
  if (dtype === 'bool')
    return { dtype, shape: bound, data: Uint8Array.from({ length }, (_, at) => (at % 3 === 2 ? 0 : 1)) };
  const number =
    role?.kind === 'timestep' ? () => random() : role?.kind === 'uniform' ? random : () => 2 * random() - 1;
  return { dtype, shape: bound, data: Float32Array.from({ length }, number) };
}

export function randomInputs(graph: Graph, batch: number): Record<string, HostTensor> {
  const random = randomNumbers(2);
  return Object.fromEntries(graph.inputs.map((input) => [input.name, randomInput(graph, input, batch, random)]));
}
