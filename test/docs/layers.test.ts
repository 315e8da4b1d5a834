/**
 * What docs/layers.md shows is true for who installs the package: its code runs from top to bottom beside the files that
 * npm would pack, and prints what it says, whichever way tfjs is imported; and TypeScript knows what there is.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tensorflow } from '../../runtime/engines/tensorflow.ts';
import { testIf } from '../skip.ts';

const root = path.join(import.meta.dirname, '..', '..');
const page = readFileSync(path.join(root, 'docs', 'layers.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, text]) => text!);

const run = (cwd: string, command: string, ...args: string[]) =>
  spawnSync(command, args, { cwd, encoding: 'utf8', env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' } });

/** A folder in which the package is installed, with what it depends on. */
const folder = mkdtempSync(path.join(tmpdir(), 'ditc-layers-'));
test.before(() => {
  // the bundle is a part of the package
  assert.is(run(root, process.execPath, 'cli/setup.mjs').status, 0);
  const { status, stdout, stderr } = run(root, 'npm', 'pack', '--dry-run', '--json', '--ignore-scripts');
  assert.is(status, 0, stderr);
  const [packed] = JSON.parse(stdout) as { files: { path: string }[] }[];
  const modules = path.join(folder, 'node_modules');
  mkdirSync(modules);
  for (const name of readdirSync(path.join(root, 'node_modules'))) {
    if (!name.startsWith('.')) symlinkSync(path.join(root, 'node_modules', name), path.join(modules, name));
  }
  for (const file of packed!.files) cpSync(path.join(root, file.path), path.join(modules, 'ditc', file.path));
});
test.after(() => rmSync(folder, { recursive: true }));

function runPage(code: string): void {
  writeFileSync(path.join(folder, 'page.mjs'), code);
  const { status, stdout, stderr } = run(folder, process.execPath, 'page.mjs');
  assert.is(status, 0, stderr);
  assert.match(stdout, /^blocks\.1 \(ditc>AdaLN/m);
  assert.ok(stdout.endsWith(blocks('text')[0]!), stdout);
  assert.not.match(stderr, /already|register|Discrepancy/);
}

const code = blocks('js').join('\n');
const SEPARATE = code.slice(0, code.indexOf('import { openLayersModel'));
const importing = (name: string): string => {
  assert.match(SEPARATE, /tfjs-core[\s\S]+tfjs-layers[\s\S]+tfjs-backend-cpu/);
  return code.replace(SEPARATE, `import * as tf from '${name}';\nconst tfl = tf;\n`);
};
const { resolve } = createRequire(import.meta.url);
const installed = (name: string): boolean => {
  try {
    return resolve(`${name}/package.json`) !== '';
  } catch {
    return false;
  }
};

test('the code of the page', () => runPage(code));

testIf(installed('@tensorflow/tfjs'), '@tensorflow/tfjs is not installed')(
  'with the package that holds all of tfjs',
  () => runPage(importing('@tensorflow/tfjs')),
);

testIf((await tensorflow.status()).available, "TensorFlow's binding is not built")('with tfjs-node', () =>
  runPage(importing('@tensorflow/tfjs-node-gpu').replace('import * as tf', 'import tf')),
);

test('TypeScript knows what there is', () => {
  writeFileSync(
    path.join(folder, 'user.ts'),
    `import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { type BlockLayer, type OpenOptions, openLayersModel, registerLayersOf, type SpecModel } from 'ditc/layers';

const options: OpenOptions = { set: { 'size.depth': 2, side: 4 }, seed: 1, weights: 'a.safetensors', training: false };
const model: SpecModel = await openLayersModel('a.dit#b', options);
const plain: tfl.LayersModel = model;
const block: BlockLayer = model.getLayer('blocks.0').getLayer('attn.qkv');
const layer: tfl.layers.Layer = block;
block.trainable = false;
const names: readonly string[] = [...block.layers.map(({ name }) => name), block.path, block.settings, model.place];
model.summary(110, undefined, (line: string) => void line, true);
const eps = model.predict({ x: tf.zeros([1, 4, 4, 4]), t: tf.zeros([1]), y: tf.zeros([1]) });
await registerLayersOf('a.dit', options);
export { eps, layer, names, plain };

// @ts-expect-error: no such option
await openLayersModel('a.dit', { sed: 1 });
// @ts-expect-error: a path
await openLayersModel('a.dit', { weights: new Map() });
// @ts-expect-error: fields are set by path
await openLayersModel('a.dit', { set: { size: { depth: 2 } } });
// @ts-expect-error: a target
await openLayersModel();
`,
  );
  const flags = '--noEmit --strict --target es2022 --module nodenext --lib es2022,dom --types node'.split(' ');
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
  const { stdout } = run(
    folder,
    process.execPath,
    path.join(root, 'node_modules/typescript/bin/tsc'),
    ...flags,
    'user.ts',
  );
  // the declarations of tfjs itself have faults
  const faults = stdout.split('\n').filter((line) => /^(user\.ts|node_modules\/ditc)|ditc\/cli/.test(line));
  assert.equal(faults, []);
});

test.run();
