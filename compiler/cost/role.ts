/**
 * What work is for: which part of a diffusion transformer a node belongs to. Products of two activations are attention;
 * products with a weight are told apart by where they stand: per sample (no axis of tokens) is conditioning, else the
 * path of the module decides. The names are those that reference codes use; what has none of them is `other`.
 */
export const ROLES = [
  'attention scores',
  'attention projections',
  'mlp',
  'conditioning',
  'embedding',
  'head',
  'convolution',
  'other',
] as const;
export type CostRole = (typeof ROLES)[number];

export interface Place {
  /** of the module: `blocks[0..27].attn.qkv` */
  readonly path: string;
  /** one operand is a weight */
  readonly weighted: boolean;
  /** rank of the activation; 2 is one row a sample */
  readonly rank: number;
  readonly convolution: boolean;
  /** anything was repeated before it: what comes once, after the blocks, is the head */
  readonly afterBlocks: boolean;
}

const PATHS: readonly (readonly [RegExp, CostRole])[] = [
  [
    /(^|[._])(adaLN_modulation|modulation|\w*_mod|t_block|time_in|guidance_in|vector_in|time_embed|t_embedder|y_embedder|csize_embedder|ar_embedder)(\.|$)/,
    'conditioning',
  ],
  [/(^|\.)(x_embedder|patch_embed|img_in|txt_in|context_embed\w*|label_emb|conv_in|y_proj)(\.|$)/, 'embedding'],
  [/(^|\.)(\w*attn\w*|qkv|q|kv|q_linear|kv_linear|attention)(\.|$)/, 'attention projections'],
  [/(^|\.)(\w*mlp|ffn|feed_forward|fc1|fc2|w12|w3)(\.|$)/, 'mlp'],
  [/(^|\.)(final_layer|decoder_pred|norm_final|head|linear_out)(\.|$)/, 'head'],
];

export function roleOf({ path, weighted, rank, convolution, afterBlocks }: Place): CostRole {
  if (!weighted) return convolution ? 'convolution' : 'attention scores';
  const named = PATHS.find(([pattern]) => pattern.test(path))?.[1];
  if (rank <= 2 && named !== 'embedding') return 'conditioning';
  if (named !== undefined) return named;
  return convolution ? 'convolution' : afterBlocks && !path.includes('[') ? 'head' : 'other';
}
