/** node bundle.mjs FOLDER SAFETENSORS: page.js and all that it imports as one script, weights and WebAssembly inside. */
import path from 'node:path';
import { build } from 'esbuild';

const [folder, weights] = process.argv.slice(2);

await build({
  entryPoints: [path.join(import.meta.dirname, 'page.js')],
  outfile: path.join(folder, 'page.js'),
  bundle: true,
  format: 'iife',
  platform: 'browser',
  target: 'es2022',
  minify: true,
  loader: { '.safetensors': 'binary', '.wasm': 'binary' },
  alias: { 'digits.safetensors': path.resolve(weights) },
  logLevel: 'warning',
});
