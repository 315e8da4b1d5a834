/** Cases of what sums over axes: softmax and the norms, products, convolutions, reductions. */
import { all, call, far, ints, N, N2, type OpCase, type OperandCase, plain, x } from './op-case.ts';

const ROWS = [
  plain(x(2, 3, 8)),
  plain(x(1, 1, 1)),
  plain(x(5)),
  plain(x(1)),
  plain(x(3, 1)),
  plain(x(N, 1, 4)),
  plain(x(1, 7, 13)),
  plain(x(2, 1, 2, 2, 1, 3)),
  plain(x(2, 2, 1, 2, 1, 2, 5)),
  plain(ints(2, 5)),
  plain(all(3, 2, 4)),
];
const NORM = [plain(far(3, 8)), plain(far(8, 1)), ...ROWS].map(({ operands }) => call({ eps: 1e-6 }, ...operands));

const einsum = (pattern: string, ...operands: OperandCase[]) => call({ pattern }, ...operands);

const conv = (stride: number, padding: number) => ({ stride, padding });

/** [samples, height, width, in, out, kernel height, kernel width, stride, padding] of one convolution */
const CONVOLUTIONS = [
  [2, 5, 7, 3, 4, 3, 3, 1, 1],
  [N, 5, 7, 3, 2, 3, 3, 2, 1],
  [N2, 6, 4, 3, 5, 2, 2, 2, 0],
  [2, 3, 5, 4, 6, 1, 1, 1, 0],
  [1, 3, 4, 1, 1, 5, 5, 1, 2],
  // steps longer than the kernel
  [N, 7, 4, 2, 3, 1, 1, 3, 0],
  [2, 8, 5, 2, 3, 2, 2, 3, 0],
  [2, 3, 3, 2, 3, 2, 2, 5, 2],
  // kernels that are even, flat, as large as the image, larger without its zeros
  [2, 4, 6, 2, 3, 4, 2, 2, 0],
  [2, 4, 7, 2, 3, 2, 5, 1, 1],
  [1, 8, 1, 3, 2, 2, 1, 1, 0],
  [2, 3, 4, 2, 1, 3, 4, 1, 0],
  [2, 1, 1, 2, 3, 3, 3, 5, 1],
  // more zeros than kernel; a kernel that tiles the image; channels in eights
  [2, 3, 3, 2, 3, 1, 1, 1, 2],
  [2, 6, 9, 2, 2, 3, 3, 3, 0],
  [1, 1, 1, 1, 1, 1, 1, 1, 0],
  [1, 8, 8, 8, 16, 3, 3, 1, 1],
] as const;

const sides = ([, H, W, , , h, w, stride, padding]: (typeof CONVOLUTIONS)[number]) =>
  [(H + 2 * padding - h) / stride + 1, (W + 2 * padding - w) / stride + 1] as const;

const REDUCED = [
  ['n t d -> n t', x(2, 3, 5)],
  ['n t d -> d', x(2, 3, 5)],
  ['n t d -> n d', x(2, 1, 5)],
  ['n t d -> t', x(2, 3, 5)],
  ['... ->', x(3, 4)],
  ['->', x()],
  ['a ->', x(1)],
  ['a b -> 1 1', x(2, 3)],
  ['a b -> a 1', x(2, 1)],
  ['n t -> n t', x(2, 3)],
  ['n (h p) c -> c n h', x(2, 6, 5), { p: 2 }],
  ['n a -> a', x(N, 2)],
  ['n ... -> n', x(N, 3, 2)],
  ['... ->', x(N, 1, 2)],
  ['(n k) d -> k d', x(N2, 3), { k: 2 }],
  ['a b c d e -> e c a', x(2, 3, 2, 2, 3)],
  ['a b c d e f g -> f b d', x(2, 2, 3, 2, 1, 2, 3)],
  ['a b -> b', ints(3, 4)],
  ['->', ints()],
  ['n a -> a', ints(N, 2)],
  ['n ->', all(2, N)],
] as const;

export const CONTRACTION = {
  softmax: [plain(far(4, 6)), plain(x(1, 1, 9, 33)), ...ROWS],
  layernorm: NORM,
  rmsnorm: NORM,
  einsum: [
    einsum('... i, o i -> ... o', x(2, 3, 5), x(4, 5)),
    einsum('... i, o i -> ... o', x(5), x(4, 5)),
    einsum('... i, o i -> ... o', x(1, 1, 1), x(1, 1)),
    einsum('... i, o i -> ... o', x(2, 3, 1), x(4, 1)),
    einsum('... i, o i -> ... o', x(N, 3, 5), x(4, 5)),
    einsum('... o, o i -> ... i', x(2, 3, 4), x(4, 5)),
    einsum('... o, ... i -> o i', x(N, 3, 4), x(N, 3, 5)),
    einsum('n h t k, n h s k -> n h t s', x(2, 3, 5, 4), x(2, 3, 7, 4)),
    einsum('n h t k, n h s k -> n h t s', x(1, 1, 5, 4), x(1, 1, 7, 4)),
    einsum('n h t k, n h s k -> n h t s', x(N, 2, 1, 1), x(N, 2, 3, 1)),
    einsum('n h t s, n h s v -> n h t v', x(2, 3, 5, 7), x(2, 3, 7, 4)),
    einsum('n h t s, n h t v -> n h s v', x(2, 3, 5, 7), x(2, 3, 5, 4)),
    einsum('n h t s, n h s v -> n t h v', x(2, 3, 5, 7), x(2, 3, 7, 4)),
    einsum('n h t k, n s h k -> n h t s', x(2, 5, 3, 4), x(2, 7, 5, 4)),
    einsum('n d, n d -> n', x(N, 5), x(N, 5)),
    einsum('n d, n d ->', x(3, 5), x(3, 5)),
    einsum('n t, n d -> n t d', x(N, 3), x(N, 5)),
    einsum('a, b -> b a', x(3), x(5)),
    einsum('a b, b c -> c a', x(3, 4), x(4, 5)),
    einsum('a b, c b -> a', x(3, 4), x(5, 4)),
    einsum('a b c, d -> a d', x(3, 4, 2), x(5)),
    einsum('n t d, n d -> n t', x(2, 3, 5), x(2, 5)),
    einsum('n t d, t d -> t n', x(N, 3, 5), x(3, 5)),
    // no axes; axes of the batch alone; axes of one operand alone
    einsum(', a -> a', x(), x(3)),
    einsum('a, -> a', x(1), x()),
    einsum(', ->', x(), x()),
    einsum(', a ->', x(), x(3)),
    einsum('a, b ->', x(3), x(2)),
    einsum('n a, n a -> n a', x(N, 3), x(N, 3)),
    einsum('n a, n a -> a n', x(N, 3), x(N, 3)),
    einsum('i, i ->', x(1), x(1)),
    einsum('n a b, n c d -> d n', x(N, 2, 3), x(N, 4, 5)),
    einsum('n, m -> m n', x(N), x(2)),
    // N in the middle, N contracted, 2N, many axes in another order
    einsum('t n k, k n s -> s t n', x(2, N, 4), x(4, N, 3)),
    einsum('n a, b n -> a b', x(N, 2), x(3, N)),
    einsum('n a b, n b c -> n c a', x(N2, 2, 3), x(N2, 3, 4)),
    einsum('... a, ... b -> a b ...', x(N, 2, 3), x(N, 2, 4)),
    einsum('a b c d, d c b e -> c e a', x(2, 3, 4, 2), x(2, 4, 3, 5)),
    einsum('a b c d e f, f b d -> e a c', x(2, 3, 1, 2, 2, 3), x(3, 3, 2)),
    einsum('a b c d e f g, g f a -> e c a d b', x(2, 2, 2, 1, 3, 2, 2), x(2, 2, 2)),
    einsum('a b, a b -> a', ints(2, 3), ints(2, 3)),
    einsum('a b, b -> a', ints(2, 3), x(3)),
    einsum('n a, a -> n', all(2, N, 4), x(4)),
    // long enough to be multiplied one after the other
    einsum('n i k, n k j -> n j i', x(3, 31, 20), x(3, 20, 33)),
  ],
  conv2d: [
    ...CONVOLUTIONS.map(([n, H, W, I, O, h, w, stride, padding]) =>
      call(conv(stride, padding), x(n, H, W, I), x(O, I, h, w)),
    ),
    call(conv(1, 0), ints(1, 3, 3, 1), x(1, 1, 2, 2)),
    call(conv(1, 1), x(1, 3, 3, 2), ints(2, 2, 3, 3)),
    call(conv(2, 0), ints(1, 4, 4, 1), ints(1, 1, 2, 2)),
    call(conv(1, 1), all(1, 1, 4, 4, 1), x(1, 1, 3, 3)),
  ],
  conv2d_input: [
    ...CONVOLUTIONS.map((each) => {
      const [n, height, width, I, O, h, w, stride, padding] = each;
      return call({ ...conv(stride, padding), height, width }, x(n, ...sides(each), O), x(O, I, h, w));
    }),
    call({ ...conv(1, 0), height: 3, width: 3 }, ints(1, 2, 2, 1), ints(1, 1, 2, 2)),
    call({ ...conv(2, 0), height: 4, width: 2 }, ints(1, 2, 1, 1), ints(1, 1, 2, 2)),
  ],
  conv2d_weight: [
    ...CONVOLUTIONS.map((each) => {
      const [n, H, W, I, O, height, width, stride, padding] = each;
      return call({ ...conv(stride, padding), height, width }, x(n, H, W, I), x(n, ...sides(each), O));
    }),
    call({ ...conv(1, 0), height: 2, width: 2 }, ints(1, 3, 3, 1), ints(1, 2, 2, 1)),
    call({ ...conv(2, 0), height: 2, width: 2 }, ints(1, 4, 2, 1), ints(1, 2, 1, 1)),
  ],
  reduce: ['sum', 'mean', 'max', 'min'].flatMap((op) =>
    REDUCED.map(([pattern, operand, sizes]) => call({ pattern, ...(sizes ? { sizes } : {}), op }, operand)),
  ),
} as const satisfies Readonly<Record<string, readonly OpCase[]>>;
