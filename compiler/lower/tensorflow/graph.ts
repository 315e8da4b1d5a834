/** A TensorFlow graph as plain data: what recording builds and `saved-model` turns into bytes. */
import type { HostTensor } from '../../ir/tensor.ts';
import type { Dtype } from '../../ir/type.ts';

/** tensorflow.DataType */
export const TYPE_CODES: Readonly<Record<Dtype, number>> = { f32: 1, int: 3, bool: 10 };

export type NodeAttribute =
  | { readonly type: number }
  | { readonly b: boolean }
  | { readonly i: number }
  | { readonly s: string }
  | { readonly ints: readonly number[] }
  | { readonly dims: readonly number[] }
  | { readonly tensor: HostTensor };

export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** `name`, or `name:1` for a result that is not the first */
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, NodeAttribute>>;
}
