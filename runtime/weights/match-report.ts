/** A matching in words: what is missing, of another shape, or not of this model, a line each. */
import { showShape } from '../../compiler/ir/type.ts';
import { isComplete, type Matching } from './match.ts';
import { showName } from './problem.ts';

/** Lines of one kind that are shown before the rest is counted. */
const MOST_LINES = 20;

function section<T>(title: string, items: readonly T[], line: (item: T) => string): string[] {
  if (items.length === 0) return [];
  const shown = items.slice(0, MOST_LINES).map((item) => `  ${line(item)}`);
  const rest = items.length - shown.length;
  return [`${title} (${items.length}):`, ...shown, ...(rest > 0 ? [`  … and ${rest} more`] : [])];
}

const guess = (text: string, nearest: string | undefined): string =>
  nearest === undefined ? text : `${text}  ${showName(nearest)}?`;

/** `needed` is how many weights the model has. */
export function matchingLines(matching: Matching, needed: number): string[] {
  const { matched, missing, otherShape, clashes, unexpected, outside, prefix } = matching;
  const all = isComplete(matching) ? `all ${needed} weights match` : `${matched.size} of ${needed} weights match`;
  return [
    all,
    ...section('missing', missing, ({ path, shape, nearest }) =>
      guess(`${showName(path)} ${showShape(shape)}`, nearest),
    ),
    ...section(
      'of another shape',
      otherShape,
      ({ path, needed, found }) => `${showName(path)} ${showShape(found)}, needed ${showShape(needed)}`,
    ),
    ...section(
      'several tensors for one weight',
      clashes,
      ({ path, names }) => `${showName(path)}: ${names.slice(0, 4).map(showName).join(', ')}`,
    ),
    ...section('not in the model', unexpected, ({ name, shape, nearest }) =>
      guess(`${showName(name)} ${showShape(shape)}`, nearest),
    ),
    ...(outside.length > 0 ? [`outside of the prefix: ${outside.length} tensors`] : []),
    ...(prefix !== undefined ? [`help: \`--strip ${prefix.text}\` would match ${prefix.matches}`] : []),
  ];
}
