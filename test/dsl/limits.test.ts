/** Hostile texts: each is one clear message, and nothing throws. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from '../../dsl/parse.ts';

const TOO_DEEP = 'operators and brackets nest more than 200 deep';
const TOO_MANY = 'the file has more than 200,000 words, signs and comments';

const ONE: readonly (readonly [name: string, text: string, code: string, message: string])[] = [
  [
    '10,000 parentheses',
    `const x = ${'('.repeat(10_000)}1${')'.repeat(10_000)}`,
    'D0112',
    'brackets nest more than 200 deep',
  ],
  ['10,000 open brackets', `const x = ${'['.repeat(10_000)}`, 'D0112', 'brackets nest more than 200 deep'],
  [
    '10,000 ifs',
    `model M() { ${'if a { '.repeat(10_000)}${'}'.repeat(10_000)} }`,
    'D0112',
    'brackets nest more than 200 deep',
  ],
  ['90,000 sums', `const x = ${'a + '.repeat(90_000)}a`, 'D0112', TOO_DEEP],
  ['90,000 signs', `const x = ${'- '.repeat(90_000)}a`, 'D0112', TOO_DEEP],
  ['90,000 powers', `const x = ${'a ^ '.repeat(90_000)}a`, 'D0112', TOO_DEEP],
  ['60,000 pipes', `const x = a${' |> f'.repeat(60_000)}`, 'D0112', TOO_DEEP],
  ['90,000 members', `const x = a${'.b'.repeat(90_000)}`, 'D0112', TOO_DEEP],
  ['30,000 choices', `const x = ${'if a { b } else '.repeat(30_000)}{ c }`, 'D0112', TOO_DEEP],
  ['30,000 else ifs', `model M() { if a { } ${'else if a { } '.repeat(30_000)} }`, 'D0112', TOO_DEEP],
  [
    '150 brackets around a sum of 150',
    `const x = ${'('.repeat(150)}${'a + '.repeat(150)}a${')'.repeat(150)}`,
    'D0112',
    TOO_DEEP,
  ],
  ['a dotted axis', `grid g of M { ${'a.'.repeat(300)}a: [1] }`, 'D0112', 'this name goes more than 200 deep'],
  ['5,000,000 characters', ' '.repeat(5_000_000), 'D0111', 'the file has more than 4,000,000 characters'],
  ['3,900,000 signs', '('.repeat(3_900_000), 'D0111', TOO_MANY],
  ['1,900,000 words', 'a '.repeat(1_900_000), 'D0111', TOO_MANY],
  ['1,900,000 strange characters', '\u00e9 '.repeat(1_900_000), 'D0111', TOO_MANY],
  ['1,900,000 strings', '""'.repeat(1_900_000), 'D0111', TOO_MANY],
  ['1,300,000 comments', '//\n'.repeat(1_300_000), 'D0111', TOO_MANY],
  [
    'a name of 3,900,000 letters',
    `${'a'.repeat(3_900_000)}`,
    'D0101',
    `expected a declaration, found \`${'a'.repeat(40)}…\``,
  ],
  [
    'a comment without an end',
    `/* ${'* '.repeat(100_000)}`,
    'D0108',
    '`/* */`: a comment is written `//`, to the end of the line',
  ],
  ['NUL bytes', '\0'.repeat(1_000_000), 'D0104', 'a NUL byte cannot stand here'],
];

for (const [name, text, code, message] of ONE) {
  test(name, () => {
    const { diagnostics } = parse({ path: 'test.dit', text: `dit 1\n${text}` });
    assert.equal(
      diagnostics.map((one) => [one.code, one.message]),
      [[code, message]],
    );
  });
}

/** Texts in which every word is wrong: the messages are counted, and the last says so. */
const MANY: readonly (readonly [name: string, text: string])[] = [
  ['broken statements', `model M() {\n${'a = =\n'.repeat(10_000)}}`],
  ['missing commas', `const x = f(${'a '.repeat(50_000)})`],
  ['closing brackets', '} '.repeat(50_000)],
  ['crossed brackets', 'a( } {\n'.repeat(10_000)],
  ['broken heads on one line', 'model a( '.repeat(10_000)],
  ['strings that do not end', '"\n'.repeat(50_000)],
  ['semicolons', ';'.repeat(50_000)],
];

for (const [name, text] of MANY) {
  test(name, () => {
    const { diagnostics } = parse({ path: 'test.dit', text: `dit 1\n${text}` });
    assert.ok(diagnostics.length >= 100 && diagnostics.length <= 101, String(diagnostics.length));
  });
}

test('what is not limited', () => {
  const fine = {
    'a long list': `const x = [${'1, '.repeat(20_000)}]`,
    'a long string': `const x = "${'\\n'.repeat(1_000_000)}"`,
    'a long number': `const x = ${'1'.repeat(1_000_000)}`,
    '190 brackets': `const x = ${'('.repeat(190)}1${')'.repeat(190)}`,
    'a sum of 190': `const x = ${'a + '.repeat(190)}a`,
    '190 ifs': `model M() { ${'if a { '.repeat(190)}${'}'.repeat(190)} }`,
  };
  for (const [name, text] of Object.entries(fine)) {
    const { file, diagnostics } = parse({ path: 'test.dit', text: `dit 1\n${text}` });
    assert.equal(
      diagnostics.map((one) => one.message),
      [],
      name,
    );
    assert.is(file.decls.length, 1, name);
  }
});

test.run();
