// limit: 600 s
/**
 * Every command that docs/ and the index of the examples show runs, page by page, from top to bottom, in a folder that has
 * `specs/` and the files that the pages speak of. Large models and files have small stand-ins, and long work is cut short
 * by words that are added. README, docs/cost.md and docs/layers.md have tests of their
 * own.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../cli/package-root.ts';
import { entriesOf, writeSafetensors } from '../../runtime/weights/safetensors.ts';
import { openWeights } from '../../runtime/weights/weights-file.ts';
import { ditc } from '../cli/ditc.ts';
import { idx, scratchFolder, write } from '../data/scratch.ts';
import { examplesIn } from './examples.ts';

const folder = scratchFolder();
const at = (...names: string[]): string => path.join(folder, ...names);
const root = (...names: string[]): string => path.join(packageRoot, ...names);
const read = (file: string): string => readFileSync(root(file), 'utf8');
const pages = [
  ...readdirSync(root('docs')).flatMap((name) =>
    name.endsWith('.md') && !['cost.md', 'layers.md'].includes(name) ? [`docs/${name}`] : [],
  ),
  'examples/README.md',
];

const official = 'examples/04-official-weights';
const STAND_INS: readonly (readonly [string, string])[] = [
  ['specs/dit.dit#DiT-XL/2', `${official}/tiny.dit#tiny`],
  ['specs/dit.dit#DiT-S/2', `${official}/tiny.dit#tiny`],
  ['specs/mmdit.dit', `${official}/tiny.dit#tiny`],
  ['mine.dit#small', `${official}/tiny.dit#tiny`],
  ['207,360,387,974', '2,3,5,7'],
];

/** What is added to a command, found by how it begins. */
const SHORTER: readonly (readonly [string, string])[] = [
  ['ditc train specs/digits.dit', '--set recipe.steps=4'],
  ['ditc train specs/mnist_classifier.dit', '--set recipe.steps=2'],
  ['ditc train', '--set recipe.steps=2'],
  ['ditc evaluate', '--count 20'],
  ['ditc run', '--set recipe.steps=2 --count 20'],
];

/** Commands on a line of their own, and within the text those that name files that are here. */
function commandsOf(page: string): readonly string[] {
  const text = read(page);
  const blocks = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].filter(([, language]) => /^(sh)?$/.test(language!));
  const lines = blocks.flatMap(([, , block]) => block!.match(/^ditc .*$/gm) ?? []);
  const within = [...text.matchAll(/`(ditc [^`]*'mine\.dit#[^`]*)`/g)].map(([, command]) => command!);
  return [...lines, ...within].map((line) => line.replace(/ +# .*$/, '').replace(/\s+/g, ' '));
}

const wordsOf = (command: string): readonly string[] =>
  command.match(/'[^']*'|"[^"]*"|\S+/g)!.map((word) => word.replace(/^(['"])(.*)\1$/, '$2'));

test.before(async () => {
  for (const name of ['specs', 'examples']) symlinkSync(root(name), at(name));
  mkdirSync(at('runs'));
  copyFileSync(root('test/golden/weights/training.pt'), at('training.pt'));
  for (const name of ['DiT-XL-2-256x256.pt', 'DiT-S-2.pt']) copyFileSync(root(official, 'tiny.pt'), at(name));
  copyFileSync(root(official, 'inputs.safetensors'), at('in.safetensors'));
  mkdirSync(at('fashion'));
  for (const split of ['train', 't10k']) {
    const pixels = Uint8Array.from({ length: 40 * 28 * 28 }, (_, i) => (7 * i) % 256);
    write(at('fashion'), `${split}-images-idx3-ubyte`, idx([40, 28, 28], pixels));
    write(
      at('fashion'),
      `${split}-labels-idx1-ubyte`,
      idx(
        [40],
        Array.from({ length: 40 }, (_, i) => i % 10),
      ),
    );
  }
  writeFileSync(at('mine.dit'), examplesIn(read('docs/cookbook.md'))[0]!.replace('./dit.dit', './specs/dit.dit'));
  const opened = await openWeights(at('DiT-S-2.pt'));
  assert.ok(opened.ok);
  const tensors = [...opened.value.tensors.keys()].map((name) => {
    const tensor = opened.value.read(name);
    assert.ok(tensor.ok);
    return [name, tensor.value] as const;
  });
  opened.value.close();
  for (const [file, prefix] of [
    ['model.safetensors', ''],
    ['sd3.safetensors', 'model.diffusion_model.'],
  ] as const) {
    const named = tensors.map(([name, tensor]) => [`${prefix}${name}`, tensor] as const);
    assert.ok((await writeSafetensors(at(file), entriesOf(named), [])).ok);
  }
});

for (const page of pages)
  for (const command of commandsOf(page))
    test(`${page}: ${command}`, () => {
      const added = SHORTER.find(([start]) => command.startsWith(start))?.[1] ?? '';
      const full = STAND_INS.reduce((text, [large, small]) => text.replace(large, small), `${command} ${added}`);
      const { code, out, err } = ditc(wordsOf(full).slice(1), { cwd: folder });
      assert.is(code, 0, `${full}\n${out}${err}`);
    });

test('there are commands', () => {
  assert.ok(pages.flatMap(commandsOf).length >= 18);
});

test('the examples that the index lists are those that are there', () => {
  const listed = [...read('examples/README.md').matchAll(/`sh examples\/([^/]+)\/run\.sh`/g)].map(([, name]) => name!);
  assert.equal(
    listed,
    readdirSync(root('examples'), { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() && readdirSync(root('examples', entry.name)).includes('run.sh') ? [entry.name] : [],
    ),
  );
});

test.run();
