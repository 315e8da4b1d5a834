/**
 * Equal digests are equal work: the graphs of the model, the recipe with the blocks that it names, and the seed. Places,
 * comments, formatting and the names of consts decide nothing.
 */
import type { ModelInstance } from '../elaborate/model.ts';
import { type Entries, isEntries } from '../elaborate/recipe.ts';
import { keyOf, type Term } from '../elaborate/term.ts';
import { digestOf } from '../ir/digest.ts';
import { sha256 } from '../ir/sha256.ts';
import { fullDigest } from './source-digest.ts';

export const pointDigest = (
  { folded: { inference, training } }: ModelInstance,
  recipe: Entries,
  seed: number,
): string =>
  sha256(
    `${digestOf(inference)} ${training === inference ? '' : digestOf(training)} ${recipeText(recipe)} seed=${seed}`,
  );

const texts = new WeakMap<object, string>();

/** One text for equal recipes, whatever the order of their fields. */
function recipeText(entries: Entries): string {
  let text = texts.get(entries);
  if (text === undefined) {
    text = [...entries]
      .map(([name, { value }]) => `${name}=${isEntries(value) ? `{${recipeText(value)}}` : termText(value)}`)
      .sort()
      .join(';');
    texts.set(entries, text);
  }
  return text;
}

const fieldsText = (fields: ReadonlyMap<string, Term>): string =>
  [...fields]
    .map(([name, value]) => `${name}:${termText(value)}`)
    .sort()
    .join();

/** Keys of terms hold numbers of this process where they speak of blocks and records; these texts do not. */
function termText(term: Term): string {
  switch (term.kind) {
    case 'block':
      return `@${term.block.decl.name.text}#${fullDigest(term.block)}(${fieldsText(term.filled)})`;
    case 'record':
      return `${term.record.decl.name.text}(${fieldsText(term.fields)})`;
    case 'list':
      return `[${term.items.map(termText).join()}]`;
    case 'word':
      return `'${term.word}(${term.positional.map(termText).join()};${fieldsText(term.named)})`;
    case 'op':
      return `@${term.op}(${fieldsText(term.filled)})`;
    default:
      return keyOf(term);
  }
}
