/** Sizes of the three convolutions: `conv2d` and its adjoints. Images are [N, H, W, C], kernels [O, I, h, w]. */
import { z } from 'zod';
import { type Dim, isBatch, type Shape, sameDim, showDim, showShape, type TensorType } from '../ir/type.ts';
import { count, size } from './attribute-schema.ts';
import { numericDtype } from './broadcast.ts';
import { isMistake, type Misfit, misfit, type Work } from './op.ts';

export const strides = { stride: size.default(1), padding: count.default(0) };
export const adjointAttributes = z.strictObject({ height: size, width: size, ...strides });

const IMAGE = '[N, H, W, C]';
const KERNEL = '[O, I, h, w]';

/** Ranks, and that nothing but the first axis of an image is the batch. */
export function checkRanks(
  op: string,
  operands: readonly TensorType[],
  kinds: readonly ('image' | 'kernel')[],
): Misfit | undefined {
  const dtype = numericDtype(op, operands);
  if (typeof dtype !== 'string') return dtype;
  for (const [i, kind] of kinds.entries()) {
    const { shape } = operands[i]!;
    const wanted = kind === 'image' ? IMAGE : KERNEL;
    if (shape.length !== 4)
      return misfit(`\`${op}\` needs \`${wanted}\`, but \`${showShape(shape)}\` has ${shape.length} axes`, i);
    const axis = shape.findIndex((dim, axis) => isBatch(dim) && (kind === 'kernel' || axis > 0));
    if (axis >= 0)
      return misfit(`axis ${axis} of \`${showShape(shape)}\` is the batch, where \`${op}\` needs \`${wanted}\``, i);
  }
  return undefined;
}

export function equalChannels(what: string, a: Shape, axisOfA: number, b: Shape, axisOfB: number): Misfit | undefined {
  const [one, two] = [a[axisOfA]!, b[axisOfB]!];
  if (sameDim(one, two)) return undefined;
  return misfit(
    `${what}: ${showDim(one)} in axis ${axisOfA} of \`${showShape(a)}\`, ${showDim(two)} in axis ${axisOfB} of \`${showShape(b)}\``,
    1,
  );
}

/** (side + 2 · padding − kernel) / stride + 1, which must come out */
function positions(side: number, kernel: number, stride: number, padding: number): number | undefined {
  const steps = (side + 2 * padding - kernel) / stride;
  return Number.isSafeInteger(steps) && steps >= 0 ? steps + 1 : undefined;
}

/** Height and width of the result of a convolution. */
export function convolved(
  image: readonly Dim[],
  kernel: readonly Dim[],
  stride: number,
  padding: number,
): readonly [number, number] | Misfit {
  const sides: number[] = [];
  for (const [i, name] of ['height', 'width'].entries()) {
    const [side, reach] = [image[i] as number, kernel[i] as number];
    const size = positions(side, reach, stride, padding);
    if (size === undefined) {
      const padded = side + 2 * padding;
      const why =
        padded < reach
          ? `a kernel of ${reach} is larger`
          : `a kernel of ${reach} in steps of ${stride} does not end at the edge`;
      const help = `(${name} + 2 · padding - kernel) / stride must be a whole number that is not negative`;
      return misfit(`${name} ${side} with padding ${padding} is ${padded}: ${why}`, 0, help);
    }
    sides.push(size);
  }
  return sides as unknown as readonly [number, number];
}

/** The image `gradient` has to have come from a convolution of `image` with `kernel`. */
export function checkConvolved(
  gradient: readonly Dim[],
  image: readonly Dim[],
  kernel: readonly Dim[],
  stride: number,
  padding: number,
): Misfit | undefined {
  const sides = convolved(image, kernel, stride, padding);
  if (isMistake(sides)) return { ...sides, at: 'height' };
  if (sides[0] === gradient[0] && sides[1] === gradient[1]) return undefined;
  const [given, wanted] = [gradient.map(showDim).join(' by '), sides.join(' by ')];
  return misfit(
    `the gradient is ${given}, but a convolution of ${image.map(showDim).join(' by ')} with a kernel of ${kernel.map(showDim).join(' by ')} is ${wanted}`,
    'height',
  );
}

/** One MAC for each sample, place of the result, and element of the kernel; all three do the same work. */
export function convolutionWork(result: readonly number[], kernel: readonly number[]): Work {
  const [samples, height, width] = result as readonly [number, number, number];
  const macs = samples * height * width * kernel.reduce((product, dim) => product * dim, 1);
  return { macs, flops: 2 * macs };
}

export const CONVOLUTION_COST =
  "2 a MAC; the MACs are N · H' · W' · O · I · h · w, with H' and W' the sides of the result of `conv2d`";
