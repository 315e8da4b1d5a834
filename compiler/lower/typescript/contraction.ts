/** einsum as a product of matrices, as its plan arranges it, and convolutions. */
import { type EinsumSide, einsumPlan } from '../../ops/einsum-plan.ts';
import { isMistake } from '../../ops/op.ts';
import { call, type Expression, numbers, text } from './expression.ts';
import { numberAt, tensor, transpose, type Writing, type Written } from './writing.ts';

/** The operand of a side, summed over what it has alone, in the order of the plan. */
function arranged(op: Written, { operand, sum, permutation }: EinsumSide): Expression {
  const x = tensor(op, operand, 'f32');
  return transpose(sum.length === 0 ? x : call('tf.sum', x, numbers(sum)), permutation);
}

const einsum: Writing = (op) => {
  const [a, b] = op.operands;
  const plan = einsumPlan(op.attributes.pattern as string, a!.type.shape, b!.type.shape);
  if (isMistake(plan)) throw new Error(`einsum: ${plan.misfit}`);
  const [one, two] = plan.sides;
  const settings = [
    plan.batch.length === 0 ? '' : `batch: ${plan.batch.length}`,
    plan.contracted.length === 1 ? '' : `over: ${plan.contracted.length}`,
    one.transposed ? 'turnA: true' : '',
    two.transposed ? 'turnB: true' : '',
  ].filter((setting) => setting !== '');
  const more = settings.length === 0 ? [] : [text(`{ ${settings.join(', ')} }`)];
  return transpose(call('contract', arranged(op, one), arranged(op, two), ...more), plan.permutation);
};

const settingsOf = (op: Written): Expression[] => [text(numberAt(op, 'stride')), text(numberAt(op, 'padding'))];

const conv2d: Writing = (op) => call('conv2d', tensor(op, 0, 'f32'), tensor(op, 1, 'f32'), ...settingsOf(op));

/** Sides of an image, or of a kernel, that come out. */
const adjoint =
  (name: string, height: number): Writing =>
  (op) => {
    const sides = op.result.shape.slice(height, height + 2).map((side) => text(side as number));
    return call(name, tensor(op, 0, 'f32'), tensor(op, 1, 'f32'), ...settingsOf(op), ...sides);
  };

export const CONTRACTION = {
  einsum,
  conv2d,
  conv2d_input: adjoint('conv2dInput', 1),
  conv2d_weight: adjoint('conv2dWeight', 2),
} as const satisfies Readonly<Record<string, Writing>>;
