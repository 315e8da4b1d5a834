/**
 * Before nodes are lowered one by one, small patterns of the graph are recognised that ONNX does in one node. A pattern
 * is looked for at its last node; what it swallows is lowered only if something else needs it.
 */
import type { Value } from '../../ir/graph.ts';
import type { BoundType } from '../../ops/op.ts';
import type { BoundNode, BoundOp } from '../bind-batch.ts';
import type { Emitter, Name } from './emitter.ts';
import type { Operand } from './lowering.ts';

/** What a recogniser may ask of the graph. */
export interface View {
  /** the node that makes a value; none for inputs */
  definition(value: Value): BoundNode | undefined;
  /** how many operands and results a value is */
  uses(value: Value): number;
  type(value: Value): BoundType;
}

export interface Match {
  /** the values that the lowered pattern reads, in the order in which `lower` gets them */
  readonly operands: readonly Value[];
  readonly lower: (emit: Emitter, operands: readonly Operand[]) => Name;
}

export type Recogniser = (view: View, node: BoundOp) => Match | undefined;

/** The op node that makes `value`, if it has that name. */
export function opAt(view: View, value: Value, op: string): BoundOp | undefined {
  const node = view.definition(value);
  return node?.kind === 'op' && node.op === op ? node : undefined;
}

/** The same, where nobody else reads the value, so that nothing is computed twice. */
export const onlyAt = (view: View, value: Value, op: string): BoundOp | undefined =>
  view.uses(value) === 1 ? opAt(view, value, op) : undefined;

/** Both ways to look at the operands of a commutative op. */
export const eitherWay = ({ operands: [a, b] }: BoundOp): readonly (readonly [Value, Value])[] => [
  [a!, b!],
  [b!, a!],
];
