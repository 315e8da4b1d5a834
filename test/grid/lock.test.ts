/** Locks: what they hold, that they read back, and that changes are put down to what caused them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createLockWriter, type Locked, lockText } from '../../compiler/grid/lock.ts';
import { axesText, type Change, changesSince } from '../../compiler/grid/lock-changes.ts';
import { readLock } from '../../compiler/grid/lock-read.ts';
import { planOf, toyGrid } from './planned.ts';

const BODY = 'size: [small, large]\nact: [gelu, silu]\nrecipe.lr: [1e-3]\nmatch macs +- 1% by size.ratio step 1/8';
const TEXT = toyGrid(BODY);

interface Made extends Locked {
  readonly axes: readonly string[];
  readonly rejected: ReadonlyMap<string, string>;
}

function lockOf(text: string, version = '1.0.0'): Made {
  const { spec, grid, outcomes, points } = planOf(text);
  const axes = grid.groups.flatMap((group) => group.axes);
  const writer = createLockWriter(spec, grid, version, ({ id, file }) =>
    id.startsWith('std.') ? file.source.path : file.source.path.split('/').at(-1)!,
  );
  const rejected = new Map<string, string>();
  for (const each of outcomes)
    if (each.kind === 'rejected') rejected.set(axesText(Object.fromEntries(each.set), axes), each.reason);
  for (const point of points) writer.add(point);
  return { ...writer.finish(rejected.size, 0), axes, rejected };
}

const BEFORE = lockOf(TEXT);

function changes(text: string, version?: string): readonly Change[] {
  const now = lockOf(text, version);
  return changesSince(BEFORE.lock, now, now.axes, (set) => now.rejected.get(set));
}

const said = (text: string, version?: string): readonly string[] =>
  changes(text, version).map(
    ({ kind, point, was, because }) => `${kind} ${was === undefined ? '' : `${was} → `}${point}: ${because.join('; ')}`,
  );

test('a lock has its points and what decides them', () => {
  const { lock } = BEFORE;
  assert.is(lock.grid, 'g');
  assert.equal(lock.base, {
    'size.width': '8',
    'size.ratio': '4',
    depth: '2',
    act: 'gelu',
    sigma: 'false',
  });
  assert.equal(lock.values, { small: 'Size(width: 8, ratio: 4)', large: 'Size(width: 16, ratio: 4)' });
  assert.equal(
    lock.points.map(({ name, params, macs, set }) => [name, params, macs, set['size.ratio']]),
    [
      ['size=small,act=gelu', 1024, 1024, undefined],
      ['size=small,act=silu', 1024, 1024, undefined],
      ['size=large,act=gelu', 1024, 1024, '1'],
      ['size=large,act=silu', 1024, 1024, '1'],
    ],
  );
  const declared = Object.keys(lock.declarations);
  for (const key of ['example.dit Toy', 'example.dit Layer', 'std/nn.dit Linear', 'objectives.dit eps_mse'])
    assert.ok(declared.includes(key), key);
  assert.not.ok(declared.includes('objectives.dit hybrid'), 'nothing here is trained by it');
});

test('a lock is lines of JSON that read back', () => {
  const text = lockText(BEFORE.lock);
  assert.equal(JSON.parse(text), BEFORE.lock);
  assert.equal(readLock(text), BEFORE.lock);
  assert.is(text.split('\n').filter((line) => line.includes('"digest"')).length, 4);
});

test('the same spec, formatted otherwise, gives the same text', () => {
  const other = TEXT.replaceAll('\n  ', '\n      ').replaceAll('\nblock', '\n\n// a comment\nblock');
  assert.is(lockText(lockOf(other).lock), lockText(BEFORE.lock));
  assert.equal(changes(other), []);
});

const ALL = ['size=small,act=gelu', 'size=small,act=silu', 'size=large,act=gelu', 'size=large,act=silu'];
/** Of what stands in the changed text, where it differs from the first one. */
const at = (part: string, text = TEXT): string =>
  `(example.dit:${text.slice(0, text.indexOf(part)).split('\n').length})`;

const CHANGES: readonly [what: string, change: (text: string) => string, said: readonly string[]][] = [
  [
    'a block',
    (text) => text.replace('|> act |>', '|> act |> neg |>'),
    ALL.map((name) => `changed ${name}: \`Layer\` ${at('block Layer')} changed`),
  ],
  [
    'a setting of the base',
    (text) => text.replace('depth: int = 2', 'depth: int = 3').replace('macs +- 1%', 'macs +- 1% to 1536'),
    ALL.map(
      (name) => `changed ${name}: depth of the base 2 → 3 ${at('depth: int')}; \`Toy\` ${at('model Toy')} changed`,
    ),
  ],
  [
    'the recipe',
    (text) => text.replace('batch: 10', 'batch: 20'),
    ALL.map((name) => `changed ${name}: recipe.batch 10 → 20 ${at('batch: 10')}`),
  ],
  ['what an axis overrides changes nothing', (text) => text.replace('lr: 1e-3\n', 'lr: 9e-3\n'), []],
  [
    'a const that an axis names',
    (text) => text.replace('large = Size(width: 16)', 'large = Size(width: 16, ratio: 2)'),
    // the ratio that is found is the same, and so are the points
    [],
  ],
  [
    'a const that an axis names, and the work with it',
    (text) => text.replace('large = Size(width: 16)', 'large = Size(width: 4)'),
    ['gelu', 'silu'].map(
      (act) =>
        `changed size=large,act=${act}: size.ratio 1 → 16; large Size(width: 16, ratio: 4) → Size(width: 4, ratio: 4) ${at('const large')}`,
    ),
  ],
  [
    'an axis that is longer',
    (text) =>
      text
        .replace('act: [gelu, silu]', 'act: [gelu, silu, relu_]')
        .replace('block Layer', 'block relu_(x: [...]) -> [...] = max(x, 0)\n\nblock Layer'),
    ['small', 'large'].map(
      (size) =>
        `new size=${size},act=relu_: the plan did not have it; \`act: [gelu, silu]\` → \`act: [gelu, silu, relu_]\` (example.dit:${2 + Number(/\d+/.exec(at('act: [gelu'))![0])})`,
    ),
  ],
  [
    'an axis that is shorter',
    (text) => text.replace('act: [gelu, silu]', 'act: [silu]'),
    ['small', 'large'].flatMap((size) => [
      `gone size=${size},act=gelu: the grid does not have it any more; \`act: [gelu, silu]\` → \`act: [silu]\` ${at('act: [gelu')}`,
      `renamed size=${size},act=silu → size=${size}: it is the same work`,
    ]),
  ],
  [
    'a condition',
    (text) => text.replace('\n}\n', '\n}\n').replace('step 1/8', 'step 1/8\n  where size.ratio > 2'),
    ['gelu', 'silu'].map(
      (act) =>
        `gone size=large,act=${act}: it is rejected: size.ratio 1 is not above 2; \`where size.ratio > 2\` (example.dit:${1 + Number(/\d+/.exec(at('match macs'))![0])}) is new`,
    ),
  ],
  [
    'a match',
    (text) => text.replace('match macs +- 1%', 'match macs +- 1% to 1.92K'),
    // width 8: 256 · ratio, so 7.5; width 16: 1024 · ratio, so 1.875
    ['gelu', 'silu'].flatMap((act) => {
      const line = `\`match macs +- 1% by size.ratio step 1/8\` → \`match macs +- 1% to 1.92K by size.ratio step 1/8\` ${at('match macs')}`;
      return [
        `changed size=small,act=${act}: size.ratio is 7.5 now; ${line}`,
        `changed size=large,act=${act}: size.ratio 1 → 1.875; ${line}`,
      ];
    }),
  ],
  [
    'the name of a const that an axis names',
    (text) => text.replaceAll('large', 'broad'),
    ['gelu', 'silu'].map((act) => `renamed size=large,act=${act} → size=broad,act=${act}: it is the same work`),
  ],
  [
    'names that are swapped',
    (text) => text.replaceAll('large', 'tmp').replaceAll('small', 'large').replaceAll('tmp', 'small'),
    ['gelu', 'silu'].flatMap((act) => [
      `renamed size=large,act=${act} → size=small,act=${act}: it is the same work`,
      `renamed size=small,act=${act} → size=large,act=${act}: it is the same work`,
    ]),
  ],
  [
    'the recipe, and a part of a block that no point has',
    (text) =>
      text
        .replace('batch: 10', 'batch: 20')
        .replace('if sigma { output sigma = x }', 'if sigma { output sigma = 2 * x }'),
    ALL.map((name) => `changed ${name}: recipe.batch 10 → 20 ${at('batch: 10')}`),
  ],
];

for (const [what, change, expected] of CHANGES) {
  test(`changed: ${what}`, () => {
    const text = change(TEXT);
    assert.is.not(text, TEXT);
    assert.equal([...said(text)].sort(), [...expected].sort());
  });
}

test('a lock of an earlier version, without lines and digests of models', () => {
  const { lines: _, ...rest } = BEFORE.lock;
  const old = { ...rest, points: rest.points.map(({ model: _, ...point }) => point) };
  assert.equal(readLock(lockText(old)), old);
  const now = lockOf(TEXT.replace('act: [gelu, silu]', 'act: [gelu]').replace('batch: 10', 'batch: 20'));
  const found = changesSince(old, now, now.axes, () => undefined);
  assert.equal(found.map(({ kind }) => kind).sort(), ['gone', 'gone', 'gone', 'gone', 'new', 'new']);
  assert.equal(found[0]!.because, ['the plan did not have it']);
});

test('what another version compiles otherwise is put down to the version', () => {
  const old = { ...BEFORE.lock, ditc: '0.9.0', points: BEFORE.lock.points.map((point) => ({ ...point, digest: '0' })) };
  const [first] = changesSince(old, BEFORE, BEFORE.axes, () => undefined);
  assert.equal(first, { kind: 'changed', point: ALL[0], because: ['ditc 0.9.0 → 1.0.0'] });
  const same = changesSince({ ...old, ditc: '1.0.0' }, BEFORE, BEFORE.axes, () => undefined);
  assert.equal(same[0]!.because, ['what it is compiled to differs']);
});

const BROKEN: readonly [what: string, text: string, problem: RegExp][] = [
  ['no JSON', 'lock', /no JSON/],
  ['null', 'null', /no lock/],
  ['a list', '[]', /no lock/],
  ['a later format', '{"lock": 2}', /format 2 of a later ditc/],
  ['a missing field', '{"lock": 1, "ditc": "1"}', /its `grid`/],
  ['a wrong field', lockText(BEFORE.lock).replace('"params":1024', '"params":"1024"'), /its `points\.0\.params`/],
];
for (const [what, text, problem] of BROKEN) {
  test(`no lock: ${what}`, () => {
    const read = readLock(text);
    assert.ok('problem' in read);
    assert.match((read as { readonly problem: string }).problem, problem);
  });
}

test.run();
