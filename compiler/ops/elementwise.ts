/** What elementwise ops have in common: shapes that broadcast, and work that is counted per element of the result. */
import type { Builder } from '../ir/builder.ts';
import type { Value } from '../ir/graph.ts';
import type { Dtype, TensorType } from '../ir/type.ts';
import { takesGradient } from './algebra.ts';
import { none } from './attribute-schema.ts';
import { broadcastShape, commonDtype, numericDtype } from './broadcast.ts';
import { type BoundType, type GradientContext, isMistake, type Misfit, type Op, type Work } from './op.ts';

export const elementsOf = (type: BoundType): number => type.shape.reduce((product, dim) => product * dim, 1);

/** `flops` for each element of the result. */
export const perElement =
  (flops: number) =>
  (_: readonly BoundType[], result: BoundType): Work => ({ macs: 0, flops: flops * elementsOf(result) });

export const noWork = (): Work => ({ macs: 0, flops: 0 });

interface Unary {
  readonly name: string;
  readonly doc: string;
  readonly formula: string;
  readonly flops: number;
  readonly costDoc: string;
  readonly citation?: string;
  readonly gradientDoc: string;
  /** `g` times the derivative */
  readonly gradient: (build: Builder, g: Value, x: Value, y: Value) => Value;
}

export const unary = ({ flops, gradient, ...facts }: Unary): Op => ({
  ...facts,
  operands: ['x'],
  attributes: none,
  elementwise: true,
  shapeDoc: 'the shape of x; an int becomes f32',
  shape: ([x]) => {
    const dtype = numericDtype(facts.name, [x!]);
    return typeof dtype === 'string' ? { dtype: 'f32', shape: x!.shape } : dtype;
  },
  work: perElement(flops),
  gradient: ({ build, operands, result, gradient: g }) => [
    takesGradient(build, operands[0]!) ? gradient(build, g, operands[0]!, result) : undefined,
  ],
});

interface Binary {
  readonly name: string;
  readonly doc: string;
  readonly formula: string;
  readonly costDoc: string;
  readonly gradientDoc: string;
  readonly gradient: (context: GradientContext) => readonly (Value | undefined)[];
}

export const binaryType =
  (name: string, dtypeOf: (types: readonly TensorType[]) => Dtype | Misfit = (types) => numericDtype(name, types)) =>
  (operands: readonly TensorType[]): TensorType | Misfit => {
    const dtype = dtypeOf(operands);
    if (typeof dtype !== 'string') return dtype;
    const shape = broadcastShape(operands.map((type) => type.shape));
    return isMistake(shape) ? shape : { dtype, shape };
  };

/** Arithmetic of two numbers: int if both are. */
export const binary = (facts: Binary): Op => ({
  ...facts,
  operands: ['a', 'b'],
  attributes: none,
  elementwise: true,
  shapeDoc: 'a and b broadcast; int if both are, f32 otherwise',
  shape: binaryType(facts.name),
  work: perElement(1),
});

interface Comparison {
  readonly name: string;
  readonly doc: string;
  readonly formula: string;
  /** also of bools */
  readonly bools: boolean;
}

export const comparison = ({ bools, ...facts }: Comparison): Op => ({
  ...facts,
  operands: ['a', 'b'],
  attributes: none,
  elementwise: true,
  shapeDoc: `a and b broadcast; the result is bool; ${bools ? 'both are numbers, or both bool' : 'numbers only'}`,
  shape: binaryType(facts.name, (types) => {
    const dtype = bools ? commonDtype(facts.name, types) : numericDtype(facts.name, types);
    return typeof dtype === 'string' ? 'bool' : dtype;
  }),
  work: perElement(1),
  costDoc: '1 an element of the result',
  gradientDoc: 'none: the result is bool',
  gradient: 'none',
});
