/** conv2d on x [N, H, W, I] and w [O, I, h, w] with stride s and padding p, and its two adjoints. */
import type { Attributes } from '../../../ir/graph.ts';
import { count, emptyData, type Kernel, numberOf } from './kernel.ts';

/**
 * Visits every product of a convolution, y[n, oy, ox, o] += x[n, oy s + ky − p, ox s + kx − p, i] w[o, i, ky, kx],
 * with the offsets of its three elements.
 */
function forEachProduct(
  [n, height, width, channels]: readonly number[],
  [out, , kernelHeight, kernelWidth]: readonly number[],
  [, outHeight, outWidth]: readonly number[],
  attributes: Attributes,
  visit: (x: number, w: number, y: number) => void,
): void {
  const stride = numberOf(attributes, 'stride');
  const padding = numberOf(attributes, 'padding');
  for (let b = 0; b < n!; b++)
    for (let oy = 0; oy < outHeight!; oy++)
      for (let ox = 0; ox < outWidth!; ox++)
        for (let ky = 0; ky < kernelHeight!; ky++)
          for (let kx = 0; kx < kernelWidth!; kx++) {
            const y = oy * stride + ky - padding;
            const x = ox * stride + kx - padding;
            if (y < 0 || y >= height! || x < 0 || x >= width!) continue;
            const xAt = ((b * height! + y) * width! + x) * channels!;
            const yAt = ((b * outHeight! + oy) * outWidth! + ox) * out!;
            for (let o = 0; o < out!; o++)
              for (let i = 0; i < channels!; i++) {
                const wAt = ((o * channels! + i) * kernelHeight! + ky) * kernelWidth! + kx;
                visit(xAt + i, wAt, yAt + o);
              }
          }
}

export const conv2d: Kernel = ({ operands: [x, w], result, attributes }) => {
  const y = emptyData(result.dtype, count(result.shape));
  forEachProduct(x!.shape, w!.shape, result.shape, attributes, (i, j, at) => {
    y[at]! += x!.data[i]! * w!.data[j]!;
  });
  return y;
};

/** The gradient of x: operands are the gradient of y, and w */
export const conv2dInput: Kernel = ({ operands: [dy, w], result, attributes }) => {
  const dx = emptyData(result.dtype, count(result.shape));
  forEachProduct(result.shape, w!.shape, dy!.shape, attributes, (i, j, at) => {
    dx[i]! += dy!.data[at]! * w!.data[j]!;
  });
  return dx;
};

/** The gradient of w: operands are x, and the gradient of y */
export const conv2dWeight: Kernel = ({ operands: [x, dy], result, attributes }) => {
  const dw = emptyData(result.dtype, count(result.shape));
  forEachProduct(x!.shape, result.shape, dy!.shape, attributes, (i, j, at) => {
    dw[j]! += dy!.data[at]! * x!.data[i]!;
  });
  return dw;
};
