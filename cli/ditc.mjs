#!/usr/bin/env node
// The bin. It answers `--version` by itself, and in a checkout it builds dist/ when the sources have changed.
import { existsSync, readFileSync } from 'node:fs';
import module from 'node:module';
import { setFlagsFromString } from 'node:v8';

const here = (name) => new URL(name, import.meta.url);
const fail = (code, message) => {
  process.stderr.write(`ditc: ${message}\n`);
  process.exit(code);
};

async function freshen() {
  const { isFresh, build } = await import('./build.mjs');
  if (isFresh()) return;
  try {
    await build();
  } catch (error) {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND') fail(70, `the command could not be built\n${error?.message ?? error}`);
    if (!existsSync(here('../dist/ditc.js'))) {
      fail(
        3,
        'the packages it needs are not installed\n  = help: run `npm start`, or `npm ci --ignore-scripts`, in the checkout',
      );
    }
    process.stderr.write('ditc: warning: built from older sources, since esbuild is not installed\n');
  }
}

const [first, ...rest] = process.argv.slice(2);
if ((first === '--version' || first === '-V') && rest.length === 0) {
  process.stdout.write(`ditc ${JSON.parse(readFileSync(here('../package.json'), 'utf8')).version}\n`);
} else {
  if (existsSync(here('./main.ts'))) await freshen();
  else if (!existsSync(here('../dist/ditc.js'))) {
    fail(
      3,
      'this package was made without dist/, which is all of the command\n  = help: make it again in the checkout with `npm run pack`, not `npm pack`, and install that',
    );
  }
  // Node 22 and later keep the compiled bundle from one run to the next
  module.enableCompileCache?.();
  // most runs are over before V8's last compiler has earned what it costs (half the time of a check): it begins later
  const later = { 20: '--interrupt-budget=500000', 22: '--invocation-count-for-turbofan=20000' };
  const flag = later[process.versions.node.split('.', 1)[0]];
  if (flag) setFlagsFromString(flag);
  // a plan does the same for thousands of points: baseline code pays at once there
  if (first === 'grid') setFlagsFromString('--always-sparkplug');
  await import('../dist/ditc.js');
}
