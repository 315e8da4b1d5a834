// limit: 300 s
/** The page of examples/06-browser in a browser: what it draws is digits, and what its model says is what the graph says. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { diskLoader } from '../../cli/loader.ts';
import { readEntry } from '../../cli/open-file.ts';
import { packageRoot } from '../../cli/package-root.ts';
import { instantiate, openSpec } from '../../compiler/elaborate/spec.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { evaluate } from '../../compiler/lower/reference/evaluate.ts';
import { loadWeights } from '../../runtime/weights/load.ts';
import { openSafetensors } from '../../runtime/weights/safetensors.ts';
import { distance } from '../engines/closeness.ts';
import { randomInputs } from '../engines/small-models.ts';
import { testIf } from '../skip.ts';
import { runExample } from './example.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const inBrowser = testIf(executablePath !== undefined, 'needs Chromium: apt-get install chromium');
const run = runExample('06-browser');

async function open(file: string, name: string, weights: string, set: Readonly<Record<string, string>> = {}) {
  const entry = await readEntry(file);
  if ('exit' in entry) throw new Error(file);
  const overrides = Object.entries(set).map(([at, value]) => ({ path: at, value }));
  const graph = instantiate(openSpec(entry, diskLoader(entry)), name, overrides).model!.inference;
  const opened = openSafetensors(path.join(packageRoot, weights));
  assert.ok(opened.ok);
  const loaded = loadWeights(opened.value, weightsOf(graph));
  opened.value.close();
  assert.ok(loaded.ok);
  return { graph, weights: loaded.value.tensors };
}

/** Which digit the committed classifier takes each image for. */
async function classify(pixels: readonly number[]): Promise<number[]> {
  const net = 'specs/weights/mnist_classifier.safetensors';
  const { graph, weights } = await open('specs/mnist_classifier.dit', 'mnist-classifier', net);
  const batch = pixels.length / 784;
  const x: HostTensor = { dtype: 'f32', shape: [batch, 28, 28, 1], data: Float32Array.from(pixels) };
  const { logits } = evaluate(graph, { inputs: { x }, weights, batch });
  return Array.from({ length: batch }, (_, at) => {
    const row = Array.from(logits!.data.subarray(10 * at, 10 * at + 10));
    return row.indexOf(Math.max(...row));
  });
}

const inputsOf = (graph: Graph): Record<string, HostTensor> => {
  const inputs = randomInputs(graph, 3);
  return { ...inputs, t: { ...inputs.t!, data: Float32Array.of(7, 400, 999) } };
};

test('the module that is committed is the one that is written', () => {
  assert.is(run.code, 0, run.said);
  const committed = path.join(packageRoot, 'examples/06-browser/model');
  const files = (folder: string) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .sort();
  assert.equal(files(run.at('model')), files(committed));
  for (const file of files(committed))
    assert.fixture(run.read('model', file).toString(), readFileSync(path.join(committed, file), 'utf8'));
});

inBrowser('the page draws digits without a server', async () => {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] });
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('request', (request) => {
      if (!/^(file|blob|data):/.test(request.url())) complaints.push(`asks for ${request.url()}`);
    });
    await page.goto(pathToFileURL(run.at('index.html')).href);
    await page.waitForSelector('body[data-state=done], body[data-state=failed]', { timeout: 200_000 });
    assert.equal(complaints, []);
    assert.is(await page.evaluate('digits.backend'), 'wasm');
    // what is seen: bright strokes on a dark ground
    const bright =
      'c => c.getContext("2d").getImageData(0, 0, 28, 28).data.filter((v, i) => i % 4 === 0 && v > 128).length';
    const strokes = (await page.evaluate(`[...document.querySelectorAll('canvas')].map(${bright})`)) as number[];
    assert.ok(strokes.length === 10 && strokes.every((count) => count > 20 && count < 300), `${strokes}`);

    const pixels = [
      ...((await page.evaluate('digits.draw(1)')) as number[]),
      ...((await page.evaluate('digits.draw(2)')) as number[]),
    ];
    const before = await page.evaluate('digits.tensors()');
    const right = (await classify(pixels)).filter((digit, at) => digit === at % 10).length;
    assert.ok(right >= 16, `${right} of 20 digits are what they were asked to be`);

    const denoiser = 'examples/06-browser/digits.safetensors';
    const { graph, weights } = await open('specs/digits.dit', 'digits', denoiser, { 'size.width': '60' });
    const inputs = inputsOf(graph);
    const numbers = Object.fromEntries(Object.entries(inputs).map(([name, { data }]) => [name, Array.from(data)]));
    const said = (await page.evaluate(`digits.denoise(${JSON.stringify(numbers)})`)) as number[];
    const { x0 } = evaluate(graph, { inputs, weights, batch: 3 });
    const apart = distance({ dtype: 'f32', shape: x0!.shape, data: Float32Array.from(said) }, x0!);
    assert.ok(apart <= 1e-5, `the model in the page is ${apart} off`);
    assert.is(await page.evaluate('digits.tensors()'), before, 'tensors are left behind');
  } finally {
    await browser.close();
  }
});

test.run();
