/**
 * Bundles the command into dist/: ESM, split so that each command is a chunk that is loaded when it is named. Chunks are
 * named by their content and every file is written to a temporary name and renamed, the entries last: a command that
 * starts during a build sees the old bundle or the new one, never half of each. `dist/build.json` records what went in,
 * so that `isFresh` knows in a few milliseconds whether the sources have changed since.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const dist = path.join(root, 'dist');
const record = path.join(dist, 'build.json');
const entries = { ditc: 'cli/main.ts', start: 'cli/start.ts', layers: 'cli/layers.ts' };

/** Native or large: left in node_modules and loaded by the few modules that need them. */
const external = ['onnxruntime-node', '@tensorflow/*', 'ts-morph', 'elkjs', 'protobufjs', 'webgpu', 'sharp'];

/** Files that decide a bundle besides the sources that esbuild reports. */
const also = ['cli/build.mjs', 'package-lock.json'];

/** zod brings its messages in every language, a third of the bundle; ours are written elsewhere. */
const oneLanguage = {
  name: 'one-language',
  setup: (build) => build.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({ contents: 'export {};' })),
};

const stamp = (file) => {
  const { mtimeMs, size } = statSync(path.join(root, file));
  return `${mtimeMs}:${size}`;
};

/** Whether dist/ was built from the sources as they are. */
export function isFresh() {
  try {
    const inputs = Object.entries(JSON.parse(readFileSync(record, 'utf8')).inputs);
    return inputs.every(([file, was]) => stamp(file) === was);
  } catch {
    return false;
  }
}

const write = (file, contents) => {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, contents);
  renameSync(temporary, file);
};

/** Chunks of older bundles go after a while: a process that started from one may still load them. */
function sweep(outputs, after) {
  const old = Date.now() - after;
  for (const name of readdirSync(dist)) {
    const file = path.join(dist, name);
    try {
      if (!outputs.has(file) && file !== record && statSync(file).mtimeMs < old) unlinkSync(file);
    } catch {
      // another build was quicker
    }
  }
}

/** `keep`: for how many milliseconds chunks of older bundles stay. */
export async function build({ keep = 10 * 60_000 } = {}) {
  const { build: bundle } = await import('esbuild');
  const before = Object.fromEntries(also.map((file) => [file, stamp(file)]));
  const result = await bundle({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: dist,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    external,
    plugins: [oneLanguage],
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    chunkNames: 'chunk-[hash]',
    // bundled CommonJS packages ask for Node's own modules by `require`
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const inputs = { ...before };
  for (const file of Object.keys(result.metafile.inputs)) {
    if (!file.startsWith('node_modules/')) inputs[file] = stamp(file);
  }
  mkdirSync(dist, { recursive: true });
  const names = new Set(Object.keys(entries).map((name) => path.join(dist, `${name}.js`)));
  const isEntry = (file) => names.has(file.replace(/\.map$/, ''));
  for (const last of [false, true]) {
    for (const output of result.outputFiles) {
      if (isEntry(output.path) === last && (last || !existsSync(output.path))) write(output.path, output.contents);
    }
  }
  write(record, JSON.stringify({ inputs }, null, 1));
  sweep(new Set(result.outputFiles.map((output) => output.path)), keep);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await build(process.argv.includes('--clean') ? { keep: -1 } : {});
