/** The files that are written beside every model as they are, and what they offer. */
export interface SupportFile {
  readonly file: string;
  readonly names: readonly string[];
  readonly types: readonly string[];
}

export const SUPPORT: readonly SupportFile[] = [
  {
    file: 'ops.ts',
    names: [
      'contract',
      'silu',
      'gelu',
      'geluTanh',
      'rmsnorm',
      'layernorm',
      'transpose',
      'slice',
      'pad',
      'expand',
      'where',
      'gather',
      'scatter',
      'argsort',
      'conv2d',
      'conv2dInput',
      'conv2dWeight',
      'decode',
    ],
    types: [],
  },
  { file: 'weights.ts', names: ['within', 'weightsIn'], types: ['Weights'] },
  { file: 'differentiable.ts', names: ['differentiable'], types: ['Block'] },
  { file: 'inputs.ts', names: ['accept'], types: ['InputFacts'] },
  {
    file: 'initial-values.ts',
    names: ['trained', 'frozen', 'filled', 'normal', 'uniform', 'xavierUniform', 'initialValues'],
    types: ['WeightFacts'],
  },
  { file: 'safetensors.ts', names: ['readSafetensors'], types: [] },
  { file: 'block-layer.ts', names: ['CompiledLayer', 'register', 'apply', 'applyAll'], types: ['BlockConfig'] },
];
