/** Fields of recipes as PyTorch, diffusers and the scripts of papers call them. */

const FIELDS: Readonly<Record<string, string>> = {
  learning_rate: 'lr',
  batch_size: 'batch',
  global_batch_size: 'batch',
  train_batch_size: 'batch',
  grad_accum: 'accumulate',
  gradient_accumulation: 'accumulate',
  gradient_accumulation_steps: 'accumulate',
  gradient_checkpointing: 'recompute',
  grad_clip: 'clip',
  clip_grad: 'clip',
  max_grad_norm: 'clip',
  ema_decay: 'ema',
  ema_rate: 'ema',
  max_steps: 'steps',
  num_steps: 'steps',
  train_steps: 'steps',
  max_train_steps: 'steps',
  iterations: 'steps',
  loss: 'objective',
  noise_schedule: 'schedule',
  noise_scheduler: 'schedule',
  dataset: 'data',
  data_path: 'data',
  vae: 'latents',
  cfg_dropout: 'drop_label',
  class_dropout_prob: 'drop_label',
  label_dropout: 'drop_label',
  weight_decay: 'optimizer.decay',
  beta1: 'optimizer.beta1',
  beta2: 'optimizer.beta2',
  sampler: 'sample.step',
  sampling_steps: 'sample.steps',
  num_sampling_steps: 'sample.steps',
  num_inference_steps: 'sample.steps',
  cfg: 'sample.guidance.scale',
  cfg_scale: 'sample.guidance.scale',
  guidance: 'sample.guidance.scale',
  guidance_scale: 'sample.guidance.scale',
  'sample.cfg': 'sample.guidance.scale',
  'sample.cfg_scale': 'sample.guidance.scale',
  'sample.guidance_scale': 'sample.guidance.scale',
  'sample.sampler': 'sample.step',
};

/** What is written instead of that field, where it is one of other code. */
export function foreignField(full: string): string | undefined {
  if (full === 'seed' || full === 'random_seed')
    return 'a seed is no part of a recipe: in a grid write `seed: 0..3`, else `--seed 1`';
  if (full === 'epochs' || full === 'num_epochs')
    return 'training is counted in steps: `steps`, each of `batch` images';
  const here = Object.hasOwn(FIELDS, full) ? FIELDS[full] : undefined;
  return here === undefined ? undefined : `here it is \`${here}\``;
}
