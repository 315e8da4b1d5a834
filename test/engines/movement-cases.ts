/** Cases of what moves elements. */
import type { Dim } from '../../compiler/ir/type.ts';
import { all, bools, call, few, index, ints, N, N2, type OpCase, type OperandCase, plain, x } from './op-case.ts';

const KINDS = [x, ints, bools];
const NUMBERS = [x, ints];

const moved = (pattern: string, operand: OperandCase, sizes?: Readonly<Record<string, Dim>>) =>
  call({ pattern, ...(sizes ? { sizes } : {}) }, operand);
const gather = (axis: number, batch: number, ...operands: OperandCase[]) => call({ axis, batch }, ...operands);
const scatter = (axis: number, batch: number, rows: number, ...operands: OperandCase[]) =>
  call({ axis, batch, rows }, ...operands);

export const MOVEMENT = {
  rearrange: [
    moved('n (h p) (w q) c -> n (h w) (p q c)', x(N, 4, 6, 3), { p: 2, q: 3 }),
    moved('n t (3 h k) -> 3 n h t k', x(N, 5, 24), { h: 2 }),
    moved('n h t v -> n t (h v)', x(1, 3, 1, 5)),
    moved('1 a 1 -> a', x(1, 3, 1)),
    moved('... -> ...', x(2, 3)),
    moved('a b -> b a', all(2, 2, 3)),
    ...KINDS.flatMap((kind) => [
      moved('a b -> b a', kind(3, 4)),
      moved('a b -> b 1 a', kind(3, 4)),
      moved('a b c -> c a b', kind(2, 1, 3)),
      moved('... d -> d ...', kind(2, 3, 5)),
      moved('-> 1 1', kind()),
      moved('1 ->', kind(1)),
      moved('(a b) c -> b c a', kind(4, 3), { a: 1 }),
      moved('(a b) c -> b c a', kind(4, 3), { a: 4 }),
      moved('(n a) b -> a b n', kind(N2, 3), { a: 2 }),
      moved('(n a) b -> n (b a)', kind(N2, 3), { n: N }),
      moved('a b c d e f -> b d f a c e', kind(2, 1, 2, 3, 2, 2)),
      moved('a b c d e -> e d c b a', kind(2, 3, 2, 3, 2)),
    ]),
  ],
  repeat: [
    moved('t k -> t (k 2)', x(3, 4)),
    moved('h -> (h w)', ints(3), { w: 4 }),
    moved('w -> (h w)', ints(3), { h: 4 }),
    moved('r d -> n r d', x(2, 3), { n: 5 }),
    moved('a -> a b', all(2, 2), { b: 2 }),
    ...KINDS.flatMap((kind) => [
      moved('a b -> b c a', kind(3, 4), { c: 2 }),
      moved('n -> n d', kind(3), { d: 2 }),
      moved('-> a', kind(), { a: 3 }),
      moved('->', kind()),
      moved('a -> (a b)', kind(3), { b: 1 }),
      moved('n -> (n f)', kind(N), { f: 2 }),
      moved('1 a -> n a', kind(1, 3), { n: N2 }),
      moved('-> n 1', kind(), { n: N }),
      moved('a b c d -> e a f b g c d', kind(2, 1, 2, 2), { e: 2, f: 2, g: 2 }),
    ]),
  ],
  concat: [
    call({ axis: 1 }, x(2, N), ints(2, N)),
    call({ axis: 0 }, all(1, 2), x(1)),
    call({ axis: 0 }, all(1, 2)),
    ...KINDS.flatMap((kind) => [
      call({ axis: 1 }, kind(2, 3, 4), kind(2, 1, 4), kind(2, 2, 4)),
      call({ axis: 0 }, kind(3)),
      call({ axis: 2 }, kind(1, 1, 2), kind(1, 1, 3)),
      call({ axis: 0 }, ...Array.from({ length: 9 }, () => kind(1, 2))),
      call({ axis: 0 }, kind(N, 2), kind(N, 2), kind(N2, 2)),
      call({ axis: 1 }, kind(N, 2), kind(N, 1)),
      call({ axis: 5 }, kind(2, 1, 2, 2, 1, 1, 3), kind(2, 1, 2, 2, 1, 2, 3)),
    ]),
  ],
  slice: [
    call({ axis: 0, start: 0, end: 1 }, all(1, 2)),
    ...KINDS.flatMap((kind) => [
      call({ axis: 1, start: 1, end: 4 }, kind(2, 5, 3)),
      call({ axis: 0, start: 0, end: 1 }, kind(2, 5)),
      call({ axis: 2, start: 6, end: 7 }, kind(1, 1, 7)),
      call({ axis: 0, start: 1, end: 3 }, kind(3)),
      call({ axis: 0, start: 0, end: 1 }, kind(1)),
      call({ axis: 1, start: 0, end: 3 }, kind(2, 3)),
      call({ axis: 1, start: 3, end: 4 }, kind(N, 4, 3)),
      call({ axis: 5, start: 1, end: 3 }, kind(2, 1, 2, 2, 1, 3, 2)),
    ]),
  ],
  pad: [
    call({ axis: 0, before: 1, after: 1 }, all(1, 2)),
    ...NUMBERS.flatMap((kind) => [
      call({ axis: 1, before: 1, after: 4 }, kind(2, 5, 3)),
      call({ axis: 0, before: 0, after: 2 }, kind(1, 5)),
      call({ axis: 2, before: 3, after: 0 }, kind(1, 1, 1)),
      call({ axis: 0, before: 0, after: 0 }, kind(3)),
      call({ axis: 1, before: 2, after: 0 }, kind(N, 1, 2)),
      call({ axis: 3, before: 1, after: 2 }, kind(2, 1, 2, 2, 2)),
      call({ axis: 5, before: 1, after: 2 }, kind(2, 1, 2, 2, 1, 1, 3)),
    ]),
  ],
  gather: [
    gather(0, 0, x(5, 3), index(5, 2, 3)),
    gather(0, 0, x(1, 3), index(1, 1)),
    gather(1, 0, x(2, 5, 3), index(5, 4)),
    gather(1, 1, x(2, 5, 3), index(5, 2, 2, 2)),
    gather(2, 1, x(2, 3, 5), index(5, 2, 4)),
    ...KINDS.flatMap((kind) => [
      gather(0, 0, kind(5, 3), index(5, 4)),
      gather(0, 0, kind(5), index(5)),
      gather(0, 0, kind(2, 3), index(2, 9)),
      gather(0, 0, kind(6, 3), index(6, N)),
      gather(1, 0, kind(3, 1), index(1, 2)),
      gather(1, 1, kind(2, 5, 3), index(5, 2)),
      gather(1, 1, kind(N, 4, 2), index(4, N, 3)),
      gather(2, 2, kind(2, N, 3, 2), index(3, 2, N, 2)),
      gather(2, 1, kind(2, 1, 1, 3), index(1, 2, 4)),
      gather(3, 1, kind(2, 1, 2, 3, 1, 2), index(3, 2, 2)),
    ]),
  ],
  scatter: [
    scatter(0, 0, 5, x(2, 3, 3), index(5, 2, 3)),
    scatter(1, 0, 5, x(2, 4, 3), index(5, 4)),
    scatter(1, 1, 5, x(2, 2, 2, 3), index(5, 2, 2, 2)),
    scatter(2, 2, 5, x(2, 3, 4), index(5, 2, 3, 4)),
    // so many rows and slices that they are added one by one
    scatter(0, 0, 2600, x(1700, 1), index(2600, 1700)),
    scatter(0, 0, 2600, x(1700), index(3, 1700)),
    ...NUMBERS.flatMap((kind) => [
      scatter(0, 0, 5, kind(4, 3), index(5, 4)),
      scatter(0, 0, 1, kind(4, 3), index(1, 4)),
      scatter(0, 0, 5, kind(3), index(5)),
      scatter(0, 0, 3, kind(9), index(2, 9)),
      scatter(0, 0, 2, kind(), index(2)),
      scatter(0, 0, 4, kind(N, 3), index(4, N)),
      scatter(1, 1, 5, kind(2, 4, 3), index(5, 2, 4)),
      scatter(1, 1, 2, kind(N, 2, 3), index(2, N, 2)),
      scatter(1, 1, 4, kind(N), index(4, N)),
      scatter(2, 1, 5, kind(2, 3, 4), index(5, 2, 4)),
      scatter(2, 2, 3, kind(2, N, 2, 2), index(3, 2, N, 2)),
    ]),
  ],
  argsort: [
    plain(x(2, 7)),
    plain(few(3, 9)),
    plain(x(1)),
    plain(x(N, 1)),
    plain(few(2, N)),
    plain(ints(2, 5)),
    plain(few(1, 1, 33)),
    plain(few(2, 1000)),
    plain(few(2, 1, 2, 1, 1, 2, 5)),
    plain(all(3, 2, 7)),
  ],
  arange: [call({ size: 5 }), call({ size: 1 }), call({ size: 1000 })],
} as const satisfies Readonly<Record<string, readonly OpCase[]>>;
