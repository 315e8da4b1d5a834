/**
 * Convolutions. Images are [N, H, W, C] here and [N, C, H, W] in ONNX; kernels are [O, I, h, w] in both. A kernel that
 * steps by its own size without padding is a product of patches, which spares the transpositions.
 */
import type { Emitter, Name } from './emitter.ts';
import { cast, type Lowered, type Lowering, numberOf, type Operand, permute, product, reshape } from './lowering.ts';

const TO_ONNX = [0, 3, 1, 2];
const FROM_ONNX = [0, 2, 3, 1];

const transpose = (emit: Emitter, name: Name, perm: readonly number[]): Name =>
  emit.node('Transpose', [name], { perm });

const pads = (padding: number): number[] => [padding, padding, padding, padding];

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
function toRows(emit: Emitter, image: Operand, { split, rows }: Patches): Name {
  const cut = permute(emit, reshape(emit, image.name, image.type.shape, split), split, [0, 1, 3, 5, 2, 4]);
  const [n, down, h, across, w, c] = split as [number, number, number, number, number, number];
  return reshape(emit, cut, [n, down, across, c, h, w], rows);
}

/** [N H/h W/w, C h w] → [N, H, W, C] */
function fromRows(emit: Emitter, name: Name, { split, rows }: Patches, image: readonly number[]): Name {
  const [n, down, h, across, w, c] = split as [number, number, number, number, number, number];
  const cut = reshape(emit, name, rows, [n, down, across, c, h, w]);
  return reshape(emit, permute(emit, cut, [n, down, across, c, h, w], [0, 1, 4, 2, 5, 3]), split, image);
}

const conv2d: Lowering = (node) => {
  const { emit, operands, result } = node;
  const [x, kernel] = operands as [Operand, Operand];
  const [stride, padding] = [numberOf(node, 'stride'), numberOf(node, 'padding')];
  const tiles = patches(x.type.shape, kernel.type.shape, node);
  if (tiles) {
    const [out, size] = [kernel.type.shape[0]!, product(kernel.type.shape.slice(1))];
    const flat = reshape(emit, kernel.name, kernel.type.shape, [out, size]);
    const rows = emit.node('Gemm', [toRows(emit, x, tiles), flat], { transB: 1 });
    return reshape(emit, rows, [tiles.rows[0]!, out], result.shape);
  }
  const image = transpose(emit, x.name, TO_ONNX);
  const made = emit.node('Conv', [image, kernel.name], { strides: [stride, stride], pads: pads(padding) });
  return transpose(emit, made, FROM_ONNX);
};

/** The adjoint in the image: ConvTranspose, whose kernel is [its input, its output, h, w], which is [O, I, h, w] */
const conv2dInput: Lowering = (node) => {
  const { emit, operands, result } = node;
  const [gradient, kernel] = operands as [Operand, Operand];
  const [stride, padding] = [numberOf(node, 'stride'), numberOf(node, 'padding')];
  const tiles = patches(result.shape, kernel.type.shape, node);
  if (tiles) {
    const [out, size] = [kernel.type.shape[0]!, product(kernel.type.shape.slice(1))];
    const flat = reshape(emit, kernel.name, kernel.type.shape, [out, size]);
    const rows = reshape(emit, gradient.name, gradient.type.shape, [tiles.rows[0]!, out]);
    return fromRows(emit, emit.node('MatMul', [rows, flat]), tiles, result.shape);
  }
  const rest = [1, 2].map((axis) => {
    const reached = (gradient.type.shape[axis]! - 1) * stride - 2 * padding + kernel.type.shape[axis + 1]!;
    return result.shape[axis]! - reached;
  });
  const made = emit.node('ConvTranspose', [transpose(emit, gradient.name, TO_ONNX), kernel.name], {
    strides: [stride, stride],
    pads: pads(padding),
    output_padding: rest,
  });
  return transpose(emit, made, FROM_ONNX);
};

/**
 * The adjoint in the kernel: a convolution of the image with the gradient in which batch and channels change places and
 * the stride is the dilation. Rows that the stride left over make it larger than the kernel.
 */
const conv2dWeight: Lowering = (node) => {
  const { emit, operands, result } = node;
  const [x, gradient] = operands as [Operand, Operand];
  const [stride, padding] = [numberOf(node, 'stride'), numberOf(node, 'padding')];
  const tiles = patches(x.type.shape, result.shape, node);
  if (tiles) {
    const rows = reshape(emit, gradient.name, gradient.type.shape, [tiles.rows[0]!, result.shape[0]!]);
    const sums = emit.node('Gemm', [rows, toRows(emit, x, tiles)], { transA: 1 });
    return reshape(emit, sums, [result.shape[0]!, product(result.shape.slice(1))], result.shape);
  }
  const made = emit.node(
    'Conv',
    [transpose(emit, x.name, [3, 0, 1, 2]), transpose(emit, gradient.name, [3, 0, 1, 2])],
    {
      dilations: [stride, stride],
      pads: pads(padding),
    },
  );
  const full = [1, 2].map((axis) => x.type.shape[axis]! + 2 * padding - (gradient.type.shape[axis]! - 1) * stride);
  const exact = full.every((size, at) => size === result.shape[at + 2]);
  const cut = exact
    ? made
    : emit.node('Slice', [made, emit.ints([0, 0]), emit.ints(result.shape.slice(2)), emit.ints([2, 3])]);
  return transpose(emit, cut, [1, 0, 2, 3]);
};

/** Of ints, too: ONNX convolves floats. */
const ofFloats =
  (lowering: Lowering): Lowering =>
  (node) => {
    const operands = node.operands.map((operand): Operand => {
      const { shape, dtype } = operand.type;
      return dtype === 'f32' ? operand : { name: cast(node.emit, operand, 'f32'), type: { dtype: 'f32', shape } };
    });
    return lowering({ ...node, operands });
  };

export const CONVOLUTION = {
  conv2d: ofFloats(conv2d),
  conv2d_input: ofFloats(conv2dInput),
  conv2d_weight: ofFloats(conv2dWeight),
} as const satisfies Readonly<Record<string, Lowering>>;
