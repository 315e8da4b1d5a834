/** A flat graph with a number for N: every type, and every size in an attribute. */

import type { Attribute, Attributes, ValueInfo } from '../ir/graph.ts';
import { bindDim, bindShape, type Dim, isBatch } from '../ir/type.ts';
import type { BoundType } from '../ops/op.ts';
import type { FlatConst, FlatGraph, FlatOp, FlatWeight } from './flatten.ts';

export type BoundAttribute = number | string | boolean | readonly number[] | Readonly<Record<string, number>>;
export type BoundAttributes = Readonly<Record<string, BoundAttribute>>;

export type BoundOp = FlatOp & { readonly attributes: BoundAttributes };
export type BoundNode = BoundOp | FlatConst | FlatWeight;

export interface BoundValue extends ValueInfo {
  readonly type: BoundType;
}

/** A graph like others, in which no N is left. */
export interface BoundGraph extends FlatGraph {
  /** what N stood for */
  readonly batch: number;
  readonly nodes: readonly BoundNode[];
  readonly values: readonly BoundValue[];
}

export function bindBatch(flat: FlatGraph, batch: number): BoundGraph {
  if (!Number.isSafeInteger(batch) || batch < 1) throw new RangeError(`a batch is a positive int, not ${batch}`);
  const values = flat.values.map(({ type, name }) => {
    const bound: BoundType = { dtype: type.dtype, shape: bindShape(type.shape, batch) };
    return name === undefined ? { type: bound } : { type: bound, name };
  });
  const known = new Map<Attributes, BoundAttributes>();
  const bind = (attributes: Attributes): BoundAttributes => {
    let bound = known.get(attributes);
    if (bound === undefined) known.set(attributes, (bound = bindAttributes(attributes, batch)));
    return bound;
  };
  const nodes = flat.nodes.map((node) => (node.kind === 'op' ? { ...node, attributes: bind(node.attributes) } : node));
  return { ...flat, batch, nodes, values };
}

function bindAttributes(attributes: Attributes, batch: number): BoundAttributes {
  return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, bindAttribute(value, batch)]));
}

function bindAttribute(value: Attribute, batch: number): BoundAttribute {
  if (typeof value !== 'object' || Array.isArray(value)) return value as BoundAttribute;
  const sizes = value as Readonly<Record<string, Dim>>;
  if (!Object.values(sizes).some(isBatch)) return sizes as Readonly<Record<string, number>>;
  return Object.fromEntries(Object.entries(sizes).map(([key, dim]) => [key, bindDim(dim, batch)]));
}
