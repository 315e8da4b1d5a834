/**
 * Fields of a recipe as plain data, for schemas: numbers, bools, strings, lists, nested objects; a word is an object with
 * the key `word` and its arguments beside it; blocks and records of blocks stay what the compiler knows them as.
 */
import { type Entries, isEntries } from '../../compiler/elaborate/recipe.ts';
import { floatOf, type Term } from '../../compiler/elaborate/term.ts';

/** Names of the arguments of words that may go by position. */
const BY_POSITION: Readonly<Record<string, readonly string[]>> = {
  min_snr: ['cap'],
  warmup: ['to', 'steps'],
  cosine: ['steps'],
  constant: ['to'],
};

export function dataOf(entries: Entries): Record<string, unknown> {
  return Object.fromEntries(
    [...entries].map(([name, { value }]) => [name, isEntries(value) ? dataOf(value) : valueOfTerm(value)]),
  );
}

function valueOfTerm(term: Term): unknown {
  switch (term.kind) {
    case 'number':
      return floatOf(term);
    case 'bool':
    case 'string':
      return term.value;
    case 'none':
      return undefined;
    case 'list':
      return term.items.map(valueOfTerm);
    case 'member':
      return { word: term.name };
    case 'word': {
      const names = BY_POSITION[term.word] ?? [];
      const positional = term.positional.map((each, index): [string, unknown] => [
        names[index] ?? `argument ${index + 1}`,
        valueOfTerm(each),
      ]);
      const named = [...term.named].map(([name, each]): [string, unknown] => [name, valueOfTerm(each)]);
      return { word: term.word, ...Object.fromEntries([...positional, ...named]) };
    }
    default:
      return term;
  }
}
