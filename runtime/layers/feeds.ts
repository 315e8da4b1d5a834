/** What a model is given, held against its inputs before tfjs does, so that what is wrong is said with the line of the spec. */
import type { TfjsTensor } from '../engines/tfjs-backend.ts';

/** As `predict`, `fit` and `evaluate` take them. */
export type Feeds = TfjsTensor | readonly TfjsTensor[] | Readonly<Record<string, TfjsTensor>>;

export interface ModelInput {
  readonly name: string;
  /** without the number of samples, which is null; a column stands for one axis */
  readonly shape: readonly (number | null)[];
  readonly dtype: string;
}

export interface OfModel {
  readonly model: string;
  /** file and line */
  readonly place: string;
}

const isTensor = (value: unknown): value is TfjsTensor =>
  typeof value === 'object' && value !== null && 'shape' in value && 'dataId' in value;

/** [N] for the column that tfjs takes it as */
const specShape = (shape: ModelInput['shape']): (number | null)[] =>
  shape.length === 2 && shape[1] === 1 ? [null] : [...shape];

const KINDS: Readonly<Record<string, string>> = { int32: 'int', bool: 'bool' };
const show = ({ shape, dtype }: ModelInput): string =>
  `${KINDS[dtype] ?? ''}[${specShape(shape)
    .map((dim) => dim ?? 'N')
    .join(', ')}]`;

const fits = (given: readonly number[], wanted: ModelInput['shape']): boolean =>
  given.length === wanted.length && wanted.every((dim, axis) => dim === null || dim === given[axis]);

/** Throws what is wrong; what is no tensor at all is left for tfjs to say. */
export function checkFeeds(inputs: readonly ModelInput[], feeds: Feeds, { model, place }: OfModel): void {
  const refuse = (problem: string): never => {
    throw new Error(`model \`${model}\`: ${problem}${place === '' ? '' : ` (${place})`}`);
  };
  const wanted = inputs.map((input) => `\`${input.name}\` ${show(input)}`).join(', ');
  const list = isTensor(feeds) ? [feeds] : Array.isArray(feeds) ? (feeds as TfjsTensor[]) : undefined;
  if (list !== undefined && list.length !== inputs.length)
    refuse(`it takes ${inputs.length} tensors, ${wanted}; ${list.length} given`);
  const named = feeds as Readonly<Record<string, TfjsTensor>>;
  for (const [at, input] of inputs.entries()) {
    const given = list === undefined ? named[input.name] : list[at];
    if (given === undefined) refuse(`input \`${input.name}\` is missing; it takes ${wanted}`);
    if (!isTensor(given)) continue;
    if (!fits(given.shape, input.shape) && !fits(given.shape, specShape(input.shape)))
      refuse(`input \`${input.name}\` is [${given.shape.join(', ')}], not ${show(input)}`);
    if (given.dtype === 'string' || given.dtype === 'complex64')
      refuse(`input \`${input.name}\` is ${given.dtype}, not ${input.dtype}`);
  }
}
