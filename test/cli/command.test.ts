/** What holds for every command: exit codes, streams, JSON, colour, faults of our own. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commands } from '../../cli/commands.ts';
import { testIf } from '../skip.ts';
import { bin, ditc, plainEnvironment } from './ditc.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ditc-command-'));
test.after(() => rmSync(folder, { recursive: true }));
const names = Object.keys(commands);

test('--version is that of the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  for (const flag of ['--version', '-V']) assert.equal(ditc([flag]), { code: 0, out: `ditc ${version}\n`, err: '' });
});

test('--version loads nothing: not even a missing bundle matters', () => {
  const copy = path.join(folder, 'bare');
  spawnSync('mkdir', ['-p', path.join(copy, 'cli')]);
  writeFileSync(path.join(copy, 'cli', 'ditc.mjs'), readFileSync(bin));
  writeFileSync(path.join(copy, 'package.json'), '{"version":"7.8.9"}');
  const child = spawnSync(process.execPath, [path.join(copy, 'cli', 'ditc.mjs'), '--version'], { encoding: 'utf8' });
  assert.equal([child.status, child.stdout, child.stderr], [0, 'ditc 7.8.9\n', '']);
});

test('help names every command, and every command has an example that names it', () => {
  const { code, out, err } = ditc(['--help']);
  assert.equal([code, err], [0, '']);
  for (const name of names) {
    assert.match(out, new RegExp(`^  ${name} +\\S`, 'm'));
    const own = ditc([name, '--help']);
    assert.equal([own.code, own.err], [0, '']);
    assert.match(own.out, new RegExp(`^Example:\\n(  .*\\n)*  (\\$ )?ditc ${name} `, 'm'));
    assert.equal(ditc(['help', name]).out, own.out);
  }
});

test('wrong use is 2, said on standard error, with the way out', () => {
  const cases: [words: string[], err: RegExp][] = [
    [[], /^usage: ditc COMMAND/],
    [['explian'], /^ditc: there is no command `explian`\n {2}= help: did you mean `ditc explain`\?\n$/],
    [['zzzzzzzz'], /^ditc: there is no command `zzzzzzzz`\n {2}= help: `ditc --help` lists/],
    [['toString'], /^ditc: there is no command `toString`/],
    [['--nope'], /^ditc: unknown option `--nope`/],
    [['explain', '--jsn'], /^ditc: explain: unknown option `--jsn`\n {2}= help: did you mean `--json`\?\n$/],
    [['explain', 'a', 'b'], /^ditc: explain: too many arguments: it takes 1, not 2\n/],
  ];
  for (const [words, expected] of cases) {
    const { code, out, err } = ditc(words);
    assert.equal([code, out], [2, ''], words.join(' '));
    assert.match(err, expected);
  }
});

test('with --json wrong use is a document too', () => {
  for (const words of [
    ['explian', '--json'],
    ['explain', '--jsn', '--json'],
    ['explain', 'D9999', '--json'],
  ]) {
    const { code, out } = ditc(words);
    const document = JSON.parse(out);
    assert.is(code, 2);
    assert.equal([document.ok, document.error.exit, typeof document.error.message], [false, 2, 'string']);
  }
});

/** Makes the file system fail in a way that nobody foresaw. */
const fault = path.join(folder, 'fault.mjs');
writeFileSync(
  fault,
  `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module';
   fs.readdirSync = () => { throw new TypeError('first line\\nsecond line'); }; syncBuiltinESMExports();`,
);
const broken = (words: string[], env: Record<string, string> = {}) => {
  const child = spawnSync(process.execPath, ['--import', fault, bin, ...words], {
    env: plainEnvironment(env),
    encoding: 'utf8',
  });
  return { code: child.status, out: child.stdout, err: child.stderr };
};

test('a throw is 70 and says how to report it, without a stack', () => {
  const { code, out, err } = broken(['explain']);
  assert.equal([code, out], [70, '']);
  assert.match(err, /^ditc: internal error: TypeError: first line\n {2}= note: this is a bug of ditc/);
  assert.match(err, /DITC_DEBUG=1/);
  assert.not.match(err, /^\s+at /m);
  assert.match(broken(['explain'], { DITC_DEBUG: '1' }).err, /^\s+at /m);
});

test('with --json a throw is a document too', () => {
  const { code, out } = broken(['explain', '--json']);
  assert.is(code, 70);
  assert.equal(JSON.parse(out), { ok: false, error: { exit: 70, message: 'TypeError: first line' } });
});

test('a reader that goes away is no error', async () => {
  const target = fileURLToPath(new URL('../../specs/dit.dit#DiT-S/2', import.meta.url)).replace('%23', '#');
  const child = spawn(process.execPath, [bin, 'graph', target, '--json'], { env: plainEnvironment() });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const [code] = await once(child, 'close');
  assert.equal([code, err], [0, '']);
});

testIf(process.platform === 'linux', 'needs /dev/full')('a full disk behind standard output is 3', () => {
  const full = openSync('/dev/full', 'w');
  const child = spawnSync(process.execPath, [bin, '--help'], { stdio: ['ignore', full, 'pipe'], encoding: 'utf8' });
  closeSync(full);
  assert.equal([child.status, child.stderr], [3, 'ditc: cannot write to standard output (ENOSPC)\n']);
});

test('a folder that is gone is 3', () => {
  const script = 'mkdir gone && cd gone && rmdir ../gone && exec "$0" "$@"';
  const child = spawnSync('sh', ['-c', script, process.execPath, bin, 'check', 'a.dit'], {
    cwd: folder,
    encoding: 'utf8',
  });
  assert.equal([child.status, child.stderr], [3, 'ditc: the folder that this runs in is not there any more\n']);
});

test('Ctrl-C is 130, also while it waits for standard input', async () => {
  const child = spawn(process.execPath, [bin, 'check', '-'], {
    env: plainEnvironment(),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  // more than a pipe holds: it has been written when the process reads
  await new Promise((resolve) => child.stdin.write(`dit 1\n// ${'x'.repeat(1 << 20)}\n`, resolve));
  child.kill('SIGINT');
  const [code, signal] = await once(child, 'close');
  assert.equal([code, signal, said], [130, null, '']);
});

test.run();
