/** What is laid out how. A text alone is already in canonical form. */
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { format } from '../../dsl/format.ts';
import { parse } from '../../dsl/parse.ts';
import { bare } from './bare.ts';

function formatted(text: string): string {
  const { file, diagnostics } = parse({ path: 'test.dit', text });
  assert.equal(
    diagnostics.map(({ message }) => message),
    [],
    text,
  );
  const once = format(file);
  const again = parse({ path: 'test.dit', text: once });
  assert.equal(again.diagnostics, [], once);
  assert.equal(bare(again.file.decls), bare(file.decls), 'the tree has changed');
  assert.is(again.file.doc, file.doc);
  assert.is(again.file.comments.length, file.comments.length, 'a comment is lost');
  assert.is(format(again.file), once, 'formatting twice differs');
  return once;
}

const LONG = 'a_name_of_thirty_letters_in_all';

const CASES: Readonly<Record<string, string | readonly [text: string, expected: string]>> = {
  'blanks around operators': [
    'const x=-a^-2*(b+c)-d%e/f\nconst y=not a==b and c or d>=1\nconst z=0 .. n+1',
    'const x = -a^-2 * (b + c) - d % e / f\nconst y = not a == b and c or d >= 1\nconst z = 0..n + 1',
  ],
  'blanks in calls, lists and indices': [
    'const x=f( a,k:1 , l : [ 1,2 , ] )[ 0,:,1 :,: n,_ ...,... ] . b',
    'const x = f(a, k: 1, l: [1, 2])[0, :, 1:, :n, _..., ...].b',
  ],
  'paths and pipes': ['const x=a|>f( )as  shared  b[ 0 ] . 1|>g', 'const x = a |> f() as shared b[0].1 |> g'],
  'choices and matches': [
    'const x=if a{1}else if b{2}else{3}\nconst y=match m{a=>1 b|c=>2,_=>3}',
    'const x = if a { 1 } else if b { 2 } else { 3 }\nconst y = match m { a => 1, b | c => 2, _ => 3 }',
  ],
  declarations: [
    'use  std.nn{Linear,Conv2d as Conv}export use "./a.dit"{"p"}enum E{a b}record R{a:int b:[N]?=none}',
    'use std.nn { Linear, Conv2d as Conv }\nexport use "./a.dit" { "p" }\nenum E { a, b }\nrecord R { a: int, b: [N]? = none }',
  ],
  'presets, recipes, grids': [
    'preset "a"=M( )expect{macs:1G+-1% params:2M}recipe r of q{a:1 b:{c:2}}grid g of "a"with r{a.b:[1]zip{c:[2]d:[3]}where a<1 match macs+-1%to 2 by a step 1 / 16 path to M}',
    'preset "a" = M() expect { macs: 1G +- 1%, params: 2M }\nrecipe r of q { a: 1, b: { c: 2 } }\n' +
      'grid g of "a" with r { a.b: [1], zip { c: [2], d: [3] }, where a < 1, match macs +- 1% to 2 by a step 1/16, path to M }',
  ],
  'statements one a line': [
    'model M(){input x:image[N,4]param w as a.0:[D]=0 frozen p:int[D]=x require a==b,"no" x+=1 output a,_=x}',
    'model M() {\n  input x: image[N, 4]\n  param w as a.0: [D] = 0\n  frozen p: int[D] = x\n  require a == b, "no"\n  x += 1\n  output a, _ = x\n}',
  ],
  'one statement may stay on its line':
    'model M() {\n  if a { x = 1 } else { x = 2 }\n  for i in 0..3 { x = i }\n  if b {\n    x = 3\n  }\n}',
  'two may not': [
    'model M() { if a { x = 1 y = 2 } else { x = 3 } }',
    'model M() {\n  if a {\n    x = 1\n    y = 2\n  } else {\n    x = 3\n  }\n}',
  ],
  'what its author broke stays broken':
    'recipe r {\n  a: 1\n  b: { c: 2, d: 3 }\n  e: {\n    f: 4\n  }\n}\nuse std.nn {\n  Linear\n}',
  'empty braces': [
    'recipe r {\n}\nmodel M() {\n}\nmodel L() { if a {\n} else { } }',
    'recipe r {}\nmodel M() {}\nmodel L() { if a {} else {} }',
  ],
  'empty lines, one at most': [
    'const a = 1\n\n\n\nconst b = 2\nmodel M() {\n\n  x = 1\n\n\n  y = 2\n\n}',
    'const a = 1\n\nconst b = 2\nmodel M() {\n  x = 1\n\n  y = 2\n}',
  ],
  'a short block': 'block F(x: [N]) -> ([N], y: [M]?) = f(x)',
  'a short block too long for a line': `block F(x: [N, ${LONG}], y: [N, ${LONG}]) -> [N, T] =\n  ${LONG}(x, y)`,
  'a head too long for a line': [
    `block F(x: [N, T, D], y: [N, ${LONG}], z: [N, T, D], w: [N, T, D], v: [N, T]) -> [N, ${LONG}] { return x }`,
    `block F(x: [N, T, D], y: [N, ${LONG}], z: [N, T, D], w: [N, T, D], v: [N, T])\n    -> [N, ${LONG}] { return x }`,
  ],
  'parameters fill lines below the first': [
    `model M(${'abc: int = 1, '.repeat(12)}d: int) {}`,
    `model M(${'abc: int = 1, '.repeat(8).trim()}\n        ${'abc: int = 1, '.repeat(4)}d: int) {}`,
  ],
  'and keep the breaks of their author if they must break': `block F(x: [N, T, D],\n        y: [N, ${LONG}], z: [N, T, D],\n        w: [N, ${LONG}]) -> [N, T, D] = x`,
  'else they are joined': ['model M(a: int,\n  b: int) {}', 'model M(a: int, b: int) {}'],
  'a pipe too long for a line breaks before every step': [
    `const x = ${LONG}(1) |> ${LONG}(2) as a |> ${LONG} |> ${LONG}(3)`,
    `const x = ${LONG}(1)\n  |> ${LONG}(2) as a\n  |> ${LONG}\n  |> ${LONG}(3)`,
  ],
  'a pipe is broken where its author broke it': 'model M() {\n  x = a |> f\n    |> g |> h\n}',
  'a pipe in parentheses': [
    `model M() { x += gate * (${LONG}(x) |> ${LONG}(2) as a |> ${LONG} as ${LONG}) }`,
    `model M() {\n  x += gate\n    * (${LONG}(x)\n      |> ${LONG}(2) as a\n      |> ${LONG} as ${LONG})\n}`,
  ],
  'a sum too long for a line': [
    `const x = ${LONG} + ${LONG} - ${LONG} * ${LONG} + ${LONG}`,
    `const x = ${LONG} + ${LONG}\n  - ${LONG} * ${LONG} + ${LONG}`,
  ],
  'arguments too long for a line': [
    `const x = f(${LONG}, ${LONG}, k: ${LONG}, l: ${LONG}, m: 1)`,
    `const x = f(\n  ${LONG}, ${LONG}, k: ${LONG},\n  l: ${LONG}, m: 1\n)`,
  ],
  'a list too long for a line': [
    `const x = concat([f(${LONG}), f(${LONG}), f(${LONG}), 1])`,
    `const x = concat([\n  f(${LONG}),\n  f(${LONG}),\n  f(${LONG}),\n  1,\n])`,
  ],
  'a list of plain values is filled': [
    `const x = [${'123456789, '.repeat(12)}1]`,
    `const x = [\n  ${'123456789, '.repeat(10).trim()}\n  123456789, 123456789, 1,\n]`,
  ],
  'a choice too long for a line': [
    `const x = if ${LONG} { ${LONG} } else if ${LONG} { ${LONG} } else { 1 }`,
    `const x = if ${LONG} {\n  ${LONG}\n} else if ${LONG} {\n  ${LONG}\n} else {\n  1\n}`,
  ],
  'entries too long for a line': [
    `recipe r { a: ${LONG}, b: ${LONG}, c: ${LONG}, d: ${LONG} }`,
    `recipe r {\n  a: ${LONG}\n  b: ${LONG}\n  c: ${LONG}\n  d: ${LONG}\n}`,
  ],
  'expectations too long for a line': [
    `preset "${LONG}" = M(a: ${LONG}) expect { macs: 118.64G +- 0.02G, params: 675M +- 0.5M }`,
    `preset "${LONG}" = M(a: ${LONG})\n  expect { macs: 118.64G +- 0.02G, params: 675M +- 0.5M }`,
  ],
};

for (const [name, value] of Object.entries(CASES)) {
  test(name, () => {
    const [text, expected] = typeof value === 'string' ? [value, value] : value;
    assert.is(formatted(`dit 1\n\n${text}`), `dit 1\n\n${expected}\n`);
  });
}

const COMMENTED: Readonly<Record<string, string | readonly [text: string, expected: string]>> = {
  'at the top':
    '// a licence\ndit 1 // version\n/// documentation\n/// in two lines\n\n// a note\n\n/// of a\nconst a = 1 // behind\n// the end',
  'the head is parted from the rest': ['dit 1\n/// doc\nconst a = 1\n', 'dit 1\n/// doc\n\nconst a = 1'],
  'nothing else': ['dit 1 // v', 'dit 1 // v'],
  'in bodies': `dit 1

model M(a: int) { // open
  // first
  x = 1 // behind x

  // before y
  y = 2
  if a { // when
    z = 3
    // last in if
  } else {
    // nothing
  }
  // last
}`,
  'in entries, fields, arms, imports': `dit 1

use std.nn {
  Linear // maps
  // and
  Conv2d
}
record R {
  // of a
  a: int // behind a
}
recipe r { // open
  a: 1 // behind a
  // own
  b: { c: 1 }
}
const x = match a {
  b => 1 // one
  _ => 2
}`,
  'between parameters': `dit 1

block F(
  x: [N], // first
  /// the second
  y: [N],
  // the third
  z: [N]
) -> [N] = x
model M(
  // all
  a: int
) {}`,
  'between the steps of a pipe': `dit 1

model M() {
  x = f(a) // [N, D]
    |> g // [N, T]
    // own
    |> h(1)
}`,
  'in lists and arguments': `dit 1

const x = f(
  a, // first
  // second
  b
)
const y = [
  1, // one
  2,
]`,
  'inside of something they move above it': [
    'dit 1\n\nmodel M() {\n  x = a + // why\n    b\n  y = -(\n    // deep\n    b)\n}',
    'dit 1\n\nmodel M() {\n  // why\n  x = a + b\n  // deep\n  y = -(b)\n}',
  ],
  'documentation of nothing does not become documentation of something': [
    'dit 1\n\n/// of x\nconst x = a + /// lost\n  b',
    'dit 1\n\n/// of x\n// lost\nconst x = a + b',
  ],
};

for (const [name, value] of Object.entries(COMMENTED)) {
  test(`comments ${name}`, () => {
    const [text, expected] = typeof value === 'string' ? [value, value] : value;
    assert.is(formatted(text), `${expected}\n`);
  });
}

test('line ends and byte order marks of other systems', () => {
  assert.is(
    formatted('\ufeffdit 1\r\n/// doc\r\n\r\nconst a = 1 // c\r\n\r\n\r\nconst b = 2\r\n'),
    'dit 1\n/// doc\n\nconst a = 1 // c\n\nconst b = 2\n',
  );
});

const specs = new URL('../../specs/', import.meta.url);
for (const name of readdirSync(specs, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.dit'))) {
  test(`specs/${name} keeps its tree and its comments`, () => {
    formatted(readFileSync(new URL(name, specs), 'utf8'));
  });
}

test.run();
