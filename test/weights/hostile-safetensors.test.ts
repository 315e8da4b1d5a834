import { execFileSync } from 'node:child_process';
import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createStream } from '../../runtime/random/stream.ts';
import { type Problem, showName, showProblem } from '../../runtime/weights/problem.ts';
import { openSafetensors } from '../../runtime/weights/safetensors.ts';
import { parseSafetensors } from '../../runtime/weights/safetensors-source.ts';
import { systemProblem } from '../../runtime/weights/system-problem.ts';
import { problem } from './outcome.ts';

const GOLDEN = new URL('../golden/weights/', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
test.after(() => rmSync(folder, { recursive: true }));

/** length, header, `bytes` of numbers */
function file(header: string | Uint8Array, bytes = 8, claimed?: bigint): Uint8Array {
  const json = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(claimed ?? BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(bytes)]);
}

const one = (entry: string, bytes?: number) => file(`{"w":${entry}}`, bytes);

test('the files made here are read when nothing is wrong with them', () => {
  const good = parseSafetensors(one('{"dtype":"F32","shape":[2],"data_offsets":[0,8]}  '));
  assert.ok(good.ok && good.value.read('w').ok);
  assert.ok(parseSafetensors(file('{}', 0)).ok);
  assert.ok(parseSafetensors(file('{"__proto__":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}')).ok);
});

const F32 = (shape: string, from: number | string, to: number | string) =>
  `{"dtype":"F32","shape":${shape},"data_offsets":[${from},${to}]}`;

/** what, bytes, kind, what the message says */
const FILES: readonly [string, Uint8Array, Problem['kind'], RegExp][] = [
  ['empty', new Uint8Array(0), 'truncated', /0 bytes/],
  ['header of 2^60 bytes', file('{}', 0, 2n ** 60n), 'refused', /claims 1152921504606846976 bytes/],
  ['header of 2^64 - 1 bytes', file('{}', 0, 2n ** 64n - 1n), 'refused', /claims/],
  ['header of 33 MB', file('{}', 0, 2n ** 25n + 1n), 'refused', /claims/],
  ['header beyond the end', file('{}', 0, 1000n), 'truncated', /inside its header/],
  ['empty header', file('', 0), 'malformed', /JSON/],
  ['no JSON', file('{"w":', 0), 'malformed', /JSON/],
  ['no object', file('[]', 0), 'malformed', /JSON/],
  ['null', file('null', 0), 'malformed', /JSON/],
  ['not UTF-8', file(Uint8Array.of(0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d), 0), 'malformed', /UTF-8/],
  ['a million brackets', file('['.repeat(1_000_000), 0), 'malformed', /JSON/],
  ['a million closed brackets', one(`${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`), 'malformed', /no dtype/],
  ['tensor twice', file(`{"w":${F32('[2]', 0, 8)},"w":${F32('[2]', 0, 8)}}`), 'malformed', /`w` twice/],
  [
    'twice, spelled differently',
    file(`{"w":${F32('[2]', 0, 8)},"\\u0077":${F32('[2]', 0, 8)}}`),
    'malformed',
    /`w` twice/,
  ],
  ['shape twice', one('{"dtype":"F32","shape":[1],"shape":[2],"data_offsets":[0,8]}'), 'malformed', /`shape` twice/],
  ['metadata twice', file(`{"__metadata__":{},"__metadata__":{}}`, 0), 'malformed', /twice/],
  ['metadata are a number', file('{"__metadata__":1}', 0), 'malformed', /metadata/],
  ['metadata hold a number', file('{"__metadata__":{"a":1}}', 0), 'malformed', /`a`/],
  ['entry is a number', one('1'), 'malformed', /entry/],
  ['entry is null', one('null'), 'malformed', /entry/],
  ['no dtype', one('{"shape":[2],"data_offsets":[0,8]}'), 'malformed', /dtype/],
  ['unknown dtype', one('{"dtype":"C64","shape":[1],"data_offsets":[0,8]}'), 'unsupported', /`C64`/],
  [
    'dtype of every object',
    one('{"dtype":"constructor","shape":[1],"data_offsets":[0,8]}'),
    'unsupported',
    /`constructor`/,
  ],
  ['no shape', one('{"dtype":"F32","data_offsets":[0,8]}'), 'malformed', /shape/],
  ['negative shape', one(F32('[-1,-2]', 0, 8)), 'malformed', /shape/],
  ['fractional shape', one(F32('[0.5,4]', 0, 8)), 'malformed', /shape/],
  ['shape of texts', one(F32('["2"]', 0, 8)), 'malformed', /shape/],
  ['huge shape', one(F32('[4294967296,4294967296]', 0, 8)), 'malformed', /shape/],
  ['huge shape with a zero', one(F32('[9007199254740993,0]', 0, 0), 0), 'malformed', /shape/],
  ['33 axes', one(F32(`[2${',1'.repeat(32)}]`, 0, 8)), 'malformed', /shape/],
  ['a petabyte of numbers', one(F32('[281474976710656]', 0, 1125899906842624)), 'truncated', /ends at byte/],
  ['more bytes than the shape', one(F32('[1]', 0, 8)), 'malformed', /needs 4 bytes, and its data_offsets give it 8/],
  ['no offsets', one('{"dtype":"F32","shape":[2]}'), 'malformed', /data_offsets/],
  ['three offsets', one('{"dtype":"F32","shape":[2],"data_offsets":[0,8,16]}'), 'malformed', /data_offsets/],
  ['offsets backwards', one(F32('[2]', 8, 0)), 'malformed', /data_offsets/],
  ['negative offset', one(F32('[2]', -8, 0)), 'malformed', /data_offsets/],
  ['fractional offset', one(F32('[2]', 0.5, 8.5)), 'malformed', /data_offsets/],
  ['infinite offset', one(F32('[2]', 0, '1e999')), 'malformed', /data_offsets/],
  ['beyond the end', one(F32('[2]', 8, 16)), 'truncated', /ends at byte/],
  ['overlapping', file(`{"a":${F32('[2]', 0, 8)},"b":${F32('[2]', 4, 12)}}`, 12), 'malformed', /overlaps tensor `a`/],
  ['the same bytes', file(`{"a":${F32('[2]', 0, 8)},"b":${F32('[2]', 0, 8)}}`), 'malformed', /overlaps/],
  ['hole', file(`{"a":${F32('[1]', 0, 4)},"b":${F32('[1]', 8, 12)}}`, 12), 'malformed', /4 bytes before it/],
  ['hole at the start', one(F32('[1]', 4, 8)), 'malformed', /4 bytes before it/],
  ['bytes left over', one(F32('[2]', 0, 8), 11), 'malformed', /last 3 bytes/],
  ['a zip archive', Buffer.from('PK\x03\x04 and so on'), 'refused', /claims/],
];

test('hostile headers are problems before anything is allocated', () => {
  for (const [what, bytes, kind, message] of FILES) {
    const found = problem(parseSafetensors(bytes, 'strange.safetensors'));
    assert.is(found.kind, kind, `${what}: ${found.message}`);
    assert.match(found.message, message, what);
    assert.is(found.file, 'strange.safetensors');
    assert.ok(found.remedy.length > 0 && !/[.\n]$/.test(found.message), what);
  }
});

const whole = readFileSync(join(GOLDEN, 'dtypes.safetensors'));

test('a file cut off at any byte is a problem', () => {
  for (let length = 0; length < whole.length; length++) {
    assert.is(problem(parseSafetensors(whole.subarray(0, length))).kind, 'truncated', `${length} bytes`);
  }
});

test('flipped bits give numbers or a problem, never a crash', () => {
  const stream = createStream(1, 'flips');
  // all of the header is among the first 1000 bytes
  const counts = { problems: 0, reads: 0 };
  for (let round = 0; round < 4000; round++) {
    const damaged = Uint8Array.from(whole);
    const bit = stream.integer(1000 * 8);
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    const opened = parseSafetensors(damaged);
    if (!opened.ok) counts.problems++;
    else for (const name of opened.value.tensors.keys()) if (opened.value.read(name).ok) counts.reads++;
  }
  assert.ok(counts.problems > 1000 && counts.reads > 1000, JSON.stringify(counts));
});

test('truth values other than 0 and 1 are a problem of their tensor', () => {
  const bytes = one('{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}', 2);
  bytes[bytes.length - 1] = 2;
  const opened = parseSafetensors(bytes);
  if (!opened.ok) throw new Error(opened.problem.message);
  assert.equal([problem(opened.value.read('w')).kind, problem(opened.value.read('w')).tensor], ['malformed', 'w']);
});

test('what is no file', () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const cases: [string, Problem['kind'], RegExp][] = [
    [folder, 'system', /folder/],
    [join(folder, 'none'), 'missing', /no such file/],
    [join(GOLDEN, 'dtypes.safetensors', 'x'), 'missing', /not a folder/],
    ['/dev/zero', 'system', /ordinary/],
    [pipe, 'system', /ordinary/],
    [join(folder, 'x'.repeat(300)), 'system', /too long/],
  ];
  for (const [path, kind, message] of cases) {
    const found = problem(openSafetensors(path));
    assert.is(found.kind, kind, path);
    assert.match(found.message, message);
  }
});

test('what the system says is said in words', () => {
  const cases: [string, Problem['kind'], RegExp][] = [
    ['ENOSPC', 'space', /disk is full/],
    ['EACCES', 'system', /may not be opened/],
    ['EWHATEVER', 'system', /refused it \(EWHATEVER\)/],
  ];
  for (const [code, kind, message] of cases) {
    const found = systemProblem('f', Object.assign(new Error('raw text'), { code }));
    assert.equal([found.kind, found.file], [kind, 'f']);
    assert.match(found.message, message);
    assert.not.match(found.message + found.remedy, 'raw text');
  }
});

test('a file that shrinks after it was opened', () => {
  const path = join(folder, 'shrinks.safetensors');
  writeFileSync(path, whole);
  const opened = openSafetensors(path);
  if (!opened.ok) throw new Error(opened.problem.message);
  truncateSync(path, 1500);
  const found = problem(opened.value.read('bool'));
  assert.equal([found.kind, found.tensor], ['truncated', 'bool']);
  opened.value.close();
  assert.match(problem(opened.value.read('bool')).message, 'closed');
});

test('a tensor that no memory holds is a problem of space', () => {
  // 2^43 numbers in a file with a hole of 8 TiB, which takes no room on the disk
  const path = join(folder, 'sparse.safetensors');
  const numbers = 2 ** 43;
  writeFileSync(path, file(`{"w":{"dtype":"U8","shape":[${numbers}],"data_offsets":[0,${numbers}]}}`, 0));
  const fd = openSync(path, 'r+');
  ftruncateSync(fd, readFileSync(path).length + numbers);
  closeSync(fd);
  const opened = openSafetensors(path);
  if (!opened.ok) throw new Error(opened.problem.message);
  assert.is(problem(opened.value.read('w')).kind, 'space');
  opened.value.close();
});

test('names out of files are made harmless', () => {
  assert.is(showName('a`b\u001b[2J\n\u202e'), '`a\\u{60}b\\u{1b}[2J\\u{a}\\u{202e}`');
  assert.is(showName('x'.repeat(500)).length, 123);
  const shown = showProblem({
    kind: 'missing',
    file: 'f',
    tensor: 'a\nb',
    message: 'is not in this file',
    remedy: 'look',
  });
  assert.is(shown, 'f: tensor `a\\u{a}b`: is not in this file (help: look)');
});

test.run();
