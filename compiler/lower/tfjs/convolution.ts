/**
 * Convolutions. Images are [N, H, W, C] here and in tfjs; kernels are [O, I, h, w] here and [h, w, I, O] there. A kernel
 * that steps by its own size without padding is a product of patches.
 */
import type { Scope, Tensor } from './kernels.ts';
import { type Lowered, type Lowering, numberOf, permute, product, read, reshape } from './lowering.ts';

const TO_TFJS = [2, 3, 1, 0];

interface Patches {
  /** [N, H / h, h, W / w, w, C] */
  readonly split: readonly number[];
  /** [N H/h W/w, C h w] */
  readonly rows: readonly number[];
}

/** How the image comes apart into patches as flat as a kernel; none where the kernel does not tile it. */
function patches(image: readonly number[], kernel: readonly number[], node: Lowered): Patches | undefined {
  const [n, height, width, channels] = image as [number, number, number, number];
  const [h, w] = kernel.slice(2) as [number, number];
  const [stride, padding] = [numberOf(node, 'stride'), numberOf(node, 'padding')];
  if (padding !== 0 || stride !== h || stride !== w || height % h !== 0 || width % w !== 0) return undefined;
  const split = [n, height / h, h, width / w, w, channels];
  return { split, rows: [n * (height / h) * (width / w), channels * h * w] };
}

/** [N, H, W, C] → [N H/h W/w, C h w] */
const toRows = (scope: Scope, image: Tensor, { split, rows }: Patches): Tensor =>
  reshape(scope, permute(scope, reshape(scope, image, split), [0, 1, 3, 5, 2, 4]), rows);

/** [N H/h W/w, C h w] → [N, H, W, C] */
function fromRows(scope: Scope, x: Tensor, { split }: Patches, image: readonly number[]): Tensor {
  const [n, down, h, across, w, c] = split as [number, number, number, number, number, number];
  const cut = reshape(scope, x, [n, down, across, c, h, w]);
  return reshape(scope, permute(scope, cut, [0, 1, 4, 2, 5, 3]), image);
}

/** a · b of matrices; one that lies transposed is turned first, since not every backend is quick at it. */
function multiply(scope: Scope, node: Lowered, a: Tensor, b: Tensor, turnA: boolean, turnB: boolean): Tensor {
  const { transposes } = node.backend;
  const turned = (x: Tensor, turn: boolean) => (turn && !transposes ? permute(scope, x, [1, 0]) : x);
  return scope.run(
    'BatchMatMul',
    { a: turned(a, turnA), b: turned(b, turnB) },
    { transposeA: turnA && transposes, transposeB: turnB && transposes },
  );
}

/** Not every backend knows a padding by its number, and none together with a dilation: zeros are put around before. */
const settings = (node: Lowered) => {
  const stride = numberOf(node, 'stride');
  return { strides: [stride, stride], pad: 'valid', dataFormat: 'NHWC', dilations: [1, 1], dimRoundingMode: 'floor' };
};

/** Zeros around the axes 1 and 2 */
function padded(scope: Scope, x: Tensor, padding: number): Tensor {
  if (padding === 0) return x;
  const paddings = [0, padding, padding, 0].map((size) => [size, size]);
  return scope.run('PadV2', { x }, { paddings, constantValue: 0 });
}

const flatKernel = (shape: readonly number[]): readonly number[] => [shape[0]!, product(shape.slice(1))];

const conv2d: Lowering = (node) => {
  const [x, kernel] = [read(node, 0, 'f32'), read(node, 1, 'f32')];
  const [image, shape] = [node.operands[0]!.type.shape, node.operands[1]!.type.shape];
  const tiles = patches(image, shape, node);
  if (tiles) {
    return (scope) => {
      const flat = reshape(scope, kernel(scope), flatKernel(shape));
      const rows = multiply(scope, node, toRows(scope, x(scope), tiles), flat, false, true);
      return reshape(scope, rows, node.result.shape);
    };
  }
  const attributes = settings(node);
  const padding = numberOf(node, 'padding');
  return (scope) => {
    const sides = { x: padded(scope, x(scope), padding), filter: permute(scope, kernel(scope), TO_TFJS) };
    return scope.run('Conv2D', sides, attributes);
  };
};

/** The adjoint in the image */
const conv2dInput: Lowering = (node) => {
  const [gradient, kernel] = [read(node, 0, 'f32'), read(node, 1, 'f32')];
  const { shape } = node.operands[1]!.type;
  const tiles = patches(node.result.shape, shape, node);
  if (tiles) {
    return (scope) => {
      const rows = reshape(scope, gradient(scope), [tiles.rows[0]!, shape[0]!]);
      const made = multiply(scope, node, rows, reshape(scope, kernel(scope), flatKernel(shape)), false, false);
      return fromRows(scope, made, tiles, node.result.shape);
    };
  }
  const padding = numberOf(node, 'padding');
  const size = node.result.shape;
  const inputShape = size.map((side, axis) => (axis === 1 || axis === 2 ? side + 2 * padding : side));
  const attributes = { ...settings(node), inputShape };
  return (scope) => {
    const sides = { dy: gradient(scope), filter: permute(scope, kernel(scope), TO_TFJS) };
    const whole = scope.run('Conv2DBackpropInput', sides, attributes);
    return padding === 0 ? whole : scope.run('Slice', { x: whole }, { begin: [0, padding, padding, 0], size });
  };
};

/**
 * The adjoint in the kernel: a convolution of the image with the gradient in which batch and channels change places and
 * the stride is the dilation. Rows that the stride left over make it larger than the kernel.
 */
const conv2dWeight: Lowering = (node) => {
  const [x, gradient] = [read(node, 0, 'f32'), read(node, 1, 'f32')];
  const [out, channels, h, w] = node.result.shape as [number, number, number, number];
  const tiles = patches(node.operands[0]!.type.shape, node.result.shape, node);
  if (tiles) {
    return (scope) => {
      const rows = reshape(scope, gradient(scope), [tiles.rows[0]!, out]);
      const made = multiply(scope, node, rows, toRows(scope, x(scope), tiles), true, false);
      return reshape(scope, made, node.result.shape);
    };
  }
  const [stride, padding] = [numberOf(node, 'stride'), numberOf(node, 'padding')];
  const attributes = { ...settings(node), strides: [1, 1], dilations: [stride, stride] };
  return (scope) => {
    const image = padded(scope, permute(scope, x(scope), [3, 1, 2, 0]), padding);
    const filter = permute(scope, gradient(scope), [1, 2, 0, 3]);
    const made = scope.run('Conv2D', { x: image, filter }, attributes);
    const cut =
      made.shape[1] === h && made.shape[2] === w
        ? made
        : scope.run('Slice', { x: made }, { begin: [0, 0, 0, 0], size: [channels, h, w, out] });
    return permute(scope, cut, [3, 0, 1, 2]);
  };
};

export const CONVOLUTION = {
  conv2d,
  conv2d_input: conv2dInput,
  conv2d_weight: conv2dWeight,
} as const satisfies Readonly<Record<string, Lowering>>;
