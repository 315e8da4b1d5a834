/** What a model is given, held against its inputs before tfjs does, so that what is wrong is said with the line of the spec. */
import type { Tfjs, TfjsTensor } from '../engines/tfjs-backend.ts';
import { notWhole } from './operand.ts';

export interface ModelInput {
  readonly name: string;
  /** the number of samples is null; a column stands for one axis */
  readonly shape: readonly (number | null)[];
  readonly dtype: string;
}

export interface OfModel {
  readonly name: string;
  /** file and line */
  readonly place: string;
  readonly inputs: readonly ModelInput[];
}

const isTensor = (value: unknown): value is TfjsTensor =>
  typeof value === 'object' && value !== null && 'shape' in value && 'dataId' in value;

/** [N] for the column that tfjs takes it as */
const specShape = (shape: ModelInput['shape']): ModelInput['shape'] =>
  shape.length === 2 && shape[1] === 1 ? [null] : shape;

const KINDS: Readonly<Record<string, string>> = { int32: 'int', bool: 'bool' };
const show = ({ shape, dtype }: ModelInput): string =>
  `${KINDS[dtype] ?? ''}[${specShape(shape)
    .map((dim) => dim ?? 'N')
    .join(', ')}]`;

const fits = (given: readonly number[], wanted: ModelInput['shape']): boolean =>
  given.length === wanted.length && wanted.every((dim, axis) => dim === null || dim === given[axis]);

export const ofModel = (name: string, place: string): string => `model \`${name}\`${place === '' ? '' : ` (${place})`}`;

/** A tensor for each input, in their order, of a tensor, a list or an object by name; throws what is wrong with them. */
export function takeFeeds(tf: Tfjs, { name: model, place, inputs }: OfModel, feeds: unknown): TfjsTensor[] {
  const refuse = (problem: string): never => {
    throw new Error(`${ofModel(model, place)}: ${problem}`);
  };
  const wanted = inputs.map((input) => `\`${input.name}\` ${show(input)}`).join(', ');
  if (typeof feeds !== 'object' || feeds === null) return refuse(`it takes tensors, ${wanted}, not ${String(feeds)}`);
  const list = isTensor(feeds) ? [feeds] : Array.isArray(feeds) ? (feeds as unknown[]) : undefined;
  if (list !== undefined && list.length !== inputs.length)
    refuse(`it takes ${inputs.length} tensors, ${wanted}; ${list.length} given`);
  const unknown = list === undefined && Object.keys(feeds).find((key) => !inputs.some(({ name }) => name === key));
  if (unknown) refuse(`it has no input \`${unknown}\`; it takes ${wanted}`);

  const tensors = inputs.map((input, at): TfjsTensor => {
    const given = list === undefined ? (feeds as Readonly<Record<string, unknown>>)[input.name] : list[at];
    if (given === undefined || given === null) return refuse(`input \`${input.name}\` is missing; it takes ${wanted}`);
    if (!isTensor(given)) return refuse(`input \`${input.name}\` is a tensor, ${show(input)}, not ${String(given)}`);
    if (!fits(given.shape, input.shape) && !fits(given.shape, specShape(input.shape)))
      refuse(`input \`${input.name}\` is [${given.shape.join(', ')}], not ${show(input)}`);
    if (given.dtype === 'string' || given.dtype === 'complex64')
      refuse(`input \`${input.name}\` is ${given.dtype}, not ${input.dtype}`);
    const broken = input.dtype === 'int32' ? notWhole(tf, given) : undefined;
    if (broken !== undefined) refuse(`input \`${input.name}\` holds ${broken}, and is ${show(input)}`);
    return given;
  });
  for (const [at, { shape }] of tensors.entries()) {
    if (shape[0] !== tensors[0]!.shape[0])
      refuse(
        `input \`${inputs[at]!.name}\` has ${shape[0]} samples, and \`${inputs[0]!.name}\` ${tensors[0]!.shape[0]}`,
      );
  }
  return tensors;
}
