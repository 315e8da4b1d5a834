/** A field that has several forms: what is wrong with the one that was written, or which there are. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createSession } from '../../compiler/elaborate/context.ts';
import { Instances } from '../../compiler/elaborate/instances.ts';
import { resolveRecipe } from '../../compiler/elaborate/recipe.ts';
import { checkRecipe } from '../../runtime/recipe/recipe.ts';
import { specOf } from '../specs/open.ts';

const said = (lr: string): readonly string[] => {
  const { entry } = specOf(`dit 1\nrecipe r { lr: ${lr} }\n`);
  const resolved = resolveRecipe(entry.recipes.get('r')!, createSession(new Instances(), '', false));
  return checkRecipe(resolved!).diagnostics.map(({ code, message }) => `${code} ${message}`);
};

const CASES: readonly [lr: string, said: readonly string[]][] = [
  ['1e-3', []],
  ['warmup(1e-3, 100)', []],
  ['-1', ['D0702 `lr` must be more than 0']],
  ['1e3', ['D0702 `lr` must be at most 10']],
  ['adam', ['D0702 `lr` must be a number, `warmup(…)` or `cosine(…)`']],
  ['warmup(to: -1, steps: 3)', ['D0702 `lr.to` must be more than 0']],
  ['true', ['D0702 `lr` must be a number, `warmup(…)` or `cosine(…)`']],
  ['"high"', ['D0702 `lr` must be a number, `warmup(…)` or `cosine(…)`']],
];
for (const [lr, expected] of CASES) test(`lr: ${lr}`, () => assert.equal(said(lr), expected));

test.run();
