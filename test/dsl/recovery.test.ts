/** Broken texts. The place of each message is marked `«…»`; what is expected is its code and its words. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from '../../dsl/parse.ts';
import { said, unmark } from './marked.ts';
import * as outline from './outline.ts';

interface Case {
  readonly text: string;
  /** in the order of the text */
  readonly says: readonly string[];
  /** what is left of the tree */
  readonly tree?: readonly string[];
}

const IN_BODY: readonly (readonly [string, ...string[]])[] = [
  ['x = «}»\nmodel B() {', 'D0101 expected an expression, found `}`'],
  ['x =\n«y» = 2', 'D0101 expected an expression, found `y`'],
  ['x = a +\n«y» = 2', 'D0101 expected an expression, found `y`'],
  ['x = a +\n«param» w: [D] = 0', 'D0101 expected an expression, found `param`'],
  ['x «==» 3', 'D0115 a definition takes `=`, not `==`'],
  ['x «-=» 3', 'D0108 `-=`: write `x = x - …`'],
  ['x«:» int = 3', 'D0101 expected `=` or `+=`, found `:` | a value needs no type; a weight is `param name: [D] = 0`'],
  ['x = a«;» y = b', 'D0108 `;`: statements are not separated'],
  ['x = a «&&» b «||» «!»c', 'D0108 `&&`: write `and`', 'D0108 `||`: write `or`', 'D0108 `!`: write `not`'],
  ['x = a «**» 2', 'D0108 `**`: write `^`'],
  ['x = «\'a "b"\'»', 'D0108 single quotes: strings stand in double quotes'],
  ['x = a «# why»\ny = b', 'D0108 `#`: a comment is written `//`'],
  ['x = a «/* why\n*/» + b', 'D0108 `/* */`: a comment is written `//`, to the end of the line'],
  ['x = f(a« »b)', 'D0113 missing comma between `a` and `b`'],
  ['x = [1« »2, 3« »4]', 'D0113 missing comma between `1` and `2`', 'D0113 missing comma between `3` and `4`'],
  ['x = y[a:b« »1]', 'D0113 missing comma between `b` and `1`'],
  ['x = f(a, «,» b)', 'D0101 expected an argument, found `,`'],
  ['x = f(k «=» 1)', 'D0115 a named argument takes `:`, not `=`'],
  ['x = f(k: 1, «2»)', 'D0118 a positional argument follows a named one | positional arguments come first'],
  ['x = f(a, b «?» 1)', 'D0101 expected `,` or the closing bracket, found `?`'],
  ['x = f(a, «*»b)', 'D0101 expected an argument, found `*`'],
  ['x = a < b «<» c', 'D0116 comparisons do not chain | join two with `and`: `a < b and b < c`'],
  ['x = 0..1«..»2', 'D0116 ranges do not chain | a range is `from..to`'],
  ['x = a == «not» b', 'D0117 `not` after `==` needs parentheses | write `(not …)`'],
  ['x = a «+-» b', 'D0101 expected a statement or `}`, found `+-` | `+-` is the sign of a tolerance; write `+ -`'],
  [
    'x = f(a) as b.«1e5»',
    'D0119 `1e5` cannot be a segment of a weight path | a segment is a name, a decimal number, or an int in brackets',
  ],
  ['x = f(a) as «"b"»', 'D0101 expected a weight path, found a string'],
  ['x = «.»5', 'D0101 expected an expression, found `.` | a number begins with a digit: `0.5`'],
  ['x = if a { 1 }\n«y» = 2', 'D0101 expected `else`, found `y` | where a value is wanted, `if` has both branches'],
  ['if a «=» 1 { y = 2 }', 'D0115 a comparison takes `==`, not `=`'],
  ['if a«:» y = 2', 'D0101 expected `{`, found `:` | what belongs together stands in braces'],
  ['if a { x = 1 } «elif» b { x = 2 }', 'D0108 `elif`: write `else if`'],
  [
    '«match» x { a => 1 }',
    'D0101 expected a statement or `}`, found `match` | `match` is an expression: `x = match …`',
  ],
  ['x = match y { a «->» 1 }', 'D0115 an arm takes `=>`, not `->`'],
  ['«in» = 3', 'D0114 `in` is a reserved word and cannot name a value'],
  ['param «output»: [D] = 0', 'D0114 `output` is a reserved word and cannot name the weight'],
  ['param w: [D]\n«x» = 1', 'D0101 expected `=` and an initial value, found `x`'],
  ['require a == b\n«x» = 1', 'D0101 expected `,` and a message, found `x`'],
  ['for i «of» 0..3 { }', 'D0101 expected `in`, found `of`'],
  ['x = «10k»', 'D0105 `10k` is not a number | the suffixes are capital: K, M, G, T'],
  ['x = «5GFLOPs»', 'D0105 `5GFLOPs` is not a number | a number has no unit: `5G`'],
  ['x = «80gb»', 'D0105 `80gb` is not a number | a number has no unit: `80G`'],
  ['x = «1.5B»', 'D0105 `1.5B` is not a number | a billion is `G`: `1.5G`'],
  ['x = «1E»', 'D0105 `1E` is not a number | the suffixes are K, M, G, T; beyond them write `1e15`'],
  ['x = «0x1F»', 'D0105 `0x1F` is not a number | numbers are decimal'],
  ['x = «2d» + 1', 'D0105 `2d` is not a number | a name does not begin with a digit'],
  [
    'x = «"abc»\ny = 1',
    'D0106 this string does not end on its line | a string ends with `"`; a line break in it is written `\\n`',
  ],
  ['x = "a«\\t»b"', 'D0107 unknown escape `\\t` in a string | the escapes are `\\"`, `\\\\` and `\\n`'],
  ['x = a «@» b', 'D0104 `@` (U+0040) cannot stand here'],
  ['x = a «–» b', 'D0104 `–` (U+2013) cannot stand here | a minus is written `-`'],
  ['x =«\u00a0»a', 'D0104 the blank U+00A0 cannot stand here | use an ordinary blank'],
  ['«é» = a', 'D0104 `é` (U+00E9) cannot stand here | names are made of a-z, A-Z, 0-9 and _'],
];

test('one mistake in a body is one message', () => {
  for (const [body, ...says] of IN_BODY) {
    // an insertion is marked by the blank behind it
    const { text, spans } = unmark(`dit 1\nmodel M() {\n${body}\n}\nconst after = 1`);
    const { file, diagnostics } = parse({ path: 'test.dit', text });
    assert.equal(diagnostics.map(said), says, body);
    diagnostics.forEach(({ place, code }, i) => {
      const { start, end } = spans[i]!;
      assert.equal(place.span, code === 'D0113' ? { start, end: start } : { start, end }, `${body}: ${code}`);
    });
    assert.is(file.decls.at(-1)!.kind, 'const', `${body}: the next declaration is read`);
  }
});

const FILES: Readonly<Record<string, Case>> = {
  'a missing brace ends where a declaration begins': {
    text: 'dit 1\nblock A(x: [N]) -> [N] «{»\n  return x\n\nblock B(x: [N]) -> [N] = x\n',
    says: ['D0102 this `{` is never closed | insert `}`'],
    tree: ['(block A ((x [N])) -> [N] {} x)', '(block B ((x [N])) -> [N] = x)'],
  },
  'a missing brace inside shows by its indentation': {
    text: 'dit 1\nblock A(x: [N]) -> [N] {\n  for i in 0..3 «{»\n    x = x + i\n  return x\n}\n\npreset "a" = M\nblock B(x: [N]) -> [N] = x\n',
    says: ['D0102 this `{` is never closed | insert `}`'],
  },
  'a missing parenthesis ends with its line': {
    text: 'dit 1\nmodel M() {\n  x = f«(»a, (b + 1)\n  y = 2\n}\n',
    says: ['D0102 this `(` is never closed | insert `)`'],
    tree: ['(model M () {(= x : (call f a (paren (+ b 1)))); (= y : 2)})'],
  },
  'a missing bracket over several lines': {
    text: 'dit 1\nconst x = «[»\n  1,\n  2,\nconst y = 3\n',
    says: ['D0102 this `[` is never closed | insert `]`'],
    tree: ['(const x [1 2])', '(const y 3)'],
  },
  'a bracket too many': {
    text: 'dit 1\nconst x = (1)«)»\n«}»\nconst y = 3\n',
    says: ['D0103 this `)` closes nothing', 'D0103 this `}` closes nothing'],
    tree: ['(const x (paren 1))', '(const y 3)'],
  },
  'a closing bracket of another kind': {
    text: 'dit 1\nconst x = («[»1, 2)\nconst y = 3\n',
    says: ['D0102 this `[` is never closed | insert `]`'],
    tree: ['(const x (paren [1 2]))', '(const y 3)'],
  },
  'independent mistakes are independent messages': {
    text: 'dit 1\nblock A(x: [N], y «=» 3) -> [N] {\n  a = f(x« »y)\n  b = «)»\n  c = «return» a\n}\nconst d «3»\nrecipe r { a «=» 1, b: «}»\n',
    says: [
      'D0101 expected `:` and a type, found `=` | a parameter has a type: `x: int = 3`',
      'D0113 missing comma between `x` and `y`',
      'D0103 this `)` closes nothing',
      'D0101 expected an expression, found `return`',
      'D0101 expected `=`, found `3`',
      'D0115 an entry takes `:`, not `=`',
      'D0101 expected a value, found `}`',
    ],
  },
  'a broken value keeps its name': {
    text: 'dit 1\nconst a = «const» b = 2\nmodel M() {\n  x = «*» 2\n  output y = «}»\n',
    says: [
      'D0101 expected an expression, found `const`',
      'D0101 expected an expression, found `*`',
      'D0101 expected an expression, found `}`',
    ],
    tree: ['(const a missing)', '(const b 2)', '(model M () {(= x : missing); (output y : missing)})'],
  },
  'a broken argument keeps its place': {
    text: 'dit 1\nconst a = f(1, k: «*»)\n',
    says: ['D0101 expected an expression, found `*`'],
    tree: ['(const a (call f 1 k:missing))'],
  },
  'a broken head does not hide the body': {
    text: 'dit 1\nblock A(x: [N]) «{»\n  y = «}»\nconst b = 1\n',
    says: [
      'D0101 expected `->` and the type of the result, found `{` | a block says what it returns: `-> [N, T, D]`',
      'D0101 expected an expression, found `}`',
    ],
    tree: ['(const b 1)'],
  },
  'a block returns': {
    text: 'dit 1\nblock «A»() -> [N] {\n  x = 1\n}\nblock B() -> [N] {\n  return 1\n  «x» = 2\n}\n',
    says: [
      'D0120 block `A` does not end in `return` | the last statement of a block is `return` and its results',
      'D0121 statements after `return` | `return` is the last statement of a block, outside of `if` and `for`',
    ],
    tree: ['(block A () -> [N] {(= x : 1)} missing)', '(block B () -> [N] {} 1)'],
  },
  'a missing opening brace': {
    text: 'dit 1\nblock A(x: [N]) -> [N] {\n  for i in 0..3\n    «x» = 1\n  }\n  return x\n}\nuse std.nn «Linear» }\nconst a = 1\n',
    says: ['D0101 expected `{`, found `x`', 'D0101 expected `{`, found `Linear`'],
  },
  'a missing opening parenthesis': {
    text: 'dit 1\nblock A «x»: [N],\n        y: [N]) -> [N] {\n  return x\n}\nconst a = f «b», c)\n',
    says: ['D0101 expected `(` and the parameters, found `x`', 'D0101 expected a declaration, found `b`'],
  },
  'a missing colon': {
    text: 'dit 1\nconst a = f(k: 1, l« »2)\nrecipe r {\n  a: 1, b «2», c: 3\n}\n',
    says: ['D0113 missing comma between `l` and `2`', 'D0101 expected `:`, found `2`'],
  },
  'a missing return': {
    text: 'dit 1\nblock A(x: [N]) -> [N] {\n  y = x\n  «f»(y) + 1\n}\n',
    says: ['D0120 block `A` does not end in `return` | the last statement of a block is `return` and its results'],
  },
  'other languages': {
    text: 'dit 1\n«def» f(x):\n    return x\n«class» F(Module):\n    pass\n«modle» M() { }\n«x» = 3\npreset «DiT» = M\n',
    says: [
      'D0108 `def`: a function is `block NAME(…) -> … { … }`',
      'D0108 `class`: a layer is `block NAME(…) -> … { … }`',
      'D0101 expected a declaration, found `modle` | did you mean `model`?',
      'D0101 expected a declaration, found `x` | a constant is `const x = …`',
      'D0101 expected the name of the preset in quotes, found `DiT`',
    ],
  },
  'entries are broken one by one': {
    text: 'dit 1\nrecipe r {\n  a «=» 1\n  b «2»\n  c: { d: «}» e: 3\n  f: 4\n}\ngrid g of M {\n  a: [1« »2]\n  match macs «by» w step 2\n  b: [3]\n}\n',
    says: [
      'D0115 an entry takes `:`, not `=`',
      'D0101 expected `:`, found `2`',
      'D0101 expected a value, found `}`',
      'D0113 missing comma between `1` and `2`',
      'D0101 expected `+-`, found `by` | a match is `match macs +- 1% by size.ratio step 1/16`',
    ],
    tree: ['(recipe r a:1 c:{} e:3 f:4)', '(grid g (M) a:[1 2] b:[3])'],
  },
  'no version': {
    text: '«const» a = 1\n',
    says: ['D0109 the file does not begin with its language version | the first line is `dit 1`'],
    tree: ['(const a 1)'],
  },
  'half a version': {
    text: '«dit»\nconst a = 1\n',
    says: ['D0109 the file does not begin with its language version | the first line is `dit 1`'],
    tree: ['(const a 1)'],
  },
  'a later version is not read any further': {
    text: 'dit «2»\nconst a = = {\n',
    says: ['D0110 this compiler does not know version 2 | it knows version 1; a later version needs a newer ditc'],
    tree: [],
  },
  nothing: {
    text: '«»',
    says: ['D0109 the file does not begin with its language version | the first line is `dit 1`'],
    tree: [],
  },
  'a NUL byte': {
    text: 'dit 1\nconst a = 1«\0»\n',
    says: ['D0104 a NUL byte cannot stand here | is this a text?'],
    tree: [],
  },
  'what turns the text around': {
    text: 'dit 1\nconst a = "«\u202e»"\n',
    says: ['D0104 the control character U+202E cannot stand here | it would hide what the text says'],
    tree: [],
  },
};

for (const [name, { text: marked, says, tree }] of Object.entries(FILES)) {
  test(name, () => {
    const { text, spans } = unmark(marked);
    const { file, diagnostics } = parse({ path: 'test.dit', text });
    assert.equal(diagnostics.map(said), says);
    diagnostics.forEach(({ place, code }, i) => {
      const { start, end } = spans[i]!;
      assert.equal(place.span, code === 'D0113' ? { start, end: start } : { start, end }, code);
    });
    if (tree !== undefined) assert.equal(file.decls.map(outline.declaration), tree);
  });
}

test('a token left out of a spec is one message, nearly always', () => {
  const text = readFileSync(new URL('../../specs/dit.dit', import.meta.url), 'utf8');
  const tokens = [...text.matchAll(/\/\/.*|"[^"\n]*"|\w+|[^\w\s]+/g)]
    .filter(([word]) => !word.startsWith('//'))
    .filter((_, i) => i % 7 === 3);
  const counts = tokens.map(({ 0: word, index }) => {
    const without = text.slice(0, index) + ' '.repeat(word.length) + text.slice(index + word.length);
    return parse({ path: 'dit.dit', text: without }).diagnostics.length;
  });
  const several = counts.filter((count) => count > 1).length;
  assert.ok(tokens.length > 200);
  assert.ok(several / tokens.length < 0.03, `${several} of ${tokens.length}`);
});

test.run();
