/** `F(k: v)`, a block with some of its parameters filled in: what is filled in is not given again. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkText } from '../specs/open.ts';

const specOf = (mlp: string, call: string): string => `dit 1
use std.nn { Linear }
block Wide(x: [N, D], hidden: int = 4 * D, bias: bool = true) -> [N, D] =
  Linear(x, hidden, bias: bias) as up |> Linear(D) as down
model M(mlp: block = ${mlp}) {
  input x: image[N, 8]
  output eps = ${call} as mlp
}
`;
const errors = (mlp: string, call: string) => checkText(specOf(mlp, call)).diagnostics;

const SOUND: readonly [mlp: string, call: string][] = [
  ['Wide', 'mlp(x, 32)'],
  ['Wide(bias: false)', 'mlp(x, 32)'],
  ['Wide(hidden: 4)', 'mlp(x)'],
  ['Wide(hidden: 4)', 'mlp(x, bias: false)'],
  // nothing is given
  ['Wide(hidden: 4)', 'mlp(x, none)'],
];
for (const [mlp, call] of SOUND) test(`${mlp}, ${call}`, () => assert.equal(errors(mlp, call), []));

const DOUBLED: readonly [mlp: string, call: string, name: string, at: string][] = [
  ['Wide(hidden: 4)', 'mlp(x, 32)', 'hidden', '32'],
  ['Wide(hidden: 4)', 'x |> mlp(hidden: 32)', 'hidden', '32'],
  ['Wide(hidden: 4, bias: false)', 'mlp(x, bias: true)', 'bias', 'true'],
];
for (const [mlp, call, name, at] of DOUBLED) {
  test(`${mlp}, ${call}: \`${name}\` is given twice`, () => {
    const [only, ...more] = errors(mlp, call);
    assert.equal(more, []);
    assert.is(`${only!.code} ${only!.message}`, `D0323 \`${name}\` of \`Wide\` is given twice`);
    const { place } = only!;
    assert.is(place.source.text.slice(place.span.start, place.span.end), at);
    assert.is(only!.notes[0], `the block that is called is \`${mlp}\``);
  });
}

test('of an op', () => {
  const text = (call: string): string => `dit 1
model M(norm: block = layernorm(eps: 1e-3)) {
  input x: image[N, 8]
  output eps = ${call}
}
`;
  assert.equal(checkText(text('norm(x)')).diagnostics, []);
  assert.equal(
    checkText(text('norm(x, eps: 1e-5)')).diagnostics.map(({ message }) => message),
    ['`eps` of `layernorm` is given twice'],
  );
});

test.run();
