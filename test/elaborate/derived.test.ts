/**
 * Models that differ only in how often a run turns, or in what their calls call, are made from one another. Each is, to
 * the last letter, what a spec makes that has seen no other.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runWork } from '../../compiler/cost/run-work.ts';
import { Instances } from '../../compiler/elaborate/instances.ts';
import { instantiate, type Spec } from '../../compiler/elaborate/spec.ts';
import { digestOf } from '../../compiler/ir/digest.ts';
import { likeOf } from '../../compiler/ir/like.ts';
import { printGraph } from '../../compiler/ir/print.ts';
import { verify } from '../../compiler/ir/verify.ts';
import { countParams } from '../../compiler/ir/weights.ts';
import { specNamed, specOf } from '../specs/open.ts';

function shown(spec: Spec, name: string, path: string, value: number) {
  const { model, diagnostics } = instantiate(spec, name, [{ path, value: String(value) }]);
  const messages = diagnostics.map(({ code, message, notes }) => [code, message, ...notes]);
  if (model === undefined) return { messages, made: false };
  const { folded } = model;
  return {
    made: likeOf(folded.inference) !== undefined,
    messages,
    settings: [...model.settings.keys()],
    graphs: (['inference', 'training'] as const).map((which) => ({
      text: printGraph(model[which]),
      problems: verify(model[which]),
      digest: digestOf(folded[which]),
      flat: digestOf(model[which]),
      params: countParams(folded[which]),
      work: runWork(folded[which]),
    })),
  };
}

/** Which of the values were made from the first of them; that all are right is checked. */
function madeOf(open: () => Spec, name: string, path: string, values: readonly number[]): readonly number[] {
  const spec = open();
  return values.filter((value) => {
    const { made, ...now } = shown(spec, name, path, value);
    const { made: _, ...alone } = shown(open(), name, path, value);
    assert.equal(now, alone, `${name} ${path}=${value}`);
    return made;
  });
}

const fresh = (name: string) => (): Spec => ({ ...specNamed(name), instances: new Instances() });

for (const [spec, name, path, made] of [
  ['dit', 'DiT-S/2', 'size.depth', [5, 2, 30, 1, 0]],
  ['dit', 'DiT-XL/2-in-context', 'size.depth', [5, 2, 30, 1, 0]],
  ['sit', 'SiT-S/2', 'size.depth', [5, 2, 30, 1, 0]],
  // the loop is the model's own: one turn is no run
  ['lightningdit', 'LightningDiT-B/1', 'size.depth', [5, 2, 30]],
  ['pixart', 'PixArt-XL/2-256', 'depth', [5, 2, 30, 1, 0]],
  ['digits', 'digits', 'size.depth', [5, 2, 30, 1, 0]],
  // an encoder and a decoder, with skips between them
  ['uvit', 'U-ViT-S/2-cifar10', 'depth', []],
] as const)
  test(`${name} with other ${path}`, () =>
    assert.equal(
      madeOf(
        fresh(spec),
        name,
        path,
        [12, 5, 2, 30, 1, 0].filter((depth) => spec !== 'uvit' || depth !== 5),
      ),
      made,
    ));

const text = (body: string, block = '', size = 'size: Size = Size()'): string => `dit 1

use std.nn { Linear }

record Size { depth: int = 4, width: int = 4 }

block Stage(x: [N, W], size: Size) -> [N, W] {
  for i in 0..size.depth { x = Linear(x, size.width) as blocks[i] }
  return x
}
block Twice(x: [N, W], size: Size) -> [N, W] = Stage(x, size) as one |> Stage(size) as two
${block}
model M(${size}) {
  input x: image[N, 4]
  h = x
  ${body}
  output eps = h
}
`;

const VALUES = [4, 6, 3, 1, 10];
const ALL = VALUES.slice(1);

const made = (body: string, block?: string, size?: string, path = 'size.depth'): readonly number[] =>
  madeOf(() => specOf(text(body, block, size)), 'M', path, VALUES);

test('through blocks that hand a record on, and blocks inside them', () => {
  for (const body of [
    'h = Stage(h, size) as s',
    'h = Twice(h, size) as t',
    'h = Twice(h, size) as t\n  h = Stage(h, size) as s',
    'a = size\n  h = Stage(h, a) as s',
    'h = Stage(h, size) as _\n  h = Linear(h, 4) as block.7',
    'for k in 0..2 { h = Stage(h, size) as s[k] }',
  ])
    assert.equal(made(body), ALL, body);
});

test('a number that is a parameter of its own', () => {
  const loop = 'for i in 0..depth { h = Linear(h, 4) as blocks[i] }';
  assert.equal(made(loop, '', 'depth: int = 4', 'depth'), [6, 3, 10]);
  assert.equal(made(`${loop}\n  h = depth * h`, '', 'depth: int = 4', 'depth'), []);
  const block = `block Deep(x: [N, W], n: int) -> [N, W] {\n  for i in 0..n { x = Linear(x, 4) as blocks[i] }\n  return x\n}`;
  const scaled = `block Scaled(x: [N, W], n: int) -> [N, W] = x / n`;
  for (const call of ['Deep(h, depth) as deep', 'Deep(h, n: depth) as deep', 'h |> Deep(depth) as deep'])
    assert.equal(made(`h = ${call}`, block, 'depth: int = 4', 'depth'), ALL, call);
  assert.equal(made('h = Scaled(h, depth)', scaled, 'depth: int = 4', 'depth'), ALL);
  assert.equal(made('h = Deep(h, depth + 1) as deep', block, 'depth: int = 4', 'depth'), ALL);
  assert.equal(made('h = h * depth', '', 'depth: int = 4', 'depth'), []);
});

test('two loops of one length, and a loop that begins elsewhere', () => {
  const loop = (name: string, from: number) => `for i in ${from}..size.depth { h = Linear(h, 4) as ${name}[i] }`;
  assert.equal(made(`${loop('a', 0)}\n  ${loop('b', 0)}`), [6, 3, 10]);
  assert.equal(made(loop('a', 1)), [6, 3, 10]);
  assert.equal(made(loop('a', 2)), [6, 10]);
});

test('not where the number decides anything else', () => {
  const loop = 'for i in 0..size.depth { h = Linear(h, 4) as blocks[i] }';
  for (const body of [
    `${loop}\n  h = h / size.depth`,
    `if size.depth > 5 { h = 2 * h }\n  ${loop}`,
    `require size.depth < 10, "not so deep"\n  ${loop}`,
    'for i in 0..size.depth { h = Linear(h, 4, init: normal(1 / size.depth)) as blocks[i] }',
    'for i in 0..size.depth { h = if i == 0 { h } else { Linear(h, 4) as blocks[i] } }',
    'for i in 0..size.depth + 1 { h = Linear(h, 4) as blocks[i] }',
    'for k in 0..2 { h = Stage(h, size) as s[k] }\n  h = if size == Size() { h } else { -h }',
    `${loop}\n  h = Linear(h, 4) as blocks.7`,
  ])
    assert.equal(made(body), [], body);
});

const WIDE = `block Wide(x: [N, W], hidden: int, slope: float = 1) -> [N, W] =
  Linear(x, hidden) as in |> gelu |> Linear(W) as out |> Times(slope)
block Times(x: [N, W], slope: float) -> [N, W] = slope * x
block Row(width: int, shown: int) -> [1, width] = shown * arange(width)[_, :]
block Pair(x: [N, W], width: int) -> ([N, W], [N, W]) = [Linear(x, width) as a |> Linear(W) as b, x]
`;
function wide(body: string): readonly number[] {
  assert.equal(shown(specOf(text(body, WIDE)), 'M', 'size.width', 6).messages, [], body);
  return made(body, WIDE, undefined, 'size.width');
}

test('arguments that are calculated', () => {
  for (const body of [
    'h = Wide(h, size.width) as w',
    'h = Wide(h, 2 * size.width + 1) as w',
    'h = h |> Wide(max(size.width, 3)) as w',
    'h = Wide(h, if size.width > 3 { size.width } else { size.depth }) as w',
    'h = Wide(h, [size.width, 8][0]) as w',
    'h = Wide(h, 8, slope: 1 / size.width) as w',
    'k = 2\n  h = Wide(h, k * size.width) as w\n  h = Wide(h, 7) as v',
    'for i in 0..3 { h = Wide(h, size.width) as w[i] }',
    'for i in 0..3 { h = Wide(h, size.width + i) as w[i] }',
    'h, g = Pair(h, size.width) as pair\n  h = h + g',
    'h = Stage(h, Size(depth: size.depth + 1, width: 4)) as s\n  h = Wide(h, size.width) as w',
    'h = Wide(h, size.width) as _\n  h = Linear(h, 4) as other',
  ])
    assert.equal(wide(body), ALL, body);
});

test('not where they decide more than what is called', () => {
  for (const body of [
    // the result is of another type
    'h = Linear(h, size.width) as a |> Linear(4) as b',
    // what is calculated has a name, and may be read for anything
    'k = size.width\n  h = Wide(h, k) as w',
    'h = Wide(h, size.width) as w[size.width]',
    'h = Wide(h, size.width) as w\n  h = h * size.width',
    // an initial value is what a call computes
    'param start: [1, 4] = Row(4, size.width)\n  h = h + start',
    // turns that are copied
    'for i in 0..3 { h = Wide(h, size.width) as w[i].a |> Linear(4) as w[i].b }',
  ])
    assert.equal(wide(body), [], body);
});

test('paths may clash for some values', () => {
  const clash = `block Deep(x: [N, W], n: int) -> [N, W] {
  for i in 0..n { x = Linear(x, 4) as blocks[i] }
  return if n == 3 { Linear(x, 4) as other } else { x }
}
`;
  assert.equal(made('h = Deep(h, size.depth) as _\n  h = Linear(h, 4) as other', clash), [6, 1, 10]);
  // one turn is no run, whose paths are all below `blocks`
  assert.equal(made('h = Deep(h, size.depth) as _\n  h = Linear(h, 4) as blocks.7', clash), [1]);
  assert.equal(made('h = Stage(h, size) as a.b\n  h = Linear(h, 4) as a.b.blocks.7'), [1]);
});

test('results that are there for some values', () => {
  const some = `block Some(x: [N, W], n: int) -> [N, W]? = if n > 3 { x } else { none }
`;
  const body = 'g = Some(h, size.depth)\n  h = if g == none { 2 * h } else { g }';
  assert.equal(
    made(body, some),
    [6, 1, 10].filter((n) => n > 3),
  );
});

test.run();
