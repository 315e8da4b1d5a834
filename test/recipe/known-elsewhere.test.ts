/** Blocks that a recipe names and its file does not import. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { applyFixes } from '../../cli/apply-fixes.ts';
import { checkSpec } from '../../compiler/check/check.ts';
import { createSession } from '../../compiler/elaborate/context.ts';
import { resolveRecipe } from '../../compiler/elaborate/recipe.ts';
import { overrideRecipe } from '../../runtime/recipe/override.ts';
import { checkRecipe } from '../../runtime/recipe/recipe.ts';
import { specOf } from '../specs/open.ts';

function said(text: string) {
  const spec = specOf(text);
  return checkSpec(spec, { recipe: (recipe) => checkRecipe(recipe, spec).diagnostics }).diagnostics;
}

const helps = (text: string) => said(text).map(({ help }) => help);
const fixed = (text: string) => applyFixes({ path: 'example.dit', text }, said(text)).text;

const OBJECTIVES = 'use "./objectives.dit" { ddpm }\n';
const BASED = 'recipe based of quick { steps: 5 }\n';
const recipe = (uses: string, fields: string) => `dit 1\n${uses}\nrecipe r { objective: ddpm, ${fields} }\n`;

test('the import that brings it is said, and added', () => {
  // `objectives.dit` exports the steps; `mnist.dit` imports it, and `optim.dit`
  const cases: [fields: string, uses: string, module: string, name: string, after: string][] = [
    ['sample: { step: euler }', OBJECTIVES, '"./objectives.dit"', 'euler', 'use "./objectives.dit" { ddpm, euler }\n'],
    [
      'sample: { step: heun }',
      `use std.samplers { euler }\n${OBJECTIVES}const mine = euler\n`,
      'std.samplers',
      'heun',
      `use std.samplers { euler, heun }\n${OBJECTIVES}const mine = euler\n`,
    ],
    [
      'optimizer: adamw(decay: 0)',
      `${OBJECTIVES}use "./mnist.dit" { quick }\n${BASED}`,
      '"./optim.dit"',
      'adamw',
      `${OBJECTIVES}use "./mnist.dit" { quick }\nuse "./optim.dit" { adamw }\n${BASED}`,
    ],
  ];
  for (const [fields, uses, module, name, after] of cases) {
    const [text, mended] = [recipe(uses, fields), recipe(after, fields)];
    assert.equal(helps(text).filter(Boolean), [`it is in \`${module}\`: write \`use ${module} { ${name} }\``], fields);
    assert.is(fixed(text), mended);
    assert.equal(
      said(mended).filter(({ severity }) => severity === 'error'),
      [],
      fields,
    );
  }
});

test('an objective that is not imported', () => {
  const text = 'dit 1\nuse "./objectives.dit" { ddpm }\nrecipe a { objective: ddpm }\nrecipe b { objective: flow }\n';
  assert.equal(helps(text), ['it is in `"./objectives.dit"`: write `use "./objectives.dit" { flow }`']);
});

test('a name that is misspelt, imported or not', () => {
  assert.equal(
    helps(recipe('use "./objectives.dit" { ddpm, ancestral }\nconst mine = ancestral\n', 'sample: { step: ancestrl }')),
    ['did you mean `ancestral`?'],
  );
  assert.equal(helps(recipe(OBJECTIVES, 'sample: { step: eulr }')), [
    'did you mean `euler`, with `use "./objectives.dit" { euler }`?',
  ]);
});

test('what no import would mend has no such help', () => {
  for (const fields of ['sample: { step: 3 }', 'sample: { step: nothing_like_it }', 'optimizer: adamw'])
    assert.equal(helps(recipe(OBJECTIVES, fields)), [undefined], fields);
  // a block is no objective
  assert.equal(helps(`dit 1\n${OBJECTIVES}recipe a { objective: ddpm }\nrecipe b { objective: euler }\n`), [undefined]);
});

test('of a value from the command line it is said too, and no file is mended', () => {
  const spec = specOf(recipe(OBJECTIVES, 'steps: 3'));
  const session = createSession(spec.instances, '', false);
  const resolved = resolveRecipe(spec.entry.recipes.get('r')!, session)!;
  const changed = overrideRecipe(resolved, [{ path: 'sample.step', value: 'euler' }], spec.entry, session)!;
  const [only] = checkRecipe(changed, spec).diagnostics;
  assert.match(only!.help!, /^it is in `"\.\/objectives\.dit"`/);
  assert.equal(only!.fixes, []);
});

test.run();
