/** Specs from strangers: each mistake is one clear message, in bounded time and memory. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkText } from '../specs/open.ts';

const model = (body: string, before = ''): string =>
  `dit 1\n${before}\nmodel M() {\n  input x: image[N, 4]\n${body}\n  output eps = x\n}\n`;
const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

const CASES: readonly (readonly [what: string, text: string, code: string, message: RegExp])[] = [
  ['a block that calls itself', model('  x = B(x)', 'block B(x: [N, D]) -> [N, D] = B(x)'), 'D0212', /reaches itself/],
  [
    'two blocks that call each other',
    model('  x = A(x)', 'block A(x: [N, D]) -> [N, D] = B(x)\nblock B(x: [N, D]) -> [N, D] = A(x)'),
    'D0212',
    /reaches itself/,
  ],
  [
    'a block that is handed itself',
    model('  x = A(x, A)', 'block A(x: [N, D], f: block) -> [N, D] = f(x, f)'),
    'D0212',
    /reaches itself/,
  ],
  ['a range of a billion', model('  for i in 0..1e9 { x = x + i }'), 'D0901', /range of 1000000000/],
  [
    'loops in loops',
    model('  for i in 0..1000 { for j in 0..1000 { for k in 0..1000 { x = x + 1 } } }'),
    'D0901',
    /more than/,
  ],
  [
    'a list that doubles',
    model('  l = [1]\n  for i in 0..100 { l = l + l }\n  require len(l) > 0, "items"'),
    'D0901',
    /list is too long/,
  ],
  ['a number that squares', model('  n = 2\n  for i in 0..100 { n = n * n }\n  x = x * n'), 'D0312', /too many digits/],
  ['a power tower', model('  x = x * 9^9^9'), 'D0312', /too many digits/],
  [
    '5,000 blocks in a chain',
    model(
      '  x = B0(x)',
      `${lines(5000, (i) => `block B${i}(x: [N, D]) -> [N, D] = B${i + 1}(x)`)}\nblock B5000(x: [N, D]) -> [N, D] = x`,
    ),
    'D0901',
    /blocks inside blocks/,
  ],
  [
    'instances that double',
    model(
      '  x = B0(x, 1)',
      `${lines(40, (i) => `block B${i}(x: [N, D], k: int) -> [N, D] = B${i + 1}(x, 2 * k) + B${i + 1}(x, 2 * k + 1)`)}\nblock B40(x: [N, D], k: int) -> [N, D] = x * k`,
    ),
    'D0901',
    /different instances/,
  ],
  [
    'weights that double: 2^60 of them',
    model(
      '  x = B0(x) as m',
      `${lines(60, (i) => `block B${i}(x: [N, D]) -> [N, D] {\n  x = B${i + 1}(x) as a\n  x = B${i + 1}(x) as b\n  return x\n}`)}\nblock B60(x: [N, D]) -> [N, D] {\n  param w: [1, D] = 0\n  return x * w\n}`,
    ),
    'D0901',
    /weights of one model: more than 200000/,
  ],
  ['a dim without end', model('  x = repeat(x, "n d -> n (d k)", k: 1e15)'), 'D0901', /a dim of/],
  [
    'a weight larger than any memory',
    model('  param w: [1e6, 1e6, 1e6] = 0\n  x = x * w[0, 0, 0]'),
    'D0406',
    /too large/,
  ],
  ['10,000 parentheses', `dit 1\nconst a = ${'('.repeat(10_000)}1${')'.repeat(10_000)}\n`, 'D0112', /200 deep/],
  [
    'consts in a circle',
    'dit 1\nconst a = b\nconst b = a\nmodel M(n: int = a) {\n  input x: image[N, 4]\n  output eps = x * n\n}\n',
    'D0215',
    /by itself/,
  ],
  ['presets in a circle', `${model('')}preset "a" = "b"()\npreset "b" = "a"()\n`, 'D0215', /by itself/],
  [
    'a file that imports itself',
    `dit 1\nuse "./example.dit" { a }\nconst a = 1\n${model('').slice(6)}`,
    'D0205',
    /import cycle/,
  ],
  [
    'a grid of 10^17 points',
    `${model('').replace('M()', 'M(a: int = 1, b: int = 1, c: int = 1, d: int = 1)').replace('eps = x', 'eps = x * (a + b + c + d)')}grid g of M { a: 0..90000, b: 0..90000, c: 0..9000, d: 0..9000 }\n`,
    'D0901',
    /combinations/,
  ],
];

for (const [what, text, code, message] of CASES) {
  test(what, () => {
    const errors = checkText(text).diagnostics.filter(({ severity }) => severity === 'error');
    assert.equal([...new Set(errors.map((each) => each.code))], [code]);
    assert.match(errors[0]!.message, message);
  });
}

test('an initial value of 10^13 elements is never computed', () => {
  const text = model(
    '  frozen t: [1e5 * 1e5, 1000] = sincos2d(1e5, 1e5, 1000)\n  x = x * t[0, 0]',
    'use std.embed { sincos2d }',
  );
  assert.equal(
    checkText(text).diagnostics.map(({ code }) => code),
    [],
  );
});

test.run();
