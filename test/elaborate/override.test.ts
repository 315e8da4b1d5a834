/** `--set`: what is wrong with a value is shown in the words that were typed. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { instantiate } from '../../compiler/elaborate/spec.ts';
import { specOf } from '../specs/open.ts';

const SPEC = specOf(
  'dit 1\nrecord Size { depth: int = 2 }\nmodel M(width: int = 8, size: Size = Size()) {\n  input x: image[N, width]\n  for i in 0..size.depth { x += x }\n  output eps = x\n}\n',
);

for (const [path, value, code, marked, help] of [
  ['widht', '3', 'D0322', 'widht', 'did you mean `width`?'],
  ['nothing', '3', 'D0322', 'nothing', 'it has `width`, `size`'],
  ['size.dept', '3', 'D0322', 'size.dept', 'did you mean `size.depth`? it has `size.depth`'],
  ['depth', '3', 'D0322', 'depth', 'did you mean `size.depth`?'],
  ['width.depth', '3', 'D0322', 'width.depth', '`width` has no fields'],
  ['width', '2.5', 'D0306', '2.5', '`floor` and `ceil` round'],
  ['width', '8 + foo', 'D0201', 'foo', undefined],
  ['width', '[1', 'D0305', '[1', undefined],
  ['width', '1 const b = 2', 'D0305', '1 const b = 2', undefined],
] as const) {
  test(`--set ${path}=${value}`, () => {
    const { model, diagnostics } = instantiate(SPEC, 'M', [{ path, value }]);
    assert.is(model, undefined);
    assert.is(diagnostics.length, 1);
    const [{ place, ...said }] = diagnostics as [(typeof diagnostics)[number]];
    assert.is(said.code, code);
    assert.is(place.source.path, '--set');
    assert.is(place.source.text, `${path}=${value}`);
    assert.is(place.source.text.slice(place.span.start, place.span.end), marked);
    assert.is(said.help, help);
  });
}

test('--set of a field and of two parameters', () => {
  const { model } = instantiate(SPEC, 'M', [
    { path: 'size.depth', value: '1 + 2' },
    { path: 'width', value: '16' },
  ]);
  assert.equal(model!.inference.inputs.length, 1);
  assert.equal(model!.inference.nodes.length, 3);
  assert.equal(model!.inference.values[model!.inference.results[0]!.value]!.type.shape[1], 16);
});

test('--set of a field of a parameter whose default is another one', () => {
  const spec = specOf(
    'dit 1\nrecord Size { width: int = 2, more: int = 3 }\nmodel M(one: Size = Size(), two: Size = one) {\n  input x: image[N, two.width * two.more]\n  output eps = x\n}\n',
  );
  const { model, diagnostics } = instantiate(spec, 'M', [
    { path: 'one.width', value: '5' },
    { path: 'two.more', value: '7' },
  ]);
  assert.equal(diagnostics, []);
  assert.equal(model!.inference.values[0]!.type.shape[1], 35);
});

test.run();
