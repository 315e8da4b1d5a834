import { z } from 'zod';
import { takesGradient } from './algebra.ts';
import { CONVOLUTION_COST, checkRanks, convolutionWork, convolved, equalChannels, strides } from './conv2d-shape.ts';
import { defineOp } from './define-op.ts';
import { isMistake } from './op.ts';

export const conv2d = defineOp({
  name: 'conv2d',
  operands: ['x', 'w'],
  doc: 'Cross-correlation of images [N, H, W, I] with a kernel [O, I, h, w] in the layout of PyTorch; zeros around the image.',
  formula: 'y[n, u, v, o] = Σ x[n, s · u + i − p, s · v + j − p, c] · w[o, c, i, j], s = stride, p = padding',
  attributes: z.strictObject(strides),
  shapeDoc: "[N, H', W', O] with H' = (H + 2p − h) / s + 1 and W' likewise, which must come out; f32",
  shape(operands, { stride, padding }) {
    const fault = checkRanks('conv2d', operands, ['image', 'kernel']);
    if (fault) return fault;
    const [x, w] = operands.map((type) => type.shape) as [readonly number[], readonly number[]];
    const channels = equalChannels('the channels of the image and the kernel differ', x, 3, w, 1);
    if (channels) return channels;
    const sides = convolved(x.slice(1, 3), w.slice(2), stride, padding);
    return isMistake(sides) ? sides : { dtype: 'f32', shape: [x[0]!, ...sides, w[0]!] };
  },
  work: ([, w], result) => convolutionWork(result.shape, w!.shape),
  costDoc: CONVOLUTION_COST,
  gradientDoc: 'x̄ = conv2d_input(ȳ, w), w̄ = conv2d_weight(x, ȳ)',
  gradient({ build, operands: [x, w], gradient: g, attributes: { stride, padding } }) {
    const [image, kernel] = [build.typeOf(x!), build.typeOf(w!)];
    const [, height, width] = image.shape as [unknown, number, number];
    const [, , h, v] = kernel.shape as [unknown, unknown, number, number];
    return [
      takesGradient(build, x!) ? build.op('conv2d_input', [g, w!], { stride, padding, height, width }) : undefined,
      takesGradient(build, w!)
        ? build.op('conv2d_weight', [x!, g], { stride, padding, height: h, width: v })
        : undefined,
    ];
  },
});
