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
  /** anything was repeated before it: what comes once, after the blocks, is the head */
  readonly afterBlocks: boolean;
}

const PATHS: readonly (readonly [RegExp, CostRole])[] = [
  [
    /(^|[._])(adaLN_modulation|modulation|\w*_mod|t_block|time_in|guidance_in|vector_in|time_embed|t_embedder|y_embedder|csize_embedder|ar_embedder)(\.|$)/,
    'conditioning',
  ],
  [
    /(^|\.)(x_embedder|patch_embed|img_in|txt_in|context_embed\w*|label_emb|conv_in|y_proj|pos_embed)(\.|$)/,
    'embedding',
  ],
  [/(^|\.)skip_linear(\.|$)/, 'long skips'],
  [/(^|\.)single_blocks\[[^\]]*\]\.linear[12]$/, 'attention and mlp in one'],
  [/(^|\.)(\w*attn\w*|qkv|q|kv|q_linear|kv_linear|attention)(\.|$)/, 'attention projections'],
  [/(^|\.)(\w*mlp|ffn|feed_forward|fc1|fc2|w12|w3)(\.|$)/, 'mlp'],
  [/(^|\.)(final_layer|decoder_pred|norm_final|head|linear_out)(\.|$)/, 'head'],
];

/** By the names of the path alone. */
export const roleNamed = (path: string): CostRole | undefined => PATHS.find(([pattern]) => pattern.test(path))?.[1];

export function roleOf({ path, weighted, perToken, convolution, afterBlocks }: Place): CostRole {
  if (!weighted) return 'attention scores';
  const named = roleNamed(path);
  if (!perToken && named !== 'embedding') return 'conditioning';
  if (named !== undefined) return named;
  return convolution ? 'convolution' : afterBlocks && !path.includes('[') ? 'head' : 'other';
}
