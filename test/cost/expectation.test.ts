/** An expectation that fails says by how much, and where it comes from. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkSpec } from '../../compiler/check/check.ts';
import { showDifference, showQuantity } from '../../compiler/check/quantity.ts';
import { specOf } from './model.ts';

/** Two layers of 100 and 300 MACs. */
const MODEL = `
use std.nn { Linear }
model M(width: int = 10, bias: bool = false) {
  input x: image[N, 10]
  small = Linear(x, width, bias: bias) as small
  output y = Linear(small, 30, bias: bias) as large
}
`;
const said = (presets: string) =>
  checkSpec(specOf(MODEL + presets)).diagnostics.map(({ code, message, notes }) => ({
    code,
    message,
    notes: notes ?? [],
  }));

test('what holds says nothing', () => {
  assert.equal(
    said('preset "a" = M() expect { macs: 400, params: 400 +- 1, frozen: 0, weight_bytes: 1600, y: [N, 30] }'),
    [],
  );
});

test('a module as large as the difference', () => {
  const [found, ...more] = said('preset "a" = M() expect { macs: 300 }');
  assert.equal(more, []);
  assert.is(found?.code, 'D0602');
  assert.match(found!.message, /expected macs 300, and it is 400 \(100 more, 33 %\)/);
  assert.ok(
    found!.notes.some((note) => note === 'the difference is as large as `small`, which has 100'),
    found!.notes.join(),
  );
});

test('what differs from the preset that it is made from', () => {
  const notes = said('preset "a" = M()\npreset "b" = "a"(width: 20) expect { params: 500 }')[0]!.notes;
  // small 100 to 200, large 300 to 600
  assert.ok(notes.includes('beside preset "a" most of the change is in `large`: 600, 300 more, 100 %'), notes.join());
});

test('layers are compared with layers, however many there are', () => {
  const spec = specOf(`
use std.nn { Linear }
block Layer(x: [N, D]) -> [N, D] = Linear(x, D, bias: false) as map
model M(layers: int) {
  input x: image[N, 10]
  for i in 0..layers { x = Layer(x) as blocks[i] }
  output y = x
}
preset "a" = M(layers: 2)
preset "b" = "a"(layers: 5) expect { macs: 100 }`);
  const notes = checkSpec(spec).diagnostics[0]!.notes ?? [];
  assert.ok(
    notes.includes('beside preset "a" most of the change is in `blocks[…].map`: 500, 300 more, 150 %'),
    notes.join(),
  );
});

test('else the largest module', () => {
  const notes = said('preset "a" = M() expect { macs: 350 +- 1% }')[0]!.notes;
  assert.ok(notes.includes('most of it is in `large`: 300'), notes.join());
});

test('memory has no module to name', () => {
  assert.equal(said('preset "a" = M() expect { activation_bytes: 1 }')[0]!.notes, ['of preset "a"']);
});

test('quantities and differences', () => {
  const shown: [number, string][] = [
    [118_621_401_000, '118.62G'],
    [999, '999'],
    [-1500, '-1.5K'],
    [0, '0'],
    [2.5e15, '2.5P'],
  ];
  for (const [value, text] of shown) assert.is(showQuantity(value), text);
  const differences: [number, number, string][] = [
    [5, 5, 'equal'],
    [110, 100, '10 more, 10 %'],
    [90, 100, '10 less, 10 %'],
    [5, 0, '5 more'],
    [5000, 10, '4.99K more, 500 times as much'],
  ];
  for (const [value, expected, text] of differences) assert.is(showDifference(value, expected), text);
});

test.run();
