// limit: 300 s
/** The text of emitted modules: what a person would commit. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SMALL_MODELS, smallModel } from '../../engines/small-models.ts';
import { goldensIn } from '../../golden-text.ts';
import { root } from '../../source-tree.ts';
import { modelOf } from '../../specs/open.ts';
import { sourcesOf, typeCheck, writeModule } from './emitted.ts';
import { nameOf } from './emitted-suite.ts';

test('modules of all specs are right to the compiler of a strict user', () => {
  for (const name of SMALL_MODELS) writeModule(nameOf(name), sourcesOf(smallModel(name)));
  assert.is(typeCheck(), '');
});

/** The parts of a module that are its own, one after the other. */
const asOneText = (sources: ReadonlyMap<string, string>): string =>
  [...sources].flatMap(([file, text]) => (file.startsWith('support/') ? [] : [`// ${file}\n\n${text}`])).join('\n');

const goldens = goldensIn('typescript');

for (const [spec, preset] of [
  ['dit', 'DiT-S/2'],
  ['uvit', 'U-ViT-S/2-cifar10'],
] as const) {
  test(`the module of ${preset}`, () => {
    const sources = sourcesOf(modelOf(spec, preset));
    goldens.check(`${preset.replaceAll('/', '-')}.txt`, asOneText(sources));
    writeModule(nameOf(preset), sources);
  });
}

test('no golden is left over', () => goldens.noOrphans());

test('formatters and linters have nothing to say', () => {
  const folder = writeModule('formatted', sourcesOf(smallModel('MMDiT')));
  const { formatter, javascript, linter } = JSON.parse(readFileSync(path.join(root, 'biome.json'), 'utf8'));
  writeFileSync(
    path.join(folder, 'biome.json'),
    JSON.stringify({ formatter, javascript, linter, json: { formatter: { enabled: false } } }),
  );
  const biome = path.join(root, 'node_modules/.bin/biome');
  const { status, stdout, stderr } = spawnSync(biome, ['check', '.'], { cwd: folder, encoding: 'utf8' });
  assert.is(status, 0, `${stdout}${stderr}`);
});

test('what is written depends on the model alone', () => {
  assert.equal([...sourcesOf(smallModel('DiT'))], [...sourcesOf(smallModel('DiT'))]);
});

test.run();
