/** A block is one instance for all records that agree in the fields that it reads. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { instantiate } from '../../compiler/elaborate/spec.ts';
import { calledGraphs } from '../../compiler/ir/callees.ts';
import { specOf } from '../specs/open.ts';

const TEXT = (body: string, more = '') => `dit 1

use std.nn { Linear }

record Size { depth: int, width: int, heads: int = 2 }

block Layer(x: [N, W], size: Size, more: int = 0) -> [N, W] {
  ${body}
}
${more}
model M(size: Size = Size(depth: 1, width: 4)) {
  input x: image[N, 8]
  h = Layer(x, Size(depth: 1, width: 4)) as a
  h = Layer(h, Size(depth: 2, width: 4)) as b
  h = Layer(h, Size(depth: 2, width: 4, heads: 3)) as c
  output eps = h * size.depth
}
`;

/** The instances of Layer, by what is shown of them. */
function instances(body: string, more?: string): readonly string[] {
  const { model, diagnostics } = instantiate(specOf(TEXT(body, more)), 'M');
  assert.equal(
    diagnostics.map(({ message }) => message),
    [],
  );
  return calledGraphs(model!.inference).flatMap(({ name, settings }) => (name === 'Layer' ? [settings] : []));
}

const CASES: readonly [what: string, body: string, shown: readonly string[], more?: string][] = [
  ['nothing is read', 'return Linear(x, 8) as fc', ['more: 0']],
  ['one field', 'return Linear(x, size.width + 4) as fc', ['size.width: 4, more: 0']],
  [
    'two fields',
    'return Linear(x, size.width + 2 * size.heads) as fc |> Linear(8) as out',
    ['size.heads: 2, size.width: 4, more: 0', 'size.heads: 3, size.width: 4, more: 0'],
  ],
  ['a field in a path', 'return Linear(x, 8) as fc[size.depth]', ['size.depth: 1, more: 0', 'size.depth: 2, more: 0']],
  [
    'the whole, handed on to a block that reads one field',
    'return Inner(x, size) as inner',
    ['size.width: 4, more: 0'],
    'block Inner(x: [N, W], size: Size) -> [N, W] = Linear(x, size.width + 4) as fc\n',
  ],
  [
    'the whole, compared',
    'return if size == Size(depth: 1, width: 4) { x } else { 2 * x }',
    [
      'size: Size(depth: 1, width: 4, heads: 2), more: 0',
      'size: Size(depth: 2, width: 4, heads: 2), more: 0',
      'size: Size(depth: 2, width: 4, heads: 3), more: 0',
    ],
  ],
  [
    'all fields',
    'return x * (size.depth + size.width + size.heads)',
    [
      'size: Size(depth: 1, width: 4, heads: 2), more: 0',
      'size: Size(depth: 2, width: 4, heads: 2), more: 0',
      'size: Size(depth: 2, width: 4, heads: 3), more: 0',
    ],
  ],
];

for (const [what, body, shown, more] of CASES) test(what, () => assert.equal(instances(body, more), shown));

test('a default that is made of a field counts', () => {
  const text = TEXT('return x * more').replace('more: int = 0', 'more: int = size.depth');
  const { model } = instantiate(specOf(text), 'M');
  const layers = calledGraphs(model!.inference).filter(({ name }) => name === 'Layer');
  assert.equal(
    layers.map(({ settings }) => settings),
    ['size.depth: 1, more: 1', 'size.depth: 2, more: 2'],
  );
});

test.run();
