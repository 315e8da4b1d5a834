/** Values for the weights of a layer or model, held against them before they are set: an error names the weight by its path. */
import type { TfjsTensor } from '../engines/tfjs-backend.ts';
import type { LayerVariable } from './block-contract.ts';

const show = (shape: readonly (number | null)[]): string => `[${shape.join(', ')}]`;

function checkShape(what: string, variable: LayerVariable, given: TfjsTensor): void {
  if (given.shape.join() === variable.shape.join()) return;
  throw new Error(
    `${what}: the weight \`${variable.originalName}\` is ${show(variable.shape)}, and ${show(given.shape)} was given for it`,
  );
}

/** A list in the order of `getWeights`. */
export function checkSet(what: string, variables: readonly LayerVariable[], given: readonly TfjsTensor[]): void {
  if (given.length !== variables.length)
    throw new Error(`${what} has ${variables.length} weights, and ${given.length} were given`);
  for (const [at, variable] of variables.entries()) checkShape(what, variable, given[at]!);
}

const list = (paths: readonly string[]): string =>
  `${paths
    .slice(0, 3)
    .map((path) => `\`${path}\``)
    .join(', ')}${paths.length > 3 ? ` and ${paths.length - 3} more` : ''}`;

/** By path; `strict` takes neither more nor less than there are. */
export function checkNamed(
  what: string,
  variables: readonly LayerVariable[],
  given: Readonly<Record<string, TfjsTensor>>,
  strict: boolean,
): void {
  const byPath = new Map(variables.map((variable) => [variable.originalName, variable]));
  const unknown = Object.keys(given).filter((path) => !byPath.has(path));
  const missing = [...byPath.keys()].filter((path) => given[path] === undefined);
  if (strict && (unknown.length > 0 || missing.length > 0)) {
    const parts = [
      missing.length > 0 ? `has ${list(missing)}, which are not among those given` : '',
      unknown.length > 0 ? `has no weights ${list(unknown)}` : '',
    ];
    throw new Error(
      `${what} ${parts.filter((part) => part !== '').join(', and ')}: these are weights of another model`,
    );
  }
  for (const [path, variable] of byPath) if (given[path] !== undefined) checkShape(what, variable, given[path]);
}
