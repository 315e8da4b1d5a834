import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { printGraph } from '../../compiler/ir/print.ts';
import { isReadProblem, readGraph } from '../../compiler/ir/read.ts';
import { createDice, randomGraph } from './random-graph.ts';

/** Texts that are wrong, what is said, and the line. */
const WRONG: readonly (readonly [string, string, number])[] = [
  ['', 'there is no graph', 1],
  ['// nothing\n', 'there is no graph', 1],
  ['  return\n', 'expected `graph` and a name', 1],
  ['graph\n', 'expected `graph` and a name', 1],
  ['graph a b\n', 'expected `graph`, a name, and settings in braces', 1],
  ['graph A\ngraph A\n', '`A` is here twice', 2],
  ['graph A\n  %0: [N] = call B()\n', 'there is no graph `B`', 2],
  ['graph A\n  %0: [N] = call A()\n', '`A` reaches itself', 2],
  ['graph A\n  %0: [N] = call B()\ngraph B\n  return\n  %0: [N] = call A()\n', '`A` reaches itself', 5],
  ['graph A\n  %0: [N] = const A\n', '`A` reaches itself', 2],
  ['graph A\n  return %3\n', '%3 is not defined before this line', 2],
  ['graph A\n  %1: [N] = neg %1\n', '%1 is not defined before this line', 2],
  ['graph A\n  input %0 x: [N]\n  %0: [N] = neg %0\n', '%0 is defined twice', 3],
  ['graph A\n  %1: [2] = neg @w\n', 'there is no weight `w` in `A`', 2],
  ['graph A\n  input %0 x: [N] picture\n', 'there is no role `picture` at ``', 2],
  ['graph A\n  %1: [2] = neg 1 2\n', 'expected `{` at `2`', 2],
  ['graph A\n  %1: [x] = neg 1\n', 'expected a dim at `x] = neg 1`', 2],
  ['graph A\n  %1: [2], %2: [2] = neg 1\n', 'an op has one result', 2],
  ['graph A\n  param w: [2] = normal(x)\n', 'expected a number at `x)`', 2],
  ['graph A\n  for i in 0..3 {\n  return\n', 'this loop has no end', 2],
  ['graph A\n  for i in 0..3 {\n  for i in 0..3 {\n  }\n', 'expected a number at `i in 0..3 {`', 3],
  ['graph A\n  for i in 0..999999999 {\n    owns B as b.{i}\n  }\n', 'there are more than 250000 statements', 3],
  ['graph A\n  for i in 0..999999999 {\n  }\n  return %0\n', '%0 is not defined before this line', 4],
];

for (const [text, problem, line] of WRONG) {
  test(`says: ${problem}`, () => {
    const read = readGraph(text);
    assert.ok(isReadProblem(read));
    assert.is(read.line, line);
    assert.ok(read.problem.startsWith(problem), read.problem);
  });
}

test('any text is read or refused', () => {
  const dice = createDice(7);
  for (let seed = 0; seed < 60; seed++) {
    const text = printGraph(randomGraph(seed));
    for (let change = 0; change < 10; change++) {
      const at = dice(text.length);
      const broken = [
        text.slice(0, at),
        text.slice(0, at) + text.slice(at + 1 + dice(5)),
        text.slice(0, at) + '"{}%,;()[]=@#\\\n i'[dice(17)]! + text.slice(at),
      ][change % 3]!;
      const read = readGraph(broken);
      if (isReadProblem(read))
        assert.ok(
          read.line >= 1 && read.line <= broken.split('\n').length && !/undefined/.test(read.problem),
          read.problem,
        );
      else assert.type(printGraph(read), 'string');
    }
  }
});

test('hostile texts cost no stack and no minutes', () => {
  const deep = Array.from(
    { length: 20_000 },
    (_, index) => `graph G${index}\n  %0: [1] = call G${index + 1}()\n  return %0\n`,
  ).join('');
  const read = readGraph(`${deep}graph G20000\n  %0: [1] = fill 0\n  return %0\n`);
  assert.not.ok(isReadProblem(read));
  const quotes = readGraph(`graph A\n  ${'"\\'.repeat(200_000)}\n`);
  assert.ok(isReadProblem(quotes));
  const braces = readGraph(`graph A\n  %0: [1] = neg 1 ${'{a: '.repeat(50_000)}\n`);
  assert.ok(isReadProblem(braces));
});

test.run();
