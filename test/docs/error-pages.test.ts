/** Every code has a page whose failing example gives that code and no other, and whose fixed example gives nothing. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkSpec } from '../../compiler/check/check.ts';
import { report as elaboration } from '../../compiler/elaborate/codes.ts';
import { createSession } from '../../compiler/elaborate/context.ts';
import { Instances } from '../../compiler/elaborate/instances.ts';
import { resolveRecipe } from '../../compiler/elaborate/recipe.ts';
import { parse } from '../../dsl/parse.ts';
import { report as syntax } from '../../dsl/syntax-codes.ts';
import { checkRecipe } from '../../runtime/recipe/recipe.ts';
import { report as recipes } from '../../runtime/recipe/recipe-issue.ts';
import { specOf } from '../specs/open.ts';
import { examplesIn } from './examples.ts';

const folder = path.join(import.meta.dirname, '..', '..', 'docs', 'errors');
const pages = readdirSync(folder)
  .filter((name) => /^D\d{4}\.md$/.test(name))
  .map((name) => name.slice(0, -'.md'.length));

/** All that is said of a text, of its recipes too; the examples of the syntax need not make sense beyond it. */
function codesOf(text: string, code: string): readonly string[] {
  if (code in syntax.table) return parse({ path: 'example.dit', text }).diagnostics.map((said) => said.code);
  const spec = specOf(text);
  const said = [...checkSpec(spec).diagnostics];
  for (const symbol of spec.entry.recipes.values()) {
    const resolved =
      symbol.scope === spec.entry ? resolveRecipe(symbol, createSession(new Instances(), '', false)) : undefined;
    if (resolved !== undefined) said.push(...checkRecipe(resolved).diagnostics);
  }
  return said.map(({ code }) => code);
}

/** Of the command: about files that are no texts, so there is nothing to compile. */
const WITHOUT_EXAMPLES = ['D0001'];
/** What fails is too long for a page: `test/dsl` has it. */
const ONLY_FIXED = ['D0111', 'D0122'];

test('there is a page for every code, and no other', () => {
  const codes = [
    ...WITHOUT_EXAMPLES,
    ...Object.keys(syntax.table),
    ...Object.keys(elaboration.table),
    ...Object.keys(recipes.table),
  ];
  assert.equal([...pages].sort(), codes.sort());
});

for (const code of pages.filter((each) => !WITHOUT_EXAMPLES.includes(each))) {
  test(code, () => {
    const text = readFileSync(path.join(folder, `${code}.md`), 'utf8');
    assert.match(text, new RegExp(`^# ${code}: \\S`));
    const examples = examplesIn(text);
    assert.is(examples.length, ONLY_FIXED.includes(code) ? 1 : 2);
    const [fixed, failing] = [...examples].reverse();
    if (failing !== undefined) assert.equal([...new Set(codesOf(failing, code))], [code], 'the failing example');
    assert.equal(codesOf(fixed!, code), [], 'the fixed example');
  });
}

test.run();
