/** Gives the rules of an op its attributes by their names and types: the schema has checked them. */
import type { z } from 'zod';
import type { Attributes } from '../ir/graph.ts';
import type { TensorType } from '../ir/type.ts';
import type { BoundType, GradientContext, Misfit, Op, Work } from './op.ts';

interface OpWith<A extends Attributes> extends Omit<Op, 'attributes' | 'shape' | 'work' | 'gradient'> {
  readonly attributes: z.ZodType<A>;
  readonly shape: (operands: readonly TensorType[], attributes: A) => TensorType | Misfit;
  readonly work: (operands: readonly BoundType[], result: BoundType, attributes: A) => Work;
  readonly gradient:
    | ((
        context: Omit<GradientContext, 'attributes'> & { readonly attributes: A },
      ) => ReturnType<Exclude<Op['gradient'], 'none'>>)
    | 'none';
}

export const defineOp = <A extends Attributes>(op: OpWith<A>): Op => op as unknown as Op;
