/** The bundle of a checkout: made when it is missing, made anew when a source has changed, never seen half made. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { plainEnvironment } from './ditc.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'ditc-build-'));
test.after(() => rmSync(folder, { recursive: true }));
for (const name of [
  'cli',
  'dsl',
  'compiler',
  'runtime',
  'docs',
  'specs',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
]) {
  cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
}
const modules = path.join(folder, 'node_modules');
const at = (name: string): string => path.join(folder, name);
const words = [at('cli/ditc.mjs'), 'explain', 'D0101', '--json'];
const run = () => spawnSync(process.execPath, words, { cwd: folder, env: plainEnvironment(), encoding: 'utf8' });

test('without packages it says what to do', () => {
  const { status, stdout, stderr } = run();
  assert.equal([status, stdout], [3, '']);
  assert.match(stderr, /^ditc: the packages it needs are not installed\n {2}= help: run `npm start`/);
});

test('two at once build it and both work', async () => {
  symlinkSync(path.join(root, 'node_modules'), modules);
  const children = [0, 1].map(() => spawn(process.execPath, words, { cwd: folder, env: plainEnvironment() }));
  const outputs = await Promise.all(
    children.map(async (child) => {
      let out = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
      const [code] = await once(child, 'close');
      assert.is(code, 0);
      return JSON.parse(out).code;
    }),
  );
  assert.equal(outputs, ['D0101', 'D0101']);
  assert.equal(
    readdirSync(at('dist')).filter((name) => name.endsWith('.tmp')),
    [],
  );
});

test('nothing is built where nothing has changed, and all is where a source has', () => {
  const record = readFileSync(at('dist/build.json'), 'utf8');
  assert.is(run().status, 0);
  assert.is(readFileSync(at('dist/build.json'), 'utf8'), record);
  const source = readFileSync(at('cli/commands/explain.ts'), 'utf8');
  writeFileSync(at('cli/commands/explain.ts'), source.replace('code: wanted,', "code: 'changed',"));
  assert.is(JSON.parse(run().stdout).code, 'changed');
  writeFileSync(at('cli/commands/explain.ts'), 'this is no TypeScript');
  const broken = run();
  assert.is(broken.status, 70);
  assert.match(broken.stderr, /could not be built/);
  writeFileSync(at('cli/commands/explain.ts'), source);
  assert.is(JSON.parse(run().stdout).code, 'D0101');
});

test('a bundle is used as it is where it cannot be built', () => {
  rmSync(modules);
  writeFileSync(at('cli/start.ts'), '// changed\n');
  const { status, stderr } = run();
  assert.is(status, 0);
  assert.match(stderr, /^ditc: warning: built from older sources/);
  assert.ok(existsSync(at('dist/ditc.js')));
});

test('a package that was made without dist/ says how to make it with it', () => {
  const made = at('package');
  for (const name of ['package.json', 'cli/ditc.mjs'])
    cpSync(path.join(root, name), path.join(made, name), { recursive: true });
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(made, 'cli/ditc.mjs'), 'list'], {
    env: plainEnvironment(),
    encoding: 'utf8',
  });
  assert.equal([status, stdout], [3, '']);
  assert.match(stderr, /^ditc: this package was made without dist\/.*\n {2}= help: .*`npm run pack`/);
});

test.run();
