/** A mistake of syntax in one declaration is not told again where its name is used. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkText } from '../specs/open.ts';

const CASES: readonly (readonly [what: string, text: string])[] = [
  [
    'a block without its arrow',
    'dit 1\nblock Half(x: [N, D]) [N, D] = x / 2\nmodel M() {\n  input x: image[N, 8]\n  output eps = Half(x)\n}\n',
  ],
  ['a const without a value', 'dit 1\nconst width =\nmodel M() {\n  input x: image[N, width]\n  output eps = x\n}\n'],
  [
    'an import without its brace',
    'dit 1\nuse std.nn { Linear\nmodel M() {\n  input x: image[N, 8]\n  h = Linear(x, 8)\n  output eps = h\n}\n',
  ],
  [
    'a preset without its string',
    'dit 1\nmodel M() {\n  input x: image[N, 8]\n  output eps = x\n}\npreset "a" M()\npreset "b" = "a"()\n',
  ],
];

for (const [what, text] of CASES) {
  test(what, () => {
    const errors = checkText(text).diagnostics.filter(({ severity }) => severity === 'error');
    assert.is(errors.length, 1, errors.map(({ code, message }) => `${code} ${message}`).join('; '));
    assert.match(errors[0]!.code, /^D01/);
  });
}

test.run();
