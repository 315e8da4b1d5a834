/** Ops over the last axis: softmax and the norms without weights. */
import { cast, type Lowering } from './lowering.ts';

const softmax: Lowering = ({ emit, operands }) => emit.node('Softmax', [cast(emit, operands[0]!, 'f32')], { axis: -1 });

/** LayerNormalization wants a scale: ones, one constant for each width. */
const layernorm: Lowering = ({ emit, operands, result, attributes }) => {
  const width = result.shape.at(-1)!;
  return emit.node('LayerNormalization', [cast(emit, operands[0]!, 'f32'), emit.filled(1, [width])], {
    axis: -1,
    epsilon: { float: attributes.eps as number },
  });
};

/** x / √(mean x² + ε) */
const rmsnorm: Lowering = ({ emit, operands, attributes }) => {
  const x = cast(emit, operands[0]!, 'f32');
  const mean = emit.node('ReduceMean', [emit.node('Mul', [x, x]), emit.ints([-1])], { keepdims: 1 });
  const root = emit.node('Sqrt', [emit.node('Add', [mean, emit.scalar(attributes.eps as number)])]);
  return emit.node('Div', [x, root]);
};

export const NORMALISATION = { softmax, layernorm, rmsnorm } as const satisfies Readonly<Record<string, Lowering>>;
