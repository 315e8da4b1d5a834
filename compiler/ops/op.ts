/**
 * What an op is: facts that stay true whatever runs it. One op is one file; execution belongs to the targets. The shape
 * rule and the cost rule are the only ones: checker, verifier, coster, lowering and importer ask them, and nothing
 * recomputes a shape.
 */
import type { z } from 'zod';
import type { Builder } from '../ir/builder.ts';
import type { Attributes, Value } from '../ir/graph.ts';
import type { TensorType } from '../ir/type.ts';

/** Why operands or attributes do not fit. The elaborator puts it at the operand's place in the text. */
export interface Misfit {
  /** as a diagnostic: lower case, no full stop: "`[N, 256, 384]` and `[N, 384]` do not broadcast: ranks differ" */
  readonly misfit: string;
  /** the operand (index) or the attribute (name) to point at */
  readonly at?: number | string;
  readonly help?: string;
}

export const misfit = (text: string, at?: number | string, help?: string): Misfit => ({ misfit: text, at, help });

export const isMisfit = (result: TensorType | Misfit): result is Misfit => 'misfit' in result;

/** The same for anything else that may not fit: a pattern, a plan. */
export const isMistake = (result: object): result is Misfit => 'misfit' in result;

/** Work of one node with every dim a number. A MAC is one multiplication and one addition of a matrix product. */
export interface Work {
  /** of `einsum` and `conv2d` kin only; 0 elsewhere */
  readonly macs: number;
  /** 2 a MAC, and what the op's own documented rule says of the rest */
  readonly flops: number;
}

/** A type with every dim a number: what cost rules get. */
export interface BoundType {
  readonly dtype: TensorType['dtype'];
  readonly shape: readonly number[];
}

/** What a gradient rule may use; it builds IR with `build` and returns, for each operand, its gradient or none. */
export interface GradientContext {
  readonly build: Builder;
  readonly operands: readonly Value[];
  readonly result: Value;
  /** the gradient of the scalar loss with respect to the result; same shape */
  readonly gradient: Value;
  readonly attributes: Attributes;
}

export interface Op {
  readonly name: string;
  /** how many operands: exact, or at least `min` (concat) */
  readonly operands: readonly string[] | { readonly rest: string; readonly min: number };
  /** how it is called in a spec, where that is not the operands and then the attributes */
  readonly signature?: string;
  /** one sentence for `docs/ops.md` */
  readonly doc: string;
  /** the formula in Unicode: `y = (x − μ) / √(σ² + ε)` */
  readonly formula: string;
  readonly citation?: string;
  /** the shape rule in words */
  readonly shapeDoc: string;
  /** the gradient as a formula or in words */
  readonly gradientDoc: string;
  /** one sentence that says what `flops` counts: "5 an element: mean, variance (2), subtract, scale" */
  readonly costDoc: string;
  readonly attributes: z.ZodType<Attributes>;
  readonly shape: (operands: readonly TensorType[], attributes: Attributes) => TensorType | Misfit;
  readonly work: (operands: readonly BoundType[], result: BoundType, attributes: Attributes) => Work;
  /** `undefined` for an operand without gradient (int, bool); `'none'` for an op whose result has none (argsort, eq) */
  readonly gradient: ((context: GradientContext) => readonly (Value | undefined)[]) | 'none';
  /** only moves elements: cost shows 0 FLOPs, and some engines need no pass over the data */
  readonly view?: boolean;
  /** the result is the memory of the first operand under another shape: it takes no bytes of its own */
  readonly aliases?: (operands: readonly TensorType[], attributes: Attributes) => boolean;
  /** reads no more elements of the first operand than the result has: a row of a table, a part of a tensor */
  readonly partial?: boolean;
  /** elementwise over broadcast operands */
  readonly elementwise?: boolean;
  /** works along the last axis of its operand: what stands there is not apart from its neighbours */
  readonly lastAxis?: boolean;
}
