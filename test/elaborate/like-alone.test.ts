/** A point is what it is in a spec of its own, whatever the spec has made before it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { specOf } from '../specs/open.ts';
import { pointOf } from './like-alone.ts';

const HEAD = `dit 1

use std.nn { Linear }

record Size { depth: int = 4, width: int = 4 }

block Stage(x: [N, W], size: Size) -> [N, W] {
  for i in 0..size.depth { x = Linear(x, size.width) as blocks[i] }
  return x
}
block Deep(x: [N, W], n: int) -> [N, W] {
  for i in 0..n { x = Linear(x, 4) as blocks[i] }
  return x
}
`;

const model = (params: string, body: string, blocks = ''): string =>
  `${HEAD}${blocks}
model M(${params}) {
  input x: image[N, 4]
  h = x
  ${body}
  output eps = h
}
`;

const PICKY = `block Picky(x: [N, W], n: int) -> [N, W] {
  require n < 3, "less than three"
  return Linear(x, W) as p
}
`;

/** One after the other in one spec; `a=1 b=2` is a point. */
const ORDERS: readonly (readonly [what: string, text: string, points: readonly string[]])[] = [
  [
    'the last turn of a loop is read after it',
    model('size: Size = Size()', 'for i in 0..size.depth { h = Linear(h, 4) as b[i] }\n  h = h * i'),
    ['size.depth=4', 'size.depth=6'],
  ],
  [
    'the last turn of a loop grows after it',
    model('n: int = 4', 'for i in 0..n { h = Linear(h, 4) as b[i] }\n  i += 1\n  h = h * i'),
    ['n=4', 'n=6'],
  ],
  [
    'the counter of a loop is a path after it',
    model('n: int = 4', 'for k, i in 0..n { h = Linear(h, 4) as b[i] }\n  h = Linear(h, 4) as last[k]'),
    ['n=4', 'n=6'],
  ],
  [
    'a default is another parameter',
    model(
      'size: Size = Size()',
      'h = B(h, size)',
      'block B(x: [N, W], a: Size, b: Size = a) -> [N, W] = x * b.width\n',
    ),
    ['size.width=4', 'size.width=6'],
  ],
  [
    'a default is made of a field, and was given as it is before',
    model(
      'size: Size = Size(), given: bool = false',
      'h = if given { B(h, size, 4) } else { B(h, size) }',
      'block B(x: [N, W], size: Size, more: float = size.depth) -> [N, W] = x * more\n',
    ),
    ['given=true', 'size.depth=4', 'size.depth=6'],
  ],
  [
    'equal records take turns in a loop',
    model(
      'one: Size = Size(), two: Size = Size(), three: Size = Size()',
      'h = B(h, one, two, three) as b',
      `block B(x: [N, W], one: Size, two: Size, three: Size) -> [N, W] {
  for i in 0..3 {
    y = Linear(x, one.width) as in[i]
    x = Linear(y, W) as out[i]
    before = one
    one = two
    two = three
    three = before
  }
  return x
}
`,
    ),
    ['three.width=4', 'three.width=6'],
  ],
  [
    'two stages of one list that are no longer equal',
    model('a: Size = Size(), b: Size = Size()', 'h = Stage(h, a) as s.0\n  h = Stage(h, b) as s.1'),
    ['a.depth=4', 'b.depth=6', 'a.depth=6', 'a.depth=6 b.depth=6'],
  ],
  [
    'a number that is not read where another is',
    model(
      'n: int = 4, turned: bool = false, k: int = 1',
      'h = B(h, n, turned) as b\n  h = k * h + k',
      `block B(x: [N, W], n: int, turned: bool) -> [N, W] {
  if turned { for i in 0..n { x = Linear(x, 4) as blocks[i] } }
  return 2 * x
}
`,
    ),
    ['n=4', 'n=6', 'turned=true'],
  ],
  [
    'two stages among many are equal',
    model('depths: list = [3]', 'for k, n in depths { h = Deep(h, n) as s[k] }'),
    ['depths=[3]', 'depths=[4,5,6,7,8,9,4]'],
  ],
  [
    'a block that is wrong stays wrong',
    model(
      'n: int = 1, k: int = 2',
      'h = Linear(h, 4) as first\n  h = Bad(h) as bad\n  h = h * n * k',
      'block Bad(x: [N, W]) -> [N, W] {\n  a = Linear(x, 4) as p\n  b = Linear(x, 4) as p\n  return a + b\n}\n',
    ),
    ['n=1', 'n=2'],
  ],
  [
    'a default is a block with another parameter filled in, and was given as it is before',
    model(
      'size: Size = Size(), given: bool = true',
      'h = if given { B(h, size, f: Deeper(size: size)) as b } else { B(h, size) as b }',
      `block Deeper(x: [N, W], size: Size) -> [N, W] = Deep(x, size.depth) as _
block B(x: [N, W], size: Size, f: block = Deeper(size: size)) -> [N, W] = f(x) as f
`,
    ),
    ['given=true', 'given=false', 'given=false size.depth=6', 'given=false size.width=6', 'given=true size.depth=6'],
  ],
  [
    'an argument that reads a number only sometimes',
    model(
      'size: Size = Size(), n: int = 2',
      'h = B(h, size, n) as b',
      `block Times(x: [N, W], k: int) -> [N, W] = Linear(x, k) as in |> Linear(W) as out
block B(x: [N, W], size: Size, n: int) -> [N, W] = Times(x, if size.depth > 4 { n } else { size.width }) as t
`,
    ),
    ['size.depth=4', 'size.depth=6', 'size.depth=6 n=3', 'size.depth=4 n=3', 'size.width=5 n=3'],
  ],
  [
    'a block that is wrong, whose result nobody reads',
    model(
      'n: int = 1, k: int = 1',
      'h = Outer(h, n) as outer\n  h = h * k',
      `${PICKY}block Inner(x: [N, W], n: int) -> [N, W] {
  unused = Picky(x, n)
  return x
}
block Outer(x: [N, W], n: int) -> [N, W] = Inner(x, n) as one |> Inner(n) as two
`,
    ),
    ['n=1', 'n=2', 'n=3', 'n=3 k=2', 'n=1 k=2'],
  ],
  [
    'a block that is wrong for two callers, one of which comes again',
    model(
      'n: int = 3, both: bool = true',
      'a = if both { One(h, n) as one } else { h }\n  b = Two(h, n) as two',
      `${PICKY}block One(x: [N, W], n: int) -> [N, W] {
  unused = Picky(x, n)
  return x
}
block Two(x: [N, W], n: int) -> [N, W] {
  unused = Picky(x, n)
  return -x
}
`,
    ),
    ['both=true', 'both=false', 'both=false n=2'],
  ],
  [
    'an alias of one parameter or of another',
    model(
      'one: Size = Size(), two: Size = Size(), first: bool = true',
      'h = B(h, one, two, first) as b',
      `block B(x: [N, W], one: Size, two: Size, first: bool) -> [N, W] {
  size = if first { one } else { two }
  return Linear(x, size.width) as in |> Linear(W) as out
}
`,
    ),
    ['first=true', 'first=false', 'first=false two.width=8'],
  ],
  [
    'an alias in a list',
    model(
      'one: Size = Size(), two: Size = Size(), first: bool = true',
      'h = B(h, one, two, first) as b',
      `block B(x: [N, W], one: Size, two: Size, first: bool) -> [N, W] {
  sizes = if first { [one] } else { [two] }
  return Linear(x, sizes[0].width) as in |> Linear(W) as out
}
`,
    ),
    ['first=true', 'first=false', 'first=false two.width=8'],
  ],
  [
    'a whole record that was compared before',
    model(
      'size: Size = Size(), strict: bool = true',
      'h = B(h, size, strict)',
      `block Sign(x: [N, W], plus: bool) -> [N, W] = if plus { x } else { -x }
block B(x: [N, W], size: Size, strict: bool) -> [N, W] {
  if strict { require size == Size(), "another size" }
  return Sign(x, size == Size())
}
`,
    ),
    ['strict=true', 'strict=false', 'strict=false size.width=8'],
  ],
];

const setting = (point: string): ReadonlyMap<string, string> =>
  new Map(point.split(' ').map((each) => each.split('=') as [string, string]));

for (const [what, text, points] of ORDERS)
  test(what, () => {
    const spec = specOf(text);
    for (const point of points) {
      const alone = pointOf(specOf(text), 'M', setting(point));
      assert.equal(pointOf(spec, 'M', setting(point)), alone, point);
      if ('graphs' in alone)
        for (const { differs, problems } of alone.graphs) assert.equal([differs, problems], [[], []]);
    }
  });

test.run();
