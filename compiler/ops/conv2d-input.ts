import { takesGradient } from './algebra.ts';
import {
  adjointAttributes,
  CONVOLUTION_COST,
  checkConvolved,
  checkRanks,
  convolutionWork,
  equalChannels,
} from './conv2d-shape.ts';
import { defineOp } from './define-op.ts';

export const conv2dInput = defineOp({
  name: 'conv2d_input',
  operands: ['gradient', 'w'],
  doc: 'The gradient of `conv2d` with respect to the image, which is `height` by `width`; also the transposed convolution.',
  formula: 'x̄[n, a, b, c] = Σ ȳ[n, u, v, o] · w[o, c, i, j] over s · u + i − p = a and s · v + j − p = b',
  attributes: adjointAttributes,
  shapeDoc:
    "from [N, H', W', O] and [O, I, h, w] to [N, height, width, I]; conv2d of that must have sides H' and W'; f32",
  shape(operands, { stride, padding, height, width }) {
    const fault = checkRanks('conv2d_input', operands, ['image', 'kernel']);
    if (fault) return fault;
    const [g, w] = operands.map((type) => type.shape) as [readonly number[], readonly number[]];
    return (
      equalChannels('the channels of the gradient and the kernel differ', g, 3, w, 0) ??
      checkConvolved(g.slice(1, 3), [height, width], w.slice(2), stride, padding) ?? {
        dtype: 'f32',
        shape: [g[0]!, height, width, w[1]!],
      }
    );
  },
  work: ([gradient, w]) => convolutionWork(gradient!.shape, w!.shape),
  costDoc: CONVOLUTION_COST,
  gradientDoc: 'of ȳ: conv2d(g, w); w̄ = conv2d_weight(g, ȳ), g being the gradient of the result',
  gradient({ build, operands: [y, w], gradient: g, attributes: { stride, padding } }) {
    const [, , height, width] = build.typeOf(w!).shape as [unknown, unknown, number, number];
    return [
      takesGradient(build, y!) ? build.op('conv2d', [g, w!], { stride, padding }) : undefined,
      takesGradient(build, w!) ? build.op('conv2d_weight', [g, y!], { stride, padding, height, width }) : undefined,
    ];
  },
});
