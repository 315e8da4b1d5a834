/** What zod finds wrong with a recipe, in the words of the language, at the field's place in the spec. */
import type { z } from 'zod';
import { type Entries, isEntries, type ResolvedRecipe } from '../../compiler/elaborate/recipe.ts';
import type { Spec } from '../../compiler/elaborate/spec.ts';
import { showTerm, type Term } from '../../compiler/elaborate/term.ts';
import { type Code, type Diagnostic, defineCodes } from '../../dsl/diagnostic.ts';
import type { Place } from '../../dsl/span.ts';
import { nearest } from '../../dsl/suggest.ts';
import { knownElsewhere, type Wanted } from './known-elsewhere.ts';

const error = <H>(message: (holes: H) => string): Code<H> => ({ severity: 'error', message });

export const report = defineCodes({
  D0701: error(
    (h: { field: string; known: string }) =>
      `recipes have no field \`${h.field}\`${h.known === '' ? '' : `: the fields are ${h.known}`}`,
  ),
  D0702: error((h: { field: string; why: string }) => `\`${h.field}\` ${h.why}`),
});

type Issue = z.core.$ZodIssue;

export function explainIssue(
  issue: Issue,
  recipe: ResolvedRecipe,
  schema: z.ZodObject,
  spec: Spec | undefined,
): Diagnostic {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const field = issue.keys[0]!;
    const place = placeOf(recipe, [...path, field]);
    const known = path.length === 0 ? Object.keys(schema.shape) : [];
    const close = nearest(field, known);
    return report(
      'D0701',
      place,
      { field: [...path, field].join('.'), known: '' },
      {
        help:
          close !== undefined
            ? `did you mean \`${close}\`?`
            : known.length > 0
              ? `the fields are ${known.map((each) => `\`${each}\``).join(', ')}`
              : undefined,
      },
    );
  }
  const place = placeOf(recipe, path);
  const value = valueAt(recipe, path);
  const notes = value === undefined ? [] : [`it is ${showTerm(value)}`];
  const wanted = issue.code === 'custom' ? (issue.params?.wanted as Wanted | undefined) : undefined;
  const meant = spec && wanted && value?.kind === 'word' ? knownElsewhere(value.word, wanted, place, spec) : {};
  return report('D0702', place, { field: path.join('.') || recipe.name, why: reason(issue) }, { notes, ...meant });
}

function reason(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${issue.expected === 'int' ? 'an int' : issue.expected === 'number' ? 'a number' : issue.expected === 'string' ? 'a word or string' : `of the kind ${issue.expected}`}`;
    case 'too_small':
      return `must be ${issue.inclusive === true ? 'at least' : 'more than'} ${issue.minimum}`;
    case 'too_big':
      return `must be ${issue.inclusive === true ? 'at most' : 'less than'} ${issue.maximum}`;
    case 'invalid_value':
      return `must be ${issue.values.map((value) => `\`${String(value)}\``).join(' or ')}`;
    case 'invalid_union':
      return ofUnion(issue.errors);
    case 'custom':
      return issue.message ?? 'is not right';
    default:
      return 'is not right';
  }
}

/** What is wrong with the form that the value has, or which forms there are. */
function ofUnion(forms: readonly (readonly Issue[])[]): string {
  const isOther = ({ code, path }: Issue): boolean =>
    (code === 'invalid_type' && path.length === 0) || (code === 'invalid_value' && path.join() === 'word');
  const [own, ...more] = forms.filter((issues) => !issues.some(isOther));
  if (own?.[0] !== undefined && more.length === 0 && own[0].path.length === 0) return reason(own[0]);
  const names = forms.map(([first]) => {
    if (first?.code === 'invalid_value') return `\`${String(first.values[0])}(…)\``;
    return first?.code === 'invalid_type' && first.expected === 'number' ? 'a number' : undefined;
  });
  if (names.includes(undefined)) return 'has a value that is none of the forms it can have';
  return `must be ${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** The field of that path, or the nearest around it that is written down. */
function placeOf(recipe: ResolvedRecipe, path: readonly string[]): Place {
  let entries: Entries | undefined = recipe.entries;
  let { place } = recipe;
  for (const name of path) {
    const entry = entries?.get(name);
    if (entry === undefined) break;
    place = entry.place;
    entries = isEntries(entry.value) ? entry.value : undefined;
  }
  return place;
}

function valueAt(recipe: ResolvedRecipe, path: readonly string[]): Term | undefined {
  let entries: Entries | undefined = recipe.entries;
  for (const name of path) {
    const value: Term | Entries | undefined = entries?.get(name)?.value;
    if (value === undefined) break;
    if (!isEntries(value)) return value;
    entries = value;
  }
  return undefined;
}
