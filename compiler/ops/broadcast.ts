/**
 * Broadcasting: operands have equal ranks, and equal dims or 1 on each axis; scalars `[]` go with everything. Its
 * adjoint sums a gradient back to the shape of the operand.
 */
import type { Builder } from '../ir/builder.ts';
import type { Value } from '../ir/graph.ts';
import {
  type Dim,
  type Dtype,
  type Shape,
  sameDim,
  sameShape,
  showDim,
  showShape,
  type TensorType,
} from '../ir/type.ts';
import { takesGradient } from './algebra.ts';
import { isMistake, type Misfit, misfit } from './op.ts';

/** `y[:, _, :]`: how the axes of `small` lie among those of `large`, from the left; undefined where they do not. */
function placement(small: Shape, large: Shape): string | undefined {
  const items: string[] = [];
  let next = 0;
  for (const [axis, dim] of large.entries()) {
    const spare = large.length - axis > small.length - next;
    if (next < small.length && (sameDim(small[next]!, dim) || small[next] === 1 || !spare)) {
      if (!sameDim(small[next]!, dim) && small[next] !== 1) return undefined;
      items.push(':');
      next += 1;
    } else items.push('_');
  }
  return `[${items.join(', ')}]`;
}

function ranksDiffer(a: Shape, b: Shape): Misfit {
  const at = a.length < b.length ? 0 : 1;
  const [small, large] = at === 0 ? [a, b] : [b, a];
  const items = placement(small, large);
  const help = items && `give \`${showShape(small)}\` axes of size 1: \`${items}\``;
  return misfit(`\`${showShape(a)}\` and \`${showShape(b)}\` do not broadcast: ranks differ`, at, help);
}

function pair(a: Shape, b: Shape): Shape | Misfit {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  if (a.length !== b.length) return ranksDiffer(a, b);
  const shape: Dim[] = [];
  for (const [axis, dim] of a.entries()) {
    const other = b[axis]!;
    if (other === 1 || sameDim(dim, other)) shape.push(dim);
    else if (dim === 1) shape.push(other);
    else {
      const why = `axis ${axis} is ${showDim(dim)} in one and ${showDim(other)} in the other`;
      return misfit(
        `\`${showShape(a)}\` and \`${showShape(b)}\` do not broadcast: ${why}`,
        1,
        'the sizes must be equal, or one of them 1',
      );
    }
  }
  return shape;
}

/** The shape of all together. A misfit points at the operand that did not fit those before it. */
export function broadcastShape(shapes: readonly Shape[]): Shape | Misfit {
  let shape: Shape = [];
  for (const [i, next] of shapes.entries()) {
    const wider = pair(shape, next);
    if (isMistake(wider)) return { ...wider, at: i < 2 ? wider.at : i };
    shape = wider;
  }
  return shape;
}

/** int beside int stays int; an int becomes f32 beside one; bool goes with bool alone. */
export function commonDtype(op: string, types: readonly TensorType[]): Dtype | Misfit {
  const [first, ...rest] = types.map((type) => type.dtype);
  const odd = rest.findIndex((dtype) => (dtype === 'bool') !== (first === 'bool'));
  if (odd >= 0) {
    return misfit(
      `\`${op}\` of ${first === 'bool' ? 'a bool and a number' : 'a number and a bool'}`,
      odd + 1,
      'a bool becomes a number by `where(condition, 1, 0)`',
    );
  }
  return types.every((type) => type.dtype === first) ? first! : 'f32';
}

/** Numbers only: int if all are, f32 otherwise. */
export function numericDtype(op: string, types: readonly TensorType[]): Dtype | Misfit {
  const at = types.findIndex((type) => type.dtype === 'bool');
  if (at < 0) return types.every((type) => type.dtype === 'int') ? 'int' : 'f32';
  return misfit(`\`${op}\` does not take a bool`, at, 'a bool becomes a number by `where(condition, 1, 0)`');
}

/** Sums `gradient` over the axes along which `operand` was broadcast; undefined where it takes none. */
export function sumToOperand(build: Builder, gradient: Value, operand: Value): Value | undefined {
  if (!takesGradient(build, operand)) return undefined;
  const type = build.typeOf(operand);
  const { shape } = build.typeOf(gradient);
  if (sameShape(shape, type.shape)) return gradient;
  const names = shape.map((_, axis) => `a${axis}`);
  if (type.shape.length === 0) return build.op('reduce', [gradient], { pattern: `${names.join(' ')} ->`, op: 'sum' });
  const kept = names.map((name, axis) => (sameDim(shape[axis]!, type.shape[axis]!) ? name : '1'));
  return build.op('reduce', [gradient], { pattern: `${names.join(' ')} -> ${kept.join(' ')}`, op: 'sum' });
}
