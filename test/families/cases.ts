/**
 * The tiny models that the official code of each family was run on: what is set in the spec to get them, how the inputs
 * of the reference come in, and where its hidden values are found.
 */
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { type Golden, readGolden, toChannelsFirst, toChannelsLast, toInts } from '../golden.ts';
import { modelOf } from '../specs/open.ts';

type Tensors = Readonly<Record<string, HostTensor>>;

export interface FamilyCase {
  /** of `specs`, and the model in it */
  readonly spec: string;
  readonly model: string;
  readonly set: Readonly<Record<string, number | boolean | string>>;
  readonly inputs: (given: (key: string) => HostTensor) => Tensors;
  /** outputs of the spec that the reference has as channels of one image */
  readonly outputs: readonly string[];
  /** the reference's key of that image; `out` unless said */
  readonly key?: string;
  /** keys of hidden values of the reference, and where `observed` has them */
  readonly hidden: Readonly<Record<string, string>>;
}

export const reshaped = (tensor: HostTensor, ...shape: number[]): HostTensor => ({ ...tensor, shape });

const toBools = ({ shape, data }: HostTensor): HostTensor => ({ dtype: 'bool', shape, data: Uint8Array.from(data) });
export const allBools = (value: boolean, ...shape: number[]): HostTensor => {
  const count = shape.reduce((product, size) => product * size, 1);
  return { dtype: 'bool', shape, data: new Uint8Array(count).fill(Number(value)) };
};

const blocks = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`block.${i}`, `blocks.${i}`]));

const labelled: FamilyCase['inputs'] = (given) => ({
  x: toChannelsLast(given('x')),
  t: given('t'),
  y: toInts(given('y')),
});

const captions = (given: (key: string) => HostTensor): Tensors => {
  const [n, , words, width] = given('y').shape as [number, number, number, number];
  return {
    x: toChannelsLast(given('x')),
    t: given('t'),
    text: reshaped(given('y'), n, words, width),
    mask: toBools(given('mask')),
    drop: allBools(false, n),
  };
};

const mmdit: Pick<FamilyCase, 'inputs' | 'outputs' | 'hidden'> = {
  inputs: (given) => ({
    x: toChannelsLast(given('x')),
    t: given('t'),
    text: given('context'),
    pooled: given('y'),
  }),
  outputs: ['velocity'],
  hidden: {
    t_emb: 't_embedder',
    y_emb: 'y_embedder.mlp.2',
    context: 'context_embedder',
    tokens: 'MMDiT.x:0',
    'block.0.context': 'joint_blocks.0',
    'block.0.x': 'joint_blocks.0:1',
    'block.1.context': 'joint_blocks.1',
    'block.1.x': 'joint_blocks.1:1',
    'block.2.x': 'joint_blocks.2',
    final: 'final_layer',
  },
};

const flux = (
  double: number,
  single: number,
  guided: boolean,
): Pick<FamilyCase, 'inputs' | 'outputs' | 'key' | 'hidden'> => ({
  inputs: (given) => ({
    x: toChannelsLast(given('latent')),
    t: given('timesteps'),
    text: given('txt'),
    pooled: given('y'),
    ...(guided ? { strength: given('guidance') } : {}),
  }),
  outputs: ['velocity'],
  key: 'latent',
  hidden: {
    img: 'img_in',
    txt: 'txt_in',
    time_emb: 'time_in',
    vector_emb: 'vector_in',
    ...(guided ? { guidance_emb: 'guidance_in' } : {}),
    ...Object.fromEntries(
      Array.from({ length: double }, (_, i) => [
        [`double.${i}.img`, `double_blocks.${i}`],
        [`double.${i}.txt`, `double_blocks.${i}:1`],
      ]).flat(),
    ),
    ...Object.fromEntries(Array.from({ length: single }, (_, i) => [`single.${i}`, `single_blocks.${i}`])),
    out: 'final_layer',
  },
});

const uvit: Pick<FamilyCase, 'outputs' | 'hidden'> = {
  outputs: ['eps'],
  hidden: {
    tokens: 'UViT.h:1',
    'block.0': 'in_blocks.0',
    'block.1': 'in_blocks.1',
    'block.2': 'mid_block',
    'block.3': 'out_blocks.0',
    'block.4': 'out_blocks.1',
    pred: 'decoder_pred',
  },
};

/** by the name of the golden */
export const FAMILIES = {
  sit_tiny: {
    spec: 'sit',
    model: 'SiT',
    set: { 'size.depth': 3, 'size.width': 48, 'size.heads': 3, side: 8, classes: 10 },
    inputs: labelled,
    outputs: ['velocity'],
    hidden: { t_emb: 't_embedder', y_emb: 'y_embedder', tokens: 'Backbone.x:0', ...blocks(3), final: 'final_layer' },
  },
  uvit_tiny: {
    ...uvit,
    spec: 'uvit',
    model: 'UViT',
    set: { width: 48, depth: 4, heads: 3, side: 8, classes: 11, null: 10 },
    inputs: labelled,
  },
  uvit_t2i_tiny: {
    ...uvit,
    spec: 'uvit',
    model: 'UViT',
    set: { width: 48, depth: 4, heads: 3, side: 8, words: 7, text_width: 20 },
    inputs: (given) => ({ x: toChannelsLast(given('x')), t: given('t'), text: given('context') }),
  },
  pixart_tiny: {
    spec: 'pixart',
    model: 'PixArt',
    set: { width: 48, depth: 3, heads: 3, side: 8, words: 7, text_width: 20 },
    inputs: captions,
    outputs: ['eps', 'sigma'],
    hidden: {
      t_emb: 't_embedder',
      t0: 't_block.1',
      caption: 'y_embedder',
      tokens: 'PixArt.x:0',
      ...blocks(3),
      final: 'final_layer',
    },
  },
  pixart_ms_tiny: {
    spec: 'pixart',
    model: 'PixArtMS',
    set: {
      width: 48,
      depth: 2,
      heads: 3,
      height: 12,
      breadth: 8,
      words: 6,
      text_width: 20,
      base: 8,
      position_scale: 2,
    },
    inputs: (given) => ({ ...captions(given), img_hw: given('img_hw'), aspect_ratio: given('aspect_ratio') }),
    outputs: ['eps', 'sigma'],
    hidden: {
      csize_emb: 'PixArtMS.csize:0',
      ar_emb: 'ar_embedder',
      t_emb: 't_embedder',
      t0: 't_block.1',
      caption: 'y_embedder',
      tokens: 'PixArtMS.tokens:1',
      ...blocks(2),
      final: 'final_layer',
    },
  },
  mmdit_tiny: {
    ...mmdit,
    spec: 'mmdit',
    model: 'MMDiT',
    set: {
      ...{ depth: 3, head_width: 16, height: 8, breadth: 6, channels: 4, words: 5, text_width: 20, pooled_width: 24 },
      ...{ max_grid: 7, qk_norm: false },
    },
  },
  mmditx_tiny: {
    ...mmdit,
    spec: 'mmdit',
    model: 'MMDiT',
    set: {
      ...{ depth: 3, head_width: 16, height: 6, breadth: 8, channels: 4, words: 5, text_width: 20, pooled_width: 24 },
      ...{ max_grid: 6, qk_norm: true, dual: 2 },
    },
  },
  flux_dev_tiny: {
    ...flux(2, 2, true),
    spec: 'flux',
    model: 'Flux',
    set: {
      ...{ width: 48, heads: 3, double: 2, single: 2, axes: '[4, 6, 6]', height: 8, breadth: 6, channels: 4 },
      ...{ words: 5, text_width: 20, pooled_width: 24, guidance: true },
    },
  },
  flux_schnell_tiny: {
    ...flux(1, 3, false),
    spec: 'flux',
    model: 'Flux',
    set: {
      ...{ width: 48, heads: 3, double: 1, single: 3, axes: '[4, 6, 6]', height: 6, breadth: 10, channels: 4 },
      ...{ words: 4, text_width: 20, pooled_width: 24, guidance: false },
    },
  },
  lightningdit_tiny: {
    spec: 'lightningdit',
    model: 'LightningDiT',
    set: { 'size.depth': 3, 'size.width': 48, 'size.heads': 3, side: 4, channels: 8, classes: 10 },
    inputs: labelled,
    outputs: ['velocity'],
    hidden: {
      t_emb: 't_embedder',
      y_emb: 'y_embedder',
      tokens: 'LightningDiT.x:0',
      ...blocks(3),
      final: 'final_layer',
    },
  },
  lightningdit_qknorm_tiny: {
    spec: 'lightningdit',
    model: 'LightningDiT',
    set: {
      ...{ 'size.depth': 3, 'size.width': 40, 'size.heads': 5, patch: 2, side: 8, channels: 4, classes: 10 },
      ...{ qk_norm: true, rms: false, shift: false },
    },
    inputs: labelled,
    outputs: ['velocity'],
    hidden: {
      t_emb: 't_embedder',
      y_emb: 'y_embedder',
      tokens: 'LightningDiT.x:0',
      ...blocks(3),
      final: 'final_layer',
    },
  },
} as const satisfies Readonly<Record<string, FamilyCase>>;

export type FamilyName = keyof typeof FAMILIES;
export const FAMILY_NAMES = Object.keys(FAMILIES) as readonly FamilyName[];

export const familyCase = (name: FamilyName): FamilyCase => FAMILIES[name];

export const familyGolden = (name: FamilyName): Golden => readGolden(`families/${name}`);

export function familyModel(name: FamilyName) {
  const { spec, model, set } = familyCase(name);
  return modelOf(spec, model, Object.fromEntries(Object.entries(set).map(([key, value]) => [key, String(value)])));
}

/** Inputs of the reference by its names, without `input.` */
export const inputOf =
  ({ tensors }: Golden) =>
  (key: string): HostTensor =>
    tensors.get(`input.${key}`)!;

/** Channels of several images beside each other, channels first as the reference has them. */
export function joinedChannels(images: readonly HostTensor[]): HostTensor {
  if (images.length === 1) return toChannelsFirst(images[0]!);
  const widths = images.map(({ shape }) => shape.at(-1)!);
  const all = widths.reduce((sum, width) => sum + width, 0);
  const pixels = images[0]!.data.length / widths[0]!;
  const data = new Float64Array(pixels * all);
  let start = 0;
  for (const [i, { data: from }] of images.entries()) {
    const width = widths[i]!;
    for (let at = 0; at < from.length; at++) data[Math.floor(at / width) * all + start + (at % width)] = from[at]!;
    start += width;
  }
  return toChannelsFirst({ dtype: 'f32', shape: [...images[0]!.shape.slice(0, -1), all], data });
}

export const familyImage = (name: FamilyName, results: Tensors): HostTensor =>
  joinedChannels(familyCase(name).outputs.map((output) => results[output]!));

export const familyKey = (name: FamilyName): string => `output.${familyCase(name).key ?? 'out'}`;
