/**
 * The weights of a model out of a file: everything the model needs, under its paths, in its dtypes, or a problem that says
 * what is wrong and what to do. Tensors are read one by one, and NaN or infinities in them are refused.
 */
import type { Weight } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { bindShape, showShape } from '../../compiler/ir/type.ts';
import { type Initial, initialTensor } from './initialise.ts';
import { isComplete, type Matching, matchWeights } from './match.ts';
import { fail, type Problem, type Result, showName, succeed } from './problem.ts';
import type { Renaming } from './renaming.ts';
import { firstBadIndex, statistics } from './statistics.ts';
import type { TensorFile } from './tensor-file.ts';

export interface Wanted {
  readonly path: string;
  readonly weight: Pick<Weight, 'type' | 'init' | 'trained'>;
}

export interface Loaded {
  /** by path, in the order wanted */
  readonly tensors: ReadonlyMap<string, HostTensor>;
  /** frozen weights that the file lacks, made by their initial value, which is the same for every run: position tables */
  readonly made: readonly string[];
  readonly matching: Matching;
}

/** A frozen weight that is not drawn at random needs no file. */
const isFixed = ({ weight: { trained, init } }: Wanted): boolean =>
  !trained && (init.kind === 'tensor' || init.kind === 'fill');

/** `wanted` is what `weightsOf` lists, or the state of a program by its names. */
export function loadWeights(file: TensorFile, wanted: readonly Wanted[], renaming: Renaming = {}): Result<Loaded> {
  const needed = wanted.map(({ path, weight }) => ({
    path,
    shape: bindShape(weight.type.shape, 1),
    trained: weight.trained,
  }));
  const all = matchWeights(needed, file.tensors, renaming);
  const fixed = new Set(wanted.filter(isFixed).map(({ path }) => path));
  const made = all.missing.filter(({ path }) => fixed.has(path)).map(({ path }) => path);
  const matching = { ...all, missing: all.missing.filter(({ path }) => !fixed.has(path)) };
  if (!isComplete(matching)) return fail(mismatch(file.file, matching, wanted.length));
  const tensors = new Map<string, HostTensor>();
  for (const want of wanted) {
    const name = matching.matched.get(want.path);
    const tensor =
      name === undefined ? succeed(initialTensor(want satisfies Initial, 0)) : readChecked(file, name, want);
    if (!tensor.ok) return tensor;
    tensors.set(want.path, tensor.value);
  }
  return succeed({ tensors, made, matching });
}

function readChecked(file: TensorFile, name: string, { weight: { type } }: Wanted): Result<HostTensor> {
  const read = file.read(name);
  if (!read.ok) return read;
  const { dtype, data, shape } = read.value;
  const about = { kind: 'mismatch', file: file.file, tensor: name } as const;
  if (dtype !== type.dtype) {
    return fail({ ...about, message: `holds ${dtype}, and the model needs ${type.dtype}`, remedy: 'convert the file' });
  }
  if (firstBadIndex(data) !== undefined) {
    const { nan, infinite, firstBad } = statistics(data);
    const message = `has ${nan} NaN and ${infinite} infinite numbers, the first at index ${firstBad}`;
    return fail({ ...about, message, remedy: 'the run that wrote it had diverged: take an earlier checkpoint' });
  }
  return succeed(data instanceof Float64Array ? { dtype, shape, data: Float32Array.from(data) } : read.value);
}

const MOST_NAMED = 3;

/** `a`, `b`, `c` and 4 more */
function some(names: readonly string[]): string {
  const rest = names.length - MOST_NAMED;
  return names.slice(0, MOST_NAMED).map(showName).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function mismatch(file: string, { missing, otherShape, clashes, prefix }: Matching, count: number): Problem {
  const about = { kind: 'mismatch', file } as const;
  if (clashes.length > 0) {
    const { path, names } = clashes[0]!;
    const message = `has ${names.length} tensors for the weight ${showName(path)}: ${some(names)}`;
    return { ...about, message, remedy: 'strip a longer prefix, or rename fewer' };
  }
  if (missing.length > 0) {
    const message = `lacks ${missing.length} of the ${count} weights of the model: ${some(missing.map(({ path }) => path))}`;
    return { ...about, message, remedy: remedyFor(missing, prefix) };
  }
  const { name, path, needed, found } = otherShape[0]!;
  const others = otherShape.length > 1 ? `, as have ${otherShape.length - 1} more` : '';
  const message = `has the shape ${showShape(found)}, and the weight ${showName(path)} ${showShape(needed)}${others}`;
  return { ...about, tensor: name, message, remedy: 'choose the preset that the file was made with' };
}

function remedyFor(missing: Matching['missing'], prefix: Matching['prefix']): string {
  if (prefix !== undefined) return `strip the prefix ${showName(prefix.text)}: ${prefix.matches} names then match`;
  const guess = missing.find(({ nearest }) => nearest !== undefined);
  if (guess !== undefined) return `rename ${showName(guess.nearest!)} to ${showName(guess.path)}, and others likewise`;
  return 'see what matches with `ditc weights show FILE --against TARGET`';
}
