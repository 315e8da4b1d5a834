import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Grammar } from '../../dsl/grammar.ts';
import { parse } from '../../dsl/parse.ts';
import type { Block, Const, Decl, File, If, Input, Model, Recipe, Record_ } from '../../dsl/tree.ts';
import * as outline from './outline.ts';

function tree(text: string): File {
  const { file, diagnostics } = parse({ path: 'test.dit', text: `dit 1\n${text}` });
  assert.equal(
    diagnostics.map(({ code, message }) => `${code} ${message}`),
    [],
    text,
  );
  return file;
}

const only = (text: string): Decl => {
  const { decls } = tree(text);
  assert.is(decls.length, 1, text);
  return decls[0]!;
};

test('chevrotain finds the grammar LL(2), without ambiguities', () => {
  assert.ok(new Grammar(true));
});

const EXPRESSIONS: readonly (readonly [string, string])[] = [
  // primaries
  ['1', '1'],
  ['1_000.5e-3K', '1_000.5e-3K'],
  ['"a \\"b\\" \\\\ \\n"', '"a \\"b\\" \\\\ \\n"'],
  ['true', 'true'],
  ['false', 'false'],
  ['none', 'none'],
  ['x', 'x'],
  // words of the top level are names elsewhere
  ['step + path', '(+ step path)'],
  ['grid(of, with: to)', '(call grid of with:to)'],
  ['f()', '(call f)'],
  ['f(a, b: 1, param: 2,)', '(call f a b:1 param:2)'],
  ['f(k: if a { 1 } else { 2 })', '(call f k:(if a 1 2))'],
  ['(x)', '(paren x)'],
  ['[]', '[]'],
  ['[1, x, [2],]', '[1 x [2]]'],
  // operators from the tightest
  ['-2^2', '(- (^ 2 2))'],
  ['2^-3^2', '(^ 2 (- (^ 3 2)))'],
  ['a^b^c', '(^ a (^ b c))'],
  ['--a', '(- (- a))'],
  ['a - -b', '(- a (- b))'],
  ['-a * b', '(* (- a) b)'],
  ['a * b / c % d', '(% (/ (* a b) c) d)'],
  ['a + b - c', '(- (+ a b) c)'],
  ['a + b * c', '(+ a (* b c))'],
  ['0..n + 1', '(.. 0 (+ n 1))'],
  ['0..3', '(.. 0 3)'],
  ['a..b == c', '(== (.. a b) c)'],
  ['a + 1 <= b', '(<= (+ a 1) b)'],
  ['a == 1 and b != 2 or c < 3', '(or (and (== a 1) (!= b 2)) (< c 3))'],
  ['a >= 1 or b > 2 and c', '(or (>= a 1) (and (> b 2) c))'],
  ['not a == b', '(not (== a b))'],
  ['not not a and b', '(and (not (not a)) b)'],
  ['a and not -b < c', '(and a (not (< (- b) c)))'],
  // postfix
  ['a.b.model', '(. (. a b) model)'],
  ['a.b^2', '(^ (. a b) 2)'],
  ['x[0]', '(index x 0)'],
  ['x[:, 1:, :n, a:b, ..., _, _..., -1]', '(index x : 1: :n a:b ... _ _... (- 1))'],
  ['x[i][j]', '(index (index x i) j)'],
  ['f(x) as a', '(as (call f x) @a)'],
  ['f(x) as a[0].b.1.in', '(as (call f x) @a/[0]/b/1/in)'],
  ['f(x) as net.0.1', '(as (call f x) @net/0/1)'],
  ['f(x) as _', '(as (call f x) @_)'],
  ['f(x) as shared _', '(as (call f x) shared @_)'],
  ['f(x) as shared head', '(as (call f x) shared @head)'],
  ['f(x) as shared.head', '(as (call f x) @shared/head)'],
  ['(f(x) as a)[0]', '(index (paren (as (call f x) @a)) 0)'],
  ['f(x) as a[2 * i + 1] + 1', '(+ (as (call f x) @a/[(+ (* 2 i) 1)]) 1)'],
  ['f(x) as a as b', '(as (as (call f x) @a) @b)'],
  // pipes: the loosest
  ['a |> f', '(pipe a f)'],
  ['a |> f() |> g(1, k: 2) as p.0', '(pipe (pipe a f ()) g (1 k:2) @p/0)'],
  ['f(x) as a |> g as b', '(pipe (as (call f x) @a) g @b)'],
  ['[a |> f]', '[(pipe a f)]'],
  // choices
  ['if a { 1 } else { 2 }', '(if a 1 2)'],
  ['if a { 1 } else if b { 2 } else { 3 }', '(if a 1 (if b 2 3))'],
  ['if a == b { 1 } else { 2 } as p', '(as (if (== a b) 1 2) @p)'],
  ['x + if a { 1 } else { 2 } * 3', '(+ x (* (if a 1 2) 3))'],
  ['match m { a => 1, b | c => 2 _ => 3 }', '(match m (a => 1) (b c => 2) (_ => 3))'],
  ['match m { 1 | "s" | true | none => x |> f }', '(match m (1 "s" true none => (pipe x f)))'],
];

test('expressions', () => {
  for (const [text, expected] of EXPRESSIONS) {
    assert.is(outline.expr((only(`const x = ${text}`) as Const).value), expected, text);
  }
});

const TYPES: readonly (readonly [string, string])[] = [
  ['int', 'int'],
  ['Size?', 'Size?'],
  ['[N, T, D]', '[N T D]'],
  ['[]', '[]'],
  ['[...]', '[...]'],
  ['[..., 2 * D / h]?', '[... (/ (* 2 D) h)]?'],
  ['int[N, ...]', 'int[N ...]'],
  ['label(classes, null: classes)[N]', 'label(classes null:classes)[N]'],
  ['block', 'block'],
];

test('types', () => {
  for (const [text, expected] of TYPES) {
    const block = only(`block F(x: ${text}) -> ${text} = x`) as Block;
    assert.is(outline.type(block.params[0]!.type), expected, text);
    assert.is(outline.type(block.results[0]!.type), expected, text);
  }
});

const STATEMENTS: readonly (readonly [string, string])[] = [
  ['x = 1', '(= x : 1)'],
  ['a, _, b = f(x)', '(= a _ b : (call f x))'],
  ['x += [y]', '(+= x : [y])'],
  ['step = 1', '(= step : 1)'],
  ['param w: [D] = 0', '(param w [D] 0)'],
  ['frozen w as a.b[0]: int[D] = x', '(frozen w @a/b/[0] int[D] x)'],
  ['input x: image[N, 4]', '(input x image[N 4])'],
  ['output a, b = split(x, 2)', '(output a b : (call split x 2))'],
  ['require a == b, "no"', '(require (== a b) "no")'],
  ['if a { x = 1 }', '(if a {(= x : 1)})'],
  ['if a { } else { y = 2 z = 3 }', '(if a {} {(= y : 2); (= z : 3)})'],
  ['if a { } else if b { } else { x = 1 }', '(if a {} {(if b {} {(= x : 1)})} else-if)'],
  ['for i in 0..3 { x = i }', '(for i in (.. 0 3) {(= x : i)})'],
  ['for i, skip in reverse(skips) { }', '(for i skip in (call reverse skips) {})'],
  // a line break means nothing
  ['x = a\n|> f\ny\n=\n2', '(= x : (pipe a f)); (= y : 2)'],
  ['x = f(a) y = x', '(= x : (call f a)); (= y : x)'],
];

test('statements', () => {
  for (const [text, expected] of STATEMENTS) {
    assert.is(outline.declaration(only(`model M() { ${text} }`)), `(model M () {${expected}})`, text);
  }
});

const DECLARATIONS: readonly (readonly [string, string])[] = [
  ['use std.nn { Linear, Conv2d as Conv }', '(use std.nn Linear Conv2d=Conv)'],
  ['export use "./a.dit" { "DiT-S/2" A }', '(export use "./a.dit" "DiT-S/2" A)'],
  ['use std { }', '(use std)'],
  ['const a = 1', '(const a 1)'],
  ['enum Entry { token, vector }', '(enum Entry token vector)'],
  ['record R { a: int, model: block = F\nb: [N]? = none }', '(record R (a int) (model block F) (b [N]? none))'],
  ['block F(x: [N]) -> [N] = x', '(block F ((x [N])) -> [N] = x)'],
  ['block F() -> ([N], [M]?) { return a, b }', '(block F () -> ([N] [M]?) {} a b)'],
  ['block F() -> (loss: [N], [M]) { x = 1 return x, x }', '(block F () -> (loss:[N] [M]) {(= x : 1)} x x)'],
  ['block F(a: int = 2, b: bool,) -> (x: [N]) = a', '(block F ((a int 2) (b bool)) -> (x:[N]) = a)'],
  ['model M(a: int) { output x = a }', '(model M ((a int)) {(output x : a)})'],
  ['preset "a/b" = M', '(preset "a/b" (M))'],
  [
    'preset "a" = "b"(x: 1) expect { macs: 1G +- 2%, params: 3M +- 0.5M eps: [N, 4] }',
    '(preset "a" ("b" x:1) macs:1G+-2% params:3M+-0.5M eps:[N 4])',
  ],
  ['recipe r { }', '(recipe r)'],
  [
    'recipe r of q { a: 1, sample: { b: f(x), in: c } lr: 1e-4 }',
    '(recipe r of q a:1 sample:{b:(call f x) in:c} lr:1e-4)',
  ],
  ['grid g of M { }', '(grid g (M))'],
  [
    'grid g of "a"(b: 1) with r { size: [S, B], recipe.lr: [1, 2] }',
    '(grid g ("a" b:1) with r size:[S B] recipe.lr:[1 2])',
  ],
  [
    'grid g of M { zip { a: [1] b.c: [2] }, where a < 2 match macs +- 1% by a.b step 1/16 }',
    '(grid g (M) (zip a:[1] b.c:[2]) (where (< a 2)) (match macs +-1% by a.b step (/ 1 16)))',
  ],
  [
    'grid g of M { match flops +- 2 to 5G by w step 64 seed: 0..3 }',
    '(grid g (M) (match flops +-2 to 5G by w step 64) seed:(.. 0 3))',
  ],
  ['grid g of M { path to "b", leave_one_out to N(a: 1) }', '(grid g (M) (path ("b")) (leave_one_out (N a:1)))'],
  [
    'grid g of M { where frozen == 0 or not (frozen < 2), match frozen +- 1 by w step 1 }',
    '(grid g (M) (where (or (== frozen 0) (not (paren (< frozen 2))))) (match frozen +-1 by w step 1))',
  ],
  // here the words are names of parameters
  [
    'grid g of M { path: [1], zip.a: [2], where: [3], match: [4], to: [5] }',
    '(grid g (M) path:[1] zip.a:[2] where:[3] match:[4] to:[5])',
  ],
];

test('declarations', () => {
  for (const [text, expected] of DECLARATIONS) assert.is(outline.declaration(only(text)), expected, text);
});

test('comments and blanks may stand between any two tokens', () => {
  const [, expected] = DECLARATIONS.at(-4)!;
  const spread = DECLARATIONS.at(-4)![0].replaceAll(' ', ' // c\n\t');
  assert.is(outline.declaration(only(spread)), expected);
});

test('documentation belongs to what follows it', () => {
  const file = tree(`/// the file
/// in two lines

/// not this

/// a constant
const a = 1
// an ordinary comment
/// a record
// with one between
record R {
  /// a field
  x: int
}
/// a model
model M(
  /// a parameter
  p: int, q: int) {
  /// an input
  input x: [N]
  if true {
    /// inside
    y = 1 /// of the next
    z = 2
  }
}
recipe r {
  /// an entry
  a: 1
}
//// no documentation
const b = 2 /// of nothing
`);
  assert.is(file.doc, 'the file\nin two lines');
  const [a, record, model, recipe, b] = file.decls as [Const, Record_, Model, Recipe, Const];
  assert.is(a.doc, 'a constant');
  assert.is(record.doc, 'a record');
  assert.is(record.fields[0]!.doc, 'a field');
  assert.is(model.doc, 'a model');
  assert.equal(
    model.params.map(({ doc }) => doc),
    ['a parameter', undefined],
  );
  const [input, choice] = model.body as [Input, If];
  assert.is(input.doc, 'an input');
  assert.equal(
    choice.then.map(({ doc }) => doc),
    ['inside', 'of the next'],
  );
  assert.is(recipe.entries[0]!.doc, 'an entry');
  assert.is(b.doc, undefined);
  assert.is(file.comments.length, 16);
});

test('a documentation after an empty line is not the file’s', () => {
  const file = tree('\n/// a constant\nconst a = 1');
  assert.is(file.doc, undefined);
  assert.is(file.decls[0]!.doc, 'a constant');
});

test('a comment behind the version does not part it from the documentation', () => {
  const { file } = parse({ path: 'test.dit', text: '// before\ndit 1 // version\n/// the file\n\nconst a = 1' });
  assert.is(file.doc, 'the file');
});

test('line ends of other systems, a byte order mark', () => {
  const { file, diagnostics } = parse({
    path: 'test.dit',
    text: '\ufeffdit 1\r\n/// doc\r\n\r\nconst a = 1 // c\r\nconst b = 2',
  });
  assert.equal(diagnostics, []);
  assert.is(file.doc, 'doc');
  assert.is(file.comments[1]!.text, '// c');
  assert.is(file.decls.length, 2);
});

test.run();
