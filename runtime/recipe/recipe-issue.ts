/** What zod finds wrong with a recipe, in the words of the language, at the field's place in the spec. */
import { z } from 'zod';
import { type Entries, isEntries, type ResolvedRecipe } from '../../compiler/elaborate/recipe.ts';
import type { Spec } from '../../compiler/elaborate/spec.ts';
import { showTerm, type Term } from '../../compiler/elaborate/term.ts';
import { type Code, type Diagnostic, defineCodes } from '../../dsl/diagnostic.ts';
import type { Place } from '../../dsl/span.ts';
import { nearest } from '../../dsl/suggest.ts';
import { foreignField } from './foreign-field.ts';
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
    const full = [...path, field].join('.');
    const holes = { field: full, known: '' };
    return report('D0701', placeOf(recipe, [...path, field]), holes, {
      help: helpForField(full, fieldsAt(schema, path), path),
    });
  }
  const place = placeOf(recipe, path);
  const value = valueAt(recipe, path);
  const notes = value === undefined ? [] : [`it is ${showTerm(value)}`];
  const wanted = issue.code === 'custom' ? (issue.params?.wanted as Wanted | undefined) : undefined;
  const inside = issue.code === 'invalid_type' && issue.expected === 'object' ? fieldsAt(schema, path) : [];
  const help = inside.length > 0 ? { help: `its fields are ${shown(inside, path)}` } : {};
  const meant = spec && wanted && value?.kind === 'word' ? knownElsewhere(value.word, wanted, place, spec) : {};
  return report(
    'D0702',
    place,
    { field: path.join('.') || recipe.name, why: reason(issue) },
    { notes, ...help, ...meant },
  );
}

const shown = (fields: readonly string[], path: readonly string[]): string =>
  fields.map((field) => `\`${[...path, field].join('.')}\``).join(', ');

function helpForField(full: string, known: readonly string[], path: readonly string[]): string | undefined {
  const elsewhere = foreignField(full);
  if (elsewhere !== undefined) return elsewhere;
  const close = nearest(full.split('.').at(-1)!, known);
  if (close !== undefined) return `did you mean \`${[...path, close].join('.')}\`?`;
  return known.length > 0 ? `the fields are ${shown(known, path)}` : undefined;
}

/** The fields that may stand in the braces at that path. */
function fieldsAt(schema: z.ZodType, path: readonly string[]): readonly string[] {
  let at: unknown = schema;
  for (const name of [...path, undefined]) {
    while (at instanceof z.ZodOptional || at instanceof z.ZodDefault) at = at.unwrap();
    if (!(at instanceof z.ZodObject)) return [];
    if (name === undefined) return Object.keys(at.shape);
    at = at.shape[name];
  }
  return [];
}

const TYPES: Readonly<Record<string, string>> = {
  int: 'an int',
  number: 'a number',
  string: 'a word or string',
  boolean: '`true` or `false`',
  object: 'fields in braces',
};

function reason(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${TYPES[issue.expected] ?? `of the kind ${issue.expected}`}`;
    case 'too_small':
      return `must be ${issue.inclusive === true ? 'at least' : 'more than'} ${issue.minimum}`;
    case 'too_big':
      return `must be ${issue.inclusive === true ? 'at most' : 'less than'} ${issue.maximum}`;
    case 'invalid_value':
      return `must be ${issue.values.map((value) => `\`${String(value)}\``).join(' or ')}`;
    case 'invalid_union':
      return ofUnion(issue);
    case 'custom':
      return issue.message ?? 'is not right';
    default:
      return 'is not right';
  }
}

/** What is wrong with the form that the value has, or which forms there are: the union says these in its own message. */
function ofUnion({ errors, message }: Extract<Issue, { code: 'invalid_union' }>): string {
  const isOther = ({ code, path }: Issue): boolean =>
    (code === 'invalid_type' && path.length === 0) || (code === 'invalid_value' && path.join() === 'word');
  const [own, ...more] = errors.filter((issues) => !issues.some(isOther));
  if (own?.[0] !== undefined && more.length === 0 && own[0].path.length === 0) return reason(own[0]);
  return message;
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
