/** What can be named inside of a parameter: for whoever named something else. */
import { nearest } from '../../dsl/suggest.ts';
import { type Kind, showKind } from './signature.ts';
import { signatureOf } from './signatures.ts';
import type { ModelSymbol } from './symbol.ts';

const NUMBERS: ReadonlySet<string> = new Set(['int', 'float']);

/** The fields of a record and of those inside, a few deep: `depth`, `norm.eps`. */
export function fieldPaths(type: Kind | undefined, fits: (type: Kind) => boolean, deep = 3): readonly string[] {
  if (type?.kind !== 'record' || deep === 0) return [];
  return signatureOf(type.record).parameters.flatMap((field) =>
    field.kind !== 'value'
      ? []
      : [
          ...(fits(field.type) ? [field.name] : []),
          ...fieldPaths(field.type, fits, deep - 1).map((inner) => `${field.name}.${inner}`),
        ],
  );
}

/** The fields of that name in the parameters of a model: `size.depth` for `depth`. */
export function pathsTo(
  name: string,
  model: ModelSymbol,
  fits: (type: Kind) => boolean = () => true,
): readonly string[] {
  return signatureOf(model).parameters.flatMap((each) =>
    each.kind !== 'value'
      ? []
      : fieldPaths(each.type, fits)
          .filter((path) => path.split('.').at(-1) === name)
          .map((path) => `${each.name}.${path}`),
  );
}

export const isNumber = (type: Kind): boolean => type.kind === 'basic' && NUMBERS.has(type.basic);

/** "an int", "a Size" */
export const kindText = (type: Kind): string => `${/^[aeiou]/.test(showKind(type)) ? 'an' : 'a'} ${showKind(type)}`;

export const listed = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

/** For a field `name` that what stands at `path` does not have. */
export function fieldsHelp(type: Kind | undefined, path: readonly string[], name: string): string {
  if (type?.kind !== 'record') return `${path.length > 0 ? `\`${path.join('.')}\`` : 'it'} has no fields`;
  const names = signatureOf(type.record).names.map((field) => [...path, field].join('.'));
  const close = nearest([...path, name].join('.'), names) ?? nearestField(name, path, type);
  return close === undefined
    ? `\`${showKind(type)}\` has ${listed(names)}`
    : `did you mean \`${close}\`? it has ${listed(names)}`;
}

function nearestField(name: string, path: readonly string[], type: Extract<Kind, { kind: 'record' }>) {
  const close = nearest(name, signatureOf(type.record).names);
  return close && [...path, close].join('.');
}
