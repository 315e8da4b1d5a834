/** Broken grids: what is said first, with its help, and where. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from '../../dsl/parse.ts';
import { said, unmark } from './marked.ts';

const MATCH = 'a match is `match macs +- 1% by size.ratio step 1/16`';
const IN_GRID: readonly (readonly [string, string])[] = [
  ['where macs «=» 5G', 'D0115 a comparison takes `==`, not `=`'],
  ['depth «=» [1, 2]', 'D0115 an entry takes `:`, not `=`'],
  ['where macs < 5 G «}»', 'D0101 expected `:`, found `}` | a suffix stands at its number: `5G`'],
  ['where macs < 5 G «depth»: [3]', 'D0101 expected `:`, found `depth` | a suffix stands at its number: `5G`'],
  [
    'where depth in «[»1, 2]',
    'D0101 expected `:`, found `[` | `in` belongs to `for`: write `depth == 1 or depth == 2`',
  ],
  [
    'depth: [n «for» n in 0..4]',
    'D0101 expected `,` or the closing bracket, found `for` | a list is written out, or is a range: `0..4`',
  ],
  ['match macs «by» depth step 1', `D0101 expected \`+-\`, found \`by\` | ${MATCH}`],
  ['match macs +- 1% «step» 1', `D0101 expected \`by\` and what is moved, found \`step\` | ${MATCH}`],
  ['match macs +- 1% by depth «}»', `D0101 expected \`step\` and its size, found \`}\` | ${MATCH}`],
  [
    'leave_one_out «"B"»',
    'D0101 expected `to`, found a string | it goes to a preset or a model: `leave_one_out to "DiT-S/2"`',
  ],
];
for (const [marked, expected] of IN_GRID)
  test(`in a grid: ${marked}`, () => {
    const end = marked.endsWith('«}»') ? '' : '\n}';
    const { text, spans } = unmark(`dit 1\ngrid g of M {\n${marked}${end}\n`);
    const [first] = parse({ path: 'test.dit', text }).diagnostics;
    assert.is(said(first!), expected);
    assert.equal(first!.place.span, spans[0]);
  });

test.run();
