import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { toJson } from '../../dsl/diagnostic-json.ts';
import { render } from '../../dsl/render.ts';
import type { Place, Source } from '../../dsl/span.ts';

/** The place of the first `piece` in a source. */
const at = (source: Source, piece: string): Place => {
  const start = source.text.indexOf(piece);
  return { source, span: { start, end: start + piece.length } };
};

const make = (place: Place, more: Partial<Diagnostic> = {}): Diagnostic => ({
  code: 'D0304',
  severity: 'error',
  message: 'no',
  place,
  labels: [],
  notes: [],
  fixes: [],
  ...more,
});

const lines = (...all: string[]) => all.join('\n');

const mine: Source = {
  path: 'specs/mine.dit',
  text: `${'\n'.repeat(18)}  x += gate1 * (layernorm(x) |> modulate(shift1, scale1) |> SelfAttention(7) as attn)\n`,
};

test('the example of the language', () => {
  const { start, end } = at(mine, '(7)').span;
  const diagnostic = make(
    { source: mine, span: { start: start + 1, end: end - 1 } },
    {
      message: '`SelfAttention` cannot split width 384 into 7 heads',
      text: 'heads must divide the width',
      notes: ['in AdaLNZeroBlock, from DiT.blocks.0, preset "DiT-S/2"'],
      help: '6 and 8 divide 384',
    },
  );
  assert.is(
    render(diagnostic, { color: false }),
    lines(
      'error[D0304]: `SelfAttention` cannot split width 384 into 7 heads',
      '  --> specs/mine.dit:19:75',
      '19 |   x += gate1 * (layernorm(x) |> modulate(shift1, scale1) |> SelfAttention(7) as attn)',
      '   |                                                                           ^ heads must divide the width',
      '   = in AdaLNZeroBlock, from DiT.blocks.0, preset "DiT-S/2"',
      '   = help: 6 and 8 divide 384',
    ),
  );
});

const a: Source = { path: 'a.dit', text: 'dit 1\nconst x = [\n  1,\n  2\n]\n\tconst 漢字 = "é"\nconst y = x\n' };
const b: Source = { path: 'b.dit', text: 'dit 1\nconst z = 3\n' };

test('labels stand in the order of the lines, those of other files below', () => {
  const diagnostic = make(at(a, 'y'), {
    severity: 'warning',
    labels: [
      { place: at(b, 'z'), text: 'and here' },
      { place: at(a, 'dit'), text: 'first' },
      { place: { source: a, span: { start: a.text.length - 2, end: a.text.length - 1 } }, text: 'same line' },
    ],
    fixes: [{ message: 'write `z`', edits: [] }],
  });
  assert.is(
    render(diagnostic, { color: false }),
    lines(
      'warning[D0304]: no',
      ' --> a.dit:7:7',
      '1 | dit 1',
      '  | --- first',
      '...',
      '7 | const y = x',
      '  |       ^',
      '  |           - same line',
      ' ::: b.dit:2:7',
      '2 | const z = 3',
      '  |       - and here',
      '  = fix: write `z`',
    ),
  );
});

test('a span of several lines is marked on the first and the last', () => {
  assert.is(
    render(make(at(a, '[\n  1,\n  2\n]'), { text: 'too long' }), { color: false }),
    lines(
      'error[D0304]: no',
      ' --> a.dit:2:11',
      '2 | const x = [',
      '  |           ^',
      '...',
      '5 | ]',
      '  | ^ too long',
    ),
  );
});

test('tabs and wide characters', () => {
  assert.is(
    render(make(at(a, '漢字'), { text: 'é' }), { color: false }),
    lines('error[D0304]: no', ' --> a.dit:6:8', '6 |     const 漢字 = "é"', '  |           ^^^^ é'),
  );
});

test('the end of a file, an empty file', () => {
  const end = { source: b, span: { start: b.text.length, end: b.text.length } };
  assert.is(render(make(end), { color: false }), lines('error[D0304]: no', ' --> b.dit:3:1', '3 |', '  | ^'));
  const empty = { source: { path: 'e.dit', text: '' }, span: { start: 0, end: 0 } };
  assert.is(render(make(empty), { color: false }), lines('error[D0304]: no', ' --> e.dit:1:1', '1 |', '  | ^'));
});

test('of a long line the part around the mark is shown', () => {
  const source: Source = { path: 'l.dit', text: `${'a'.repeat(5000)}!${'b'.repeat(5000)}` };
  const [, , text, mark] = render(make(at(source, '!')), { color: false }).split('\n');
  assert.is(text, `1 | …${'a'.repeat(99)}!${'b'.repeat(100)}…`);
  assert.is(mark, `  | ${' '.repeat(100)}^`);
});

test('a file cannot write to the terminal', () => {
  const source: Source = { path: 'e\u001b[2J.dit', text: 'a\u001b[31m\u202eb' };
  const shown = render(make(at(source, 'b'), { message: 'x\u0007', notes: ['y\u009b'] }), { color: false });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  assert.not.match(shown, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  assert.match(shown, 'a␛[31m�b');
});

test('colours frame what is meant and nothing else', () => {
  const shown = render(make(at(b, '3'), { help: 'h', labels: [{ place: at(b, 'z'), text: 'l' }] }), { color: true });
  assert.match(shown, '\u001b[1;31merror[D0304]\u001b[0m');
  assert.match(shown, '\u001b[1;31m^\u001b[0m');
  assert.match(shown, '\u001b[1;36m- l\u001b[0m');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the codes of colours
  const plain = shown.replace(/\u001b\[[0-9;]*m/g, '');
  assert.is(
    plain,
    render(make(at(b, '3'), { help: 'h', labels: [{ place: at(b, 'z'), text: 'l' }] }), { color: false }),
  );
});

test('as JSON', () => {
  const diagnostic = make(at(a, 'y'), {
    text: 'here',
    labels: [{ place: at(b, 'z'), text: 'there' }],
    notes: ['n'],
    fixes: [{ message: 'f', edits: [{ place: at(a, '2\n]'), text: '3' }] }],
  });
  assert.equal(JSON.parse(JSON.stringify(toJson(diagnostic))), {
    code: 'D0304',
    severity: 'error',
    message: 'no',
    file: 'a.dit',
    start: { line: 7, column: 7, offset: 51 },
    end: { line: 7, column: 8, offset: 52 },
    text: 'here',
    labels: [
      {
        file: 'b.dit',
        start: { line: 2, column: 7, offset: 12 },
        end: { line: 2, column: 8, offset: 13 },
        text: 'there',
      },
    ],
    notes: ['n'],
    help: null,
    fixes: [
      {
        message: 'f',
        edits: [{ start: { line: 4, column: 3, offset: 25 }, end: { line: 5, column: 2, offset: 28 }, text: '3' }],
      },
    ],
  });
});

test.run();
