/**
 * Makes a fresh clone ready with nothing but Node and npm: installs the packages of the lock file where they are missing
 * or of other versions, then builds dist/. Does nothing, quickly, where all is in place.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { build, isFresh, root } from './build.mjs';

const read = (file) => {
  try {
    return JSON.parse(readFileSync(path.join(root, file), 'utf8'));
  } catch {
    return undefined;
  }
};

const allows = (list, value) =>
  list === undefined ||
  (list.some((entry) => entry === value || (entry[0] === '!' && entry !== `!${value}`)) && !list.includes(`!${value}`));

/** An optional package may be absent, unless it is the binary for this very platform. */
const mayBeAbsent = (entry) =>
  (entry.optional || entry.devOptional) &&
  !((entry.os || entry.cpu) && !entry.libc && allows(entry.os, process.platform) && allows(entry.cpu, process.arch));

/** What the lock file asks for and node_modules has not. */
function missing() {
  const wanted = read('package-lock.json')?.packages ?? {};
  const installed = read('node_modules/.package-lock.json')?.packages ?? {};
  return Object.entries(wanted)
    .filter(([name, entry]) => {
      if (name === '') return false;
      const got = installed[name];
      return got === undefined ? !mayBeAbsent(entry) : got.version !== entry.version;
    })
    .map(([name]) => name.replace(/^.*node_modules\//, ''));
}

function install() {
  const absent = missing();
  if (absent.length === 0) return;
  const fresh = !existsSync(path.join(root, 'node_modules'));
  process.stderr.write(`installing ${absent.length} packages with npm\n`);
  // `npm ci` starts from nothing; what is already there (and may have been built here) is kept
  const command = fresh ? ['ci'] : ['install', '--no-save'];
  const args = [...command, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };
  const options = { cwd: root, env, stdio: ['ignore', 2, 2] };
  const viaNode = npm?.endsWith('.js') || npm?.endsWith('.cjs');
  const result = viaNode
    ? spawnSync(process.execPath, [npm, ...args], options)
    : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
  const left = missing();
  if (result.status === 0 && left.length === 0) return;
  process.stderr.write(
    `ditc: the packages could not be installed (missing: ${left.slice(0, 5).join(', ')}${left.length > 5 ? ', …' : ''})\n` +
      '  = help: this needs a package registry once; when it can be reached, run `npm ci --ignore-scripts` and try again\n',
  );
  process.exit(3);
}

install();
if (!isFresh()) await build();
