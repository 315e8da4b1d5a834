/** Settings and recipes as flat lists of names and texts: `size.depth: 28`, `sample.guidance.scale: 1.5`. */
import type { Settings } from '../elaborate/model.ts';
import { type Entries, isEntries } from '../elaborate/recipe.ts';
import { showTerm, type Term } from '../elaborate/term.ts';

export type Flat = Readonly<Record<string, string>>;

/** Every value of a model's parameters, records by their fields. */
export function flatTerms(settings: Settings): ReadonlyMap<string, Term> {
  const flat = new Map<string, Term>();
  for (const [name, term] of settings) addTerm(flat, name, term);
  return flat;
}

function addTerm(flat: Map<string, Term>, name: string, term: Term): void {
  if (term.kind === 'record') for (const [field, value] of term.fields) addTerm(flat, `${name}.${field}`, value);
  else flat.set(name, term);
}

export const flatSettings = (settings: Settings): Flat =>
  Object.fromEntries([...flatTerms(settings)].map(([name, term]) => [name, showTerm(term)]));

/** Every value of a recipe: `sample.guidance.scale`. */
export function recipeTerms(entries: Entries, prefix = ''): ReadonlyMap<string, Term> {
  const flat = new Map<string, Term>();
  for (const [name, { value }] of entries) {
    if (isEntries(value)) for (const [inner, term] of recipeTerms(value, `${prefix}${name}.`)) flat.set(inner, term);
    else flat.set(prefix + name, value);
  }
  return flat;
}

export const flatRecipe = (entries: Entries): Flat =>
  Object.fromEntries([...recipeTerms(entries)].map(([name, term]) => [name, showTerm(term)]));

/** What a value is made of, where it is shown by the name of a const. */
export const spelledOut = (term: Term): string =>
  term.kind === 'record' ? showTerm({ kind: 'record', record: term.record, fields: term.fields }) : showTerm(term);
