/** Fields that recipes do not have, and values that they cannot: what is said, with the help. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createSession } from '../../compiler/elaborate/context.ts';
import { Instances } from '../../compiler/elaborate/instances.ts';
import { resolveRecipe } from '../../compiler/elaborate/recipe.ts';
import { checkRecipe } from '../../runtime/recipe/recipe.ts';
import { specOf } from '../specs/open.ts';

const GUIDANCE = ['scale', 'from', 'to', 'power', 'channels'].map((name) => `\`sample.guidance.${name}\``).join(', ');
const LINEAR = 'schedule: linear(steps: 100, from: 1e-4, to: 2e-2)';

const CASES: readonly [fields: string, said: string][] = [
  ['lrr: 1', 'recipes have no field `lrr` | did you mean `lr`?'],
  ['sample: { stpes: 5 }', 'recipes have no field `sample.stpes` | did you mean `sample.steps`?'],
  ['sample: { guidance: { x: 5 } }', `recipes have no field \`sample.guidance.x\` | the fields are ${GUIDANCE}`],
  ['learning_rate: 1', 'recipes have no field `learning_rate` | here it is `lr`'],
  ['guidance_scale: 4', 'recipes have no field `guidance_scale` | here it is `sample.guidance.scale`'],
  ['sample: { cfg_scale: 4 }', 'recipes have no field `sample.cfg_scale` | here it is `sample.guidance.scale`'],
  [
    'seed: 1',
    'recipes have no field `seed` | a seed is no part of a recipe: in a grid write `seed: 0..3`, else `--seed 1`',
  ],
  ['sample: { guidance: 4 }', `\`sample.guidance\` must be fields in braces | its fields are ${GUIDANCE}`],
  ['flip: 1', '`flip` must be `true` or `false`'],
  ['sample: { steps: 200 }', ''],
  [
    `${LINEAR}\nsample: { step: ancestral, steps: 200 }`,
    '`sample.steps` does not fit `schedule`: a part of 100 steps cannot keep 200 of them',
  ],
  [`${LINEAR}\nsample: { step: ancestral, steps: 100 }`, ''],
  [`${LINEAR}\nsample: { steps: 200 }`, ''],
  [
    `${LINEAR}\nsample: { step: ancestral, steps: 200, spacing: trailing }`,
    '`sample.spacing` does not fit `schedule`: a schedule of 100 steps has no 200',
  ],
];
for (const [fields, expected] of CASES)
  test(fields, () => {
    const { entry } = specOf(`dit 1\nuse "./objectives.dit" { ancestral }\nrecipe r { ${fields} }\n`);
    const resolved = resolveRecipe(entry.recipes.get('r')!, createSession(new Instances(), '', false))!;
    const said = checkRecipe(resolved).diagnostics.map(({ message, help }) =>
      help ? `${message} | ${help}` : message,
    );
    assert.is(said.join(), expected);
  });

test.run();
