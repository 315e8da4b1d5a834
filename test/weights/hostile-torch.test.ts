import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createStream } from '../../runtime/random/stream.ts';
import type { Problem } from '../../runtime/weights/problem.ts';
import { openWeights } from '../../runtime/weights/weights-file.ts';
import {
  type Claim,
  checkpoint,
  dict,
  global,
  integer,
  join,
  type Part,
  pickle,
  tensor,
  text,
  tuple,
  zip,
} from './archive.ts';
import { problem } from './outcome.ts';

const GOLDEN = new URL('../golden/weights/', import.meta.url).pathname;
const folder = mkdtempSync(joinPath(tmpdir(), 'hostile-'));
const path = joinPath(folder, 'file.pt');
test.after(() => rmSync(folder, { recursive: true }));

async function open(bytes: Uint8Array) {
  writeFileSync(path, bytes);
  return openWeights(path);
}

const FLOATS = new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer);

const PICKLE: Part = { name: 'x/data.pkl', data: pickle(dict(text('w'), tensor({ shape: [6], strides: [1] }))) };
const STORAGE: Part = { name: 'x/data/0', data: FLOATS };

test('the archives made here are read when nothing is wrong with them', async () => {
  const claim = { shape: [2, 3], strides: [3, 1] };
  const file = await open(checkpoint(pickle(dict(text('w'), tensor(claim))), { 0: FLOATS }));
  if (!file.ok) throw new Error(JSON.stringify(file.problem));
  const read = file.value.read('w');
  assert.ok(read.ok && read.value.data.join() === '1,2,3,4,5,6');
  file.value.close();
});

test('a file cut off at any byte is a problem', async () => {
  const tiny = zip([PICKLE, STORAGE]);
  const real = readFileSync(joinPath(GOLDEN, 'lightning.pt'));
  const cuts = [...tiny.keys()].map((length) => tiny.subarray(0, length));
  for (let length = 0; length < real.length; length += 13) cuts.push(real.subarray(0, length));
  for (const cut of cuts) assert.is(problem(await open(cut)).kind, 'truncated', `${cut.length} bytes`);
});

test('flipped bits give numbers or a problem, never a crash', async () => {
  const whole = readFileSync(joinPath(GOLDEN, 'training.pt'));
  const stream = createStream(1, 'flips');
  let problems = 0;
  for (let round = 0; round < 600; round++) {
    const damaged = Uint8Array.from(whole);
    const bit = stream.integer(whole.length * 8);
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    const file = await open(damaged);
    if (!file.ok) problems++;
    else {
      for (const name of file.value.tensors.keys()) file.value.read(name);
      file.value.close();
    }
  }
  assert.ok(problems > 50 && problems < 600);
});

const MARK_ALL = '(';
const system = global('os', 'system');
const run = join(tuple(text('touch /tmp/pwned')), 'R');

/** instructions, kind, what the message names */
const PICKLES: readonly [string, Uint8Array, Problem['kind'], RegExp][] = [
  ['calls os.system', pickle(system, run), 'refused', /`os\.system`/],
  ['calls posix.system', pickle(global('posix', 'system'), run), 'refused', /`posix\.system`/],
  ['calls eval', pickle(global('builtins', 'eval'), run), 'refused', /`builtins\.eval`/],
  ['by STACK_GLOBAL', pickle(text('os'), text('system'), 0x93, run), 'refused', /`os\.system`/],
  ['by INST', pickle(MARK_ALL, text('true'), 'ios\nsystem\n'), 'refused', /instruction INST/],
  ['by OBJ', pickle(MARK_ALL, global('collections', 'OrderedDict'), 'o'), 'refused', /instruction OBJ/],
  ['by EXT1', pickle(0x82, 1), 'refused', /instruction EXT1/],
  ['by an attribute', pickle(global('collections', 'OrderedDict.fromkeys'), run), 'refused', /fromkeys/],
  ['reaches through torch', pickle(global('torch', 'load'), run), 'refused', /`torch\.load`/],
  ['hidden in an ignored key', pickle(dict(text('args'), join(system, run), text('w'), 'N')), 'refused', /os\.system/],
  ['calls a storage', pickle(global('torch', 'FloatStorage'), run), 'refused', /call `torch\.FloatStorage`/],
  ['calls a text', pickle(text('os.system'), run), 'refused', /no function/],
  ['hides control characters', pickle(global('os\x1b[2J', 'system'), run), 'refused', /`os\\u\{1b\}\[2J\.system`/],
  ['state into a function', pickle(global('torch', 'float32'), '}b'), 'refused', /state/],
  ['empty stack', pickle('0'), 'malformed', /no/],
  ['pops below a mark', pickle('N(0'), 'malformed', /no/],
  ['no mark', pickle('Nt'), 'malformed', /did not open/],
  ['leaves values', pickle('NN'), 'malformed', /over/],
  ['unknown memo', pickle('h', 7), 'malformed', /value 7/],
  ['no instruction', pickle(0xff), 'malformed', /byte 255/],
  ['text beyond the end', pickle('X', 0xff, 0xff, 0xff, 0x7f), 'truncated', /inside/],
  ['text of 2^63 bytes', pickle(0x8d, 0, 0, 0, 0, 0, 0, 0, 0x80), 'truncated', /inside/],
  ['text that is not UTF-8', pickle('X', 2, 0, 0, 0, 0xc3, 0x28), 'malformed', /UTF-8/],
  ['endless name', pickle('cos'), 'truncated', /name/],
  ['integer of 2^31 bytes', pickle(0x8b, 0, 0, 0, 0x80), 'unsupported', /integer/],
  ['key without value', pickle('}(Nu'), 'malformed', /key/],
  ['items into a number', pickle('K', 1, 'NNs'), 'malformed', /no dictionary/],
  ['a million dictionaries', pickle(MARK_ALL, '}'.repeat(1_000_000), 't'), 'refused', /objects/],
  ['ten million numbers', pickle(MARK_ALL, 'N'.repeat(10_000_000), 't'), 'refused', /instructions/],
  ['larger than any', pickle(new Uint8Array(2 ** 25)), 'refused', /bytes/],
  ['deep list', pickle(']'.repeat(100_000), 'a'.repeat(99_999)), 'missing', /no dictionary/],
  ['contains itself', pickle('}q', 0, text('a'), 'h', 0, 's'), 'missing', /no dictionary/],
  ['protocol of the future', join(0x80, 9, 'N.'), 'unsupported', /protocol 9/],
];

test('hostile pickles are refused by name, and nothing is run', async () => {
  for (const [what, bytes, kind, message] of PICKLES) {
    const found = problem(await open(checkpoint(bytes)));
    assert.is(found.kind, kind, `${what}: ${found.message}`);
    assert.match(found.message, message, what);
    assert.not.match(found.message, '\x1b');
  }
});

test('parameters of parameters, thirty thousand deep, are no tensor', async () => {
  const depth = 30_000;
  const inside = tensor({ shape: [1], strides: [1] });
  const calls = global('torch._utils', '_rebuild_parameter');
  const nested = join(...new Array<Uint8Array>(depth).fill(calls), inside, ...new Array<string>(depth).fill('\x85R'));
  const found = problem(await open(checkpoint(pickle(dict(text('w'), nested)), { 0: FLOATS })));
  assert.is(found.kind, 'missing');
});

test('many parts under a key of megabytes do not multiply it', async () => {
  const small = join('}', text('w'), tensor({ shape: [1], strides: [1] }), 's');
  const entries = Array.from({ length: 2000 }, (_, i) => join(text(`k${i}`), small));
  const bytes = pickle(dict(text('long'.repeat(2 ** 20)), dict(...entries)));
  assert.is(problem(await open(checkpoint(bytes, { 0: FLOATS }))).kind, 'missing');
});

test('dictionaries of one dictionary a thousand times over, four deep, are not all walked', async () => {
  const keys = Array.from({ length: 1000 }, (_, i) => text(`k${i}`));
  const many = (inside: Uint8Array, place: number) =>
    join('}', 'q', place, '(', keys[0]!, inside, ...keys.slice(1).flatMap((key) => [key, join('h', place - 1)]), 'u');
  const bottom = join('}', 'q', 0, text('w'), tensor({ shape: [6], strides: [1] }), 's');
  const file = await open(checkpoint(pickle(many(many(many(many(bottom, 1), 2), 3), 4)), { 0: FLOATS }));
  assert.match(problem(file).message, 'several parts');
});

test('tensors that claim what their storage does not have', async () => {
  const cases: [string, Claim, RegExp][] = [
    ['storage that is not there', { shape: [1], strides: [1], key: '7' }, /storage `7`/],
    ['storage outside of the folder', { shape: [1], strides: [1], key: '../../etc/passwd' }, /passwd/],
    ['too many numbers', { shape: [7], strides: [1] }, /number 6 of a storage that has 6/],
    ['wider numbers', { shape: [4], strides: [1], storage: 'DoubleStorage' }, /number 3 of a storage that has 3/],
    ['offset', { shape: [2], strides: [1], offset: 5 }, /number 6/],
    ['negative offset', { shape: [1], strides: [1], offset: -1 }, /shape or strides/],
    ['stride', { shape: [2, 2], strides: [5, 1] }, /number 6/],
    ['negative stride', { shape: [2], strides: [-1] }, /shape or strides/],
    ['negative size', { shape: [-1, -4], strides: [1, 1] }, /shape or strides/],
    ['huge stride', { shape: [3], strides: [2 ** 53] }, /shape or strides/],
    ['huge', { shape: [2 ** 31, 2 ** 31], strides: [0, 0] }, /shape or strides/],
    ['repeats one number', { shape: [2 ** 40], strides: [0] }, /repeats the 6 numbers of its storage to 1099511627776/],
    ['axes without strides', { shape: [1, 1], strides: [1] }, /shape or strides/],
  ];
  for (const [what, claim, message] of cases) {
    const found = problem(await open(checkpoint(pickle(dict(text('w'), tensor(claim))), { 0: FLOATS })));
    assert.is(found.tensor, 'w', what);
    assert.match(found.message, message, what);
  }
});

test('a tensor without a storage, and one of an unknown dtype', async () => {
  const rebuild = global('torch._utils', '_rebuild_tensor_v2');
  const bare = join(rebuild, tuple('N', integer(0), tuple(), tuple()), 'R');
  const odd = tensor({ shape: [1], strides: [1], storage: 'float32' });
  assert.match(problem(await open(checkpoint(pickle(dict(text('w'), bare)), { 0: FLOATS }))).message, 'no storage');
  const untyped = join(
    rebuild,
    tuple(tuple(text('storage'), text('float'), text('0')), 'Q', integer(0), tuple(), tuple()),
    'R',
  );
  assert.match(problem(await open(checkpoint(pickle(dict(text('w'), untyped)), { 0: FLOATS }))).message, 'dtype');
  assert.ok((await open(checkpoint(pickle(dict(text('w'), odd)), { 0: FLOATS }))).ok);
});

test('a thousand tensors on one storage are refused, two are not', async () => {
  const storage = new Uint8Array(100_000);
  const claim = { shape: [25_000], strides: [1] };
  const shared = (count: number) =>
    dict(...Array.from({ length: count }, (_, i) => join(text(`w${i}`), tensor(claim))));
  assert.match(problem(await open(checkpoint(pickle(shared(1000)), { 0: storage }))).message, 'share storages');
  assert.ok((await open(checkpoint(pickle(shared(2)), { 0: storage }))).ok);
});

const zeros = deflateRawSync(new Uint8Array(10_000_000));

test('hostile archives', async () => {
  const cases: [string, Uint8Array, Problem['kind'], RegExp][] = [
    ['bomb', zip([PICKLE, { ...STORAGE, data: zeros, method: 8, size: 10_000_000 }]), 'refused', /compressed/],
    ['bomb that says it is stored', zip([PICKLE, { ...STORAGE, size: 10_000_000 }]), 'truncated', /archive/],
    [
      'larger than the file',
      zip([PICKLE, { ...STORAGE, size: 10_000_000, compressedSize: 10_000_000 }]),
      'truncated',
      /archive/,
    ],
    ['encrypted', zip([PICKLE, { ...STORAGE, flags: 1, size: FLOATS.length - 12 }]), 'refused', /encrypted/],
    ['twice', zip([PICKLE, STORAGE, STORAGE]), 'refused', /twice/],
    [
      'overlapping',
      zip([PICKLE, STORAGE, { ...STORAGE, name: 'x/data/1', offset: 30 + PICKLE.name.length + PICKLE.data.length }]),
      'refused',
      /overlaps/,
    ],
    ['same bytes', zip([PICKLE, { ...PICKLE, name: 'x/data/0', offset: 0 }]), 'refused', /overlaps/],
    ['more entries than there are', zip([PICKLE, STORAGE], 3), 'truncated', /archive/],
    ['sixty thousand entries', zip([PICKLE, STORAGE], 60_000), 'refused', /60000 entries/],
    ['another archive', zip([{ name: 'hello.txt', data: FLOATS }]), 'unsupported', /data\.pkl/],
    ['two checkpoints', zip([PICKLE, { ...PICKLE, name: 'y/data.pkl' }]), 'unsupported', /data\.pkl/],
    [
      'big-endian',
      zip([PICKLE, STORAGE, { name: 'x/byteorder', data: Buffer.from('big') }]),
      'unsupported',
      /big-endian/,
    ],
    ['outside of the folder', zip([PICKLE, { ...STORAGE, name: '../x/data/0' }]), 'truncated', /archive/],
  ];
  for (const [what, bytes, kind, message] of cases) {
    const found = problem(await open(bytes));
    assert.is(found.kind, kind, `${what}: ${found.message}`);
    assert.match(found.message, message, what);
  }
});

test('a file that shrinks after it was opened', async () => {
  const file = await open(zip([PICKLE, STORAGE]));
  if (!file.ok) throw new Error(file.problem.message);
  truncateSync(path, 50);
  const found = problem(file.value.read('w'));
  assert.equal([found.kind, found.tensor], ['truncated', 'w']);
  file.value.close();
  assert.match(problem(file.value.read('w')).message, 'closed');
});

test.run();
