/** Every example of the documentation of the language is a whole file that checks without a word. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkText } from '../specs/open.ts';
import { examplesIn } from './examples.ts';

for (const page of ['language.md', 'cookbook.md']) {
  const text = readFileSync(path.join(import.meta.dirname, '..', '..', 'docs', page), 'utf8');
  const examples = examplesIn(text);
  test(`${page} has examples`, () => {
    assert.ok(examples.length > 8);
  });
  for (const [index, example] of examples.entries()) {
    test(`${page}, example ${index + 1}`, () => {
      assert.equal(
        checkText(example).diagnostics.map(
          ({ code, message, place }) => `${code} ${message}: ${example.slice(place.span.start, place.span.end)}`,
        ),
        [],
      );
    });
  }
}

test.run();
