/**
 * What work is for: which part of a diffusion transformer a node belongs to. Products of two activations are attention;
 * products with a weight are told apart by where they stand: per sample (no axis of tokens) is conditioning, else the
 * path of the module decides. The names are those that reference codes use; what has none of them is `other`.
 */
export const ROLES = [
  'attention scores',
  'attention projections',
  'mlp',
  'attention and mlp in one',
  'conditioning',
  'embedding',
  'long skips',
  'head',
  'convolution',
  'norms and elementwise',
  'other',
] as const;
export type CostRole = (typeof ROLES)[number];

export interface Place {
  /** of the module: `blocks[0..27].attn.qkv` */
  readonly path: string;
  /** one operand has no batch: a weight, or made of weights */
  readonly weighted: boolean;
  readonly perToken: boolean;
  readonly convolution: boolean;
  /** layers were before it and none come after: what stands there is the head */
  readonly afterBlocks: boolean;
}

/** Names of modules, anywhere in a path; the first that fits decides. `*` is any letters. */
export const ROLE_NAMES: readonly (readonly [CostRole, readonly string[]])[] = [
  [
    'conditioning',
    [
      'adaLN_modulation',
      'modulation',
      '*_mod',
      't_block',
      'time_in',
      'guidance_in',
      'vector_in',
      'time_embed',
      't_embedder',
      'y_embedder',
      'csize_embedder',
      'ar_embedder',
    ],
  ],
  [
    'embedding',
    ['x_embedder', 'patch_embed', 'img_in', 'txt_in', 'context_embed*', 'label_emb', 'conv_in', 'y_proj', 'pos_embed'],
  ],
  ['long skips', ['skip_linear']],
  ['attention and mlp in one', ['single_blocks[*].linear1', 'single_blocks[*].linear2']],
  ['attention projections', ['*attn*', 'qkv', 'q', 'kv', 'q_linear', 'kv_linear', 'attention']],
  ['mlp', ['*mlp', 'ffn', 'feed_forward', 'fc1', 'fc2', 'w12', 'w3']],
  ['head', ['final_layer', 'decoder_pred', 'norm_final', 'head', 'linear_out']],
];

const patternOf = (names: readonly string[]): RegExp => {
  const list = names.map((name) =>
    name
      .replaceAll('.', '\\.')
      .replaceAll('[*]', '\\[[^\\]]*\\]')
      .replace(/(?<!\])\*/g, '\\w*'),
  );
  return new RegExp(`(^|\\.)(${list.join('|')})(\\.|$)`);
};

const PATHS = ROLE_NAMES.map(([role, names]) => [patternOf(names), role] as const);

/** By the names of the path alone. */
export const roleNamed = (path: string): CostRole | undefined => PATHS.find(([pattern]) => pattern.test(path))?.[1];

export function roleOf({ path, weighted, perToken, convolution, afterBlocks }: Place): CostRole {
  if (!weighted) return 'attention scores';
  const named = roleNamed(path);
  if (!perToken && named !== 'embedding') return 'conditioning';
  if (named !== undefined) return named;
  return convolution ? 'convolution' : afterBlocks && !path.includes('[') ? 'head' : 'other';
}
