// limit: 240 s
/** The report of a study: findings over seeds by hand arithmetic, and the page of a real study, in a browser too. */
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { StudyData } from '../../cli/report/study-data.ts';
import { findings, ranking } from '../../cli/report/study-findings.ts';
import { scratchFolder } from '../data/scratch.ts';
import { testIf } from '../skip.ts';
import { tinySpec, writeData } from '../train/small-run.ts';
import { ditc } from './ditc.ts';

type Point = StudyData['points'][number];
const point = (variant: string, seed: number, frechet: number): Point =>
  ({ set: { kind: variant, seed: String(seed) }, frechet, accuracy: 0.5 }) as unknown as Point;

test('variants are ranked by their means over seeds, with the spread', () => {
  const points = [point('a', 0, 5), point('a', 1, 9), point('b', 0, 3), point('b', 1, 5)];
  assert.equal(
    ranking(points, ({ frechet }) => frechet, true).map(({ variant, mean }) => [variant, mean]),
    [
      ['kind b', 4],
      ['kind a', 7],
    ],
  );
  const { markup } = findings(points);
  // the standard deviations of (3, 5) and (5, 9): √2 and 2√2
  assert.match(markup, /kind b<\/b>: Fréchet distance 4 ± 1\.4, 50\.0 %/);
  assert.match(markup, /kind a<\/b>: Fréchet distance 7 ± 2\.8/);
  assert.match(markup, /order may be chance/);
  const apart = [...points.slice(2), point('a', 0, 6), point('a', 1, 9)];
  assert.match(findings(apart).markup, /ahead of the second with every seed/);
});

const folder = writeData(scratchFolder());
const study = path.join(folder, 'study');
const page = path.join(folder, 'page.html');

test('the page of a study has what was found, what failed, its models, settings, and how to make it again', () => {
  // a spec of its own, whose model and recipe stand elsewhere
  const spec = path.join(folder, 'own.dit');
  symlinkSync(path.resolve(tinySpec, '../../../specs'), path.join(folder, 'specs'));
  const tiny = readFileSync(tinySpec, 'utf8').replaceAll('"../../specs/', '"./specs/');
  writeFileSync(path.join(folder, 'tiny.dit'), tiny);
  writeFileSync(spec, 'dit 1\nuse "./tiny.dit" { Tiny, quick }\ngrid own of Tiny with quick { side: [8, 12] }\n');
  const words = ['--data', folder, '--threads', '1', '--set', 'recipe.steps=3'];
  const ran = ditc(['run', `${spec}#own`, '--out', study, ...words]);
  assert.is(ran.code, 1, 'the second point cannot be trained');
  const { code, err } = ditc(['report', study, '--out', page]);
  assert.is(code, 0, err);
  const text = readFileSync(page, 'utf8');
  assert.equal(
    [...text.matchAll(/<h2>([^<]+)<\/h2>/g)].map(([, title]) => title),
    [
      'Findings',
      'Samples',
      'Points',
      'Loss',
      'Quality and cost',
      'Models',
      'What failed',
      'Settings and versions',
      'How to make it again',
      'Source',
    ],
  );
  assert.match(text, /images of 8 x 8 x 1, and Tiny takes 12 x 12 x 1/);
  const command = `ditc run ${spec}#own --out ${study} ${words.join(' ')}`;
  assert.ok(text.includes(command), command);
  assert.ok(text.includes(`${command} --only 0`));
  assert.match(text, /<td class="left">optimizer<\/td><td class="left mono">adamw<\/td>/);
  assert.match(text, /<td class="left">node<\/td><td class="left mono">\d+\.\d+/);
  assert.match(text, /side: 8, width: 8/);
  assert.match(text, /TimestepEmbedder/);
  // the spec of the study first, and that of its model with the recipe
  const sources = text.slice(text.indexOf('<section id="source">'));
  assert.match(sources, /<details open><summary class="mono">[^<]*own\.dit<[\s\S]*grid own of Tiny with quick/);
  assert.match(sources, /recipe quick \{/);
  // the threads that it ran on, not those that the engine would have taken
  assert.match(text, /<span>engine, [^<]*\(1 thread\)<\/span>/);
  assert.not.match(text.replace(/<script[\s\S]*?<\/script>/g, ''), /[2-9] threads/);
});

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

testIf(executablePath !== undefined, 'needs Chromium: apt-get install chromium')(
  'it fits a phone with a model open, in the dark, and complains of nothing',
  async () => {
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    try {
      const shown = await browser.newPage({ viewport: { width: 390, height: 800 }, colorScheme: 'dark' });
      const complaints: string[] = [];
      shown.on('pageerror', (error) => complaints.push(error.message));
      shown.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      await shown.goto(pathToFileURL(page).href);
      await shown.locator('details.model > summary').first().click();
      assert.ok(await shown.locator('details.model table').first().isVisible());
      assert.is(await shown.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'), 0);
      assert.equal(complaints, []);
    } finally {
      await browser.close();
    }
  },
);

test.run();
