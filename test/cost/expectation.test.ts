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
    notes.includes('beside preset "a" all of the change is in `blocks[…].map`: 500, 300 more, 150 %'),
    notes.join(),
  );
});

test('else the largest module', () => {
  const notes = said('preset "a" = M() expect { macs: 350 +- 1% }')[0]!.notes;
  assert.ok(notes.includes('most of it is in `large`: 300'), notes.join());
});

/** A gate of 100 MACs, and an MLP of 400 + 400 or of 600 + 300. */
const GATED = `
use std.nn { Linear }
block Two(x: [N, D]) -> [N, D] = Linear(x, 40, bias: false) as fc1 |> Linear(D, bias: false) as fc2
block Gated(x: [N, D]) -> [N, D] {
  a, b = split(Linear(x, 60, bias: false) as w12, 2)
  return Linear(a * b, D, bias: false) as w3
}
model M(mlp: block = Two, width: int = 10) {
  input x: image[N, 10]
  x = Linear(x, 10, bias: false) as gate
  x = mlp(x) as mlp
  x = Linear(x, width, bias: false) as wide
  output y = x
}
preset "a" = M()
`;
const notesOf = (text: string) => checkSpec(specOf(text)).diagnostics[0]!.notes!.slice(1);

test('what changed comes before a module that happens to be as large', () => {
  // 100 more, as many as `gate` has, which is what it was; inside of the MLP there is more and less than that
  assert.equal(notesOf(`${GATED}preset "b" = "a"(mlp: Gated) expect { macs: 1000 }`), [
    'beside preset "a" all of the change is in `mlp`: 900, 100 more, 13 %',
  ]);
});

test('a part that is new and by chance as large as the whole change is not all of it', () => {
  // fc1 and fc2 with 400 each are gone, w12 with 800 and w3 with 400 are new: 400 more
  const text = GATED.replace('60, bias', '80, bias');
  assert.equal(notesOf(`${text}preset "b" = "a"(mlp: Gated) expect { macs: 1000 }`), [
    'beside preset "a" all of the change is in `mlp`: 1.2K, 400 more, 50 %',
  ]);
});

test('more here and less there: both are said', () => {
  // the MLP 100 more, the last layer 50 less
  assert.equal(notesOf(`${GATED}preset "b" = "a"(mlp: Gated, width: 5) expect { macs: 1000 }`), [
    'beside preset "a": `mlp`: 900, 100 more, 13 %; `wide`: 50, 50 less, 50 %',
  ]);
});

test('where nothing changed no change is named', () => {
  assert.equal(notesOf(`${GATED}preset "b" = "a"() expect { macs: 900 }`), ['most of it is in `mlp`: 800']);
});

test('memory: the op at the peak; tokens: the block whose sequence they are', () => {
  const found = (facts: string) =>
    notesOf(`
use std.nn { Linear }
block Layer(x: [N, T, D]) -> [N, T, D] = Linear(x, 10 * D, bias: false) as up |> exp |> Linear(D) as down
model M() {
  input x: image[N, 4, 10]
  for i in 0..3 { x = Layer(x) as blocks[i] }
  output y = x
}
preset "a" = M() expect { ${facts} }`);
  const one = (facts: string) => found(facts).map((note) => note.replace(/\(.*test\.dit:/, '(test.dit:'));
  // [4, 100] and its exponential
  assert.equal(one('activation_bytes: 1'), ['the most is there at `exp` in `blocks.0` (test.dit:4), with one sample']);
  assert.equal(one('tokens: 5'), ['they are the sequence of `Layer` (test.dit:4), called 3 times']);
  assert.equal(said('preset "a" = M() expect { tokens: 5 }')[0]!.notes.slice(1), [
    'there is no block that is made of others with weights and takes a sequence [N, T, D]',
  ]);
});

test('numbers that are equal when rounded stand in full', () => {
  const [found] = said('preset "a" = M(width: 100003) expect { macs: 4_000_136 +- 0.0% }');
  assert.match(found!.message, /expected macs 4000136 ± 0, and it is 4000120 \(16 less, 0\.0004 %\)/);
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
