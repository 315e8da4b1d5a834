/**
 * Attention as one node of ONNX Runtime, MultiHeadAttention, which never holds all scores. It wants queries, keys and
 * values as [N, T, h d], as linear maps make them. Where they come otherwise (normed, rotated) they are turned first, which
 * costs what it saves with few tokens; with `LONG` and more a fifth of the time is saved, and all the scores. Recognised is what `attention` of the standard library becomes:
 *
 *     rearrange(einsum(softmax(einsum(q, k) / √d), v), "n h t d -> n t (h d)")
 */
import type { Value } from '../../ir/graph.ts';
import { einsumAxes } from '../../ops/einsum-pattern.ts';
import { isMistake } from '../../ops/op.ts';
import { type Axis, resolvePattern, type Sizes } from '../../ops/pattern-sizes.ts';
import type { BoundOp } from '../bind-batch.ts';
import type { Emitter, Name } from './emitter.ts';
import type { Operand } from './lowering.ts';
import { onlyAt, opAt, type Recogniser, type View } from './recognise.ts';

/** Axes by the place where each is first met: what a pattern does, whatever its names. */
const numbered = (order: readonly string[]) => {
  const places = [...new Set(order)];
  return (key: string): string => String(places.indexOf(key));
};

/** `n h t d -> n t (h d)` is `0 1 2 3 -> 0 2 (1 3)`. */
function formOfRearrange(view: View, { operands, attributes }: BoundOp): string {
  const sizes = (attributes.sizes ?? {}) as Sizes;
  const found = resolvePattern('rearrange', attributes.pattern as string, sizes, view.type(operands[0]!).shape);
  if (isMistake(found)) return '';
  const number = numbered(found.left.flat().map(({ key }) => key));
  const show = (group: readonly Axis[]): string => group.map(({ key }) => number(key)).join(' ');
  const side = (groups: readonly (readonly Axis[])[]): string =>
    groups.map((group) => (group.length === 1 ? show(group) : `(${show(group)})`)).join(' ');
  return `${side(found.left)} -> ${side(found.right)}`;
}

/** `n h t d, n h s d -> n h t s` is `0 1 2 3, 0 1 4 3 -> 0 1 2 4`. */
function formOfEinsum(view: View, { operands, attributes }: BoundOp): string {
  const [a, b] = operands.map((value) => view.type(value).shape);
  const found = einsumAxes(attributes.pattern as string, a!, b!);
  if (isMistake(found)) return '';
  const number = numbered(found.operands.flat());
  return `${found.operands.map((axes) => axes.map(number).join(' ')).join(', ')} -> ${found.result.map(number).join(' ')}`;
}

const numberAt = (view: View, value: Value): number | undefined => {
  const node = view.definition(value);
  return node?.kind === 'const' && typeof node.value === 'number' ? node.value : undefined;
};

/** Keys from which on turning pays: 7 % slower with 256 of them, 20 % faster with 1024. */
const LONG = 1024;

/** Where [N, h, T, d] comes from as [N, T, …], and which columns of it; or itself, to be turned. */
interface Heads {
  readonly source: Value;
  /** of h d columns, the first; none where the source has no others */
  readonly part?: number;
  readonly turned?: true;
}

function headsOf(view: View, value: Value): Heads | undefined {
  const outer = opAt(view, value, 'rearrange');
  if (outer === undefined) return undefined;
  const form = formOfRearrange(view, outer);
  // n t (h d) -> n h t d
  if (form === '0 1 (2 3) -> 0 2 1 3') return { source: outer.operands[0]! };
  // 1 n h t d -> n h t d, of one part of n t (3 h d) -> 3 n h t d
  if (form !== '0 1 2 3 4 -> 1 2 3 4') return undefined;
  const slice = opAt(view, outer.operands[0]!, 'slice');
  const inner = slice && opAt(view, slice.operands[0]!, 'rearrange');
  if (slice === undefined || inner === undefined || formOfRearrange(view, inner) !== '0 1 (2 3 4) -> 2 0 3 1 4')
    return undefined;
  return slice.attributes.axis === 0
    ? { source: inner.operands[0]!, part: slice.attributes.start as number }
    : undefined;
}

/** Scores before the softmax: the product, and what it is multiplied with. */
function scoresOf(view: View, value: Value): { product: BoundOp; scale: number } | undefined {
  for (const op of ['div', 'mul']) {
    const scaled = onlyAt(view, value, op);
    const number = scaled && numberAt(view, scaled.operands[1]!);
    const product = scaled && onlyAt(view, scaled.operands[0]!, 'einsum');
    if (number !== undefined && product) return { product, scale: op === 'div' ? 1 / number : number };
  }
  const product = onlyAt(view, value, 'einsum');
  return product && { product, scale: 1 };
}

/** One of q, k, v as [N, T, h d]. */
function columns(emit: Emitter, { name }: Operand, { part, turned }: Heads, shape: readonly number[]): Name {
  const [n, h, t, d] = shape as [number, number, number, number];
  const width = h * d;
  if (turned)
    return emit.node('Reshape', [emit.node('Transpose', [name], { perm: [0, 2, 1, 3] }), emit.ints([n, t, width])]);
  if (part === undefined) return name;
  const bounds = [[part * width], [(part + 1) * width], [2]];
  return emit.node('Slice', [name, ...bounds.map(emit.ints)]);
}

export const attention: Recogniser = (view, node) => {
  if (node.op !== 'rearrange' || formOfRearrange(view, node) !== '0 1 2 3 -> 0 2 (1 3)') return undefined;
  const mixed = onlyAt(view, node.operands[0]!, 'einsum');
  if (mixed === undefined || formOfEinsum(view, mixed) !== '0 1 2 3, 0 1 3 4 -> 0 1 2 4') return undefined;
  const softmax = onlyAt(view, mixed.operands[0]!, 'softmax');
  const scores = softmax && scoresOf(view, softmax.operands[0]!);
  if (scores === undefined || formOfEinsum(view, scores.product) !== '0 1 2 3, 0 1 4 3 -> 0 1 2 4') return undefined;

  const values = [...scores.product.operands, mixed.operands[1]!];
  const memory = view.type(values[1]!).shape[2]!;
  const heads = values.map((value): Heads | undefined => {
    return headsOf(view, value) ?? (memory < LONG ? undefined : { source: value, turned: true });
  });
  if (heads.some((each) => each === undefined)) return undefined;
  const sources = heads as Heads[];
  const [, count] = view.type(values[0]!).shape;
  return {
    operands: sources.map(({ source }) => source),
    lower(emit, operands) {
      const inputs = sources.map((each, at) => columns(emit, operands[at]!, each, view.type(values[at]!).shape));
      const attributes = { num_heads: count!, scale: { float: scores.scale } };
      return emit.node('MultiHeadAttention', inputs, attributes, 'com.microsoft');
    },
  };
};
